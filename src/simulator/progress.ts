import { findCheck } from '../yoti/checks/index.js';
import { addMedia, extractionIsManual, livenessApproved, requireOpen } from './capture.js';
import { conflict } from './errors.js';
import { planOutcome, type CheckSubject, type Plan } from './reports.js';
import {
  type Check,
  type Context,
  type DocumentResource,
  type Requirement,
  type SessionEvent,
  type SimulatedSession,
  type Transition,
} from './session.model.js';
import type { ManualCheck } from './spec.js';

type NewCheck = CheckSubject & { resourcesUsed: string[] };

/** Whether everything a requirement asks of the person is there. */
export function satisfied(session: SimulatedSession, requirement: Requirement): boolean {
  if (requirement.type === 'LIVENESS') return livenessApproved(session);
  if (requirement.type === 'FACE_CAPTURE') return session.faceCaptures.some(({ image }) => image);
  return session.documents.some((doc) => doc.requirementId === requirement.id && doc.accepted);
}

/**
 * The person is through: the client token is gone and every check that isn't liveness appears.
 *
 * @throws ServiceError 409 `INCOMPLETE` while a requirement is open
 */
export function finish(session: SimulatedSession, plan: Plan, ctx: Context): Transition {
  requireOpen(session, ctx.now);
  if (!session.requirements.every((requirement) => satisfied(session, requirement))) {
    throw conflict('INCOMPLETE', 'Not every required resource has been supplied');
  }
  const next = structuredClone(session);
  next.finishedAt = ctx.now;
  next.devices.push({ event: 'CLIENT_SESSION_TOKEN_DELETED', at: ctx.now, device: ctx.device ?? {} });
  for (const check of next.checks.filter(({ hidden }) => hidden)) {
    check.hidden = false;
    check.createdAt = ctx.now;
    check.dueAt = reportTime(next, plan, ctx.now, true);
  }
  for (const wanted of wantedChecks(next)) next.checks.push(newCheck(next, wanted, plan, ctx));
  return { session: next, events: [{ topic: 'client_session_token_deleted' }] };
}

/** When a report appears: after the extraction, the configured delay, and expert review where there is one. */
function reportTime(session: SimulatedSession, plan: Plan, now: number, manual: boolean): number {
  const extracted = session.documents.map(({ task }) => (task?.state === 'PENDING' ? task.dueAt : now));
  const delay = plan.config?.check_reports?.async_report_delay ?? plan.timing.asyncReportDelay;
  return Math.max(now, ...extracted) + (delay + (manual ? plan.timing.manualReviewDelay : 0)) * 1000;
}

function newCheck(session: SimulatedSession, wanted: NewCheck, plan: Plan, ctx: Context): Check {
  const { outcome, manual } = planOutcome(plan, wanted);
  const check: Check = {
    id: ctx.newId(),
    type: wanted.type,
    state: 'PENDING',
    resourcesUsed: wanted.resourcesUsed,
    createdAt: ctx.now,
    updatedAt: ctx.now,
    dueAt: reportTime(session, plan, ctx.now, manual),
    outcome,
    generatedMedia: [],
    hidden: false,
  };
  addWatchlistResults(session, check, ctx);
  return check;
}

function addWatchlistResults(session: SimulatedSession, check: Check, ctx: Context): void {
  const definition = findCheck(check.type);
  if (!definition?.summarise || !('report' in check.outcome)) return;
  const id = addMedia(session, 'JSON', { kind: 'watchlist', checkId: check.id }, ctx);
  check.generatedMedia = [{ id, type: 'JSON' }];
  const { report } = check.outcome;
  const config = session.spec.requested_checks.find(({ type }) => type === check.type)?.config;
  report.watchlist_summary ??= definition.summarise(config, {
    hits: report.recommendation.value === 'APPROVE' ? 0 : 1,
    rawResults: { id, at: new Date(ctx.now).toISOString() },
    countries: [session.documents[0]?.country ?? 'GBR'],
  });
}

/** The checks that start when the person is through. */
function wantedChecks(session: SimulatedSession): NewCheck[] {
  const liveness = session.liveness[0]?.id;
  const faceCapture = session.faceCaptures[0]?.id;
  const captured = {
    idDocuments: session.documents.filter((doc) => doc.accepted && doc.kind === 'ID_DOCUMENT'),
    ...(liveness !== undefined && { liveness }),
    ...(faceCapture !== undefined && { faceCapture }),
  };
  return session.spec.requested_checks.flatMap(({ type, config }): NewCheck[] => {
    const manualCheck = config?.['manual_check'] as ManualCheck | undefined;
    const subject = { type, attempt: 0, config, ...(manualCheck !== undefined && { manualCheck }) };
    return (findCheck(type)?.runsOn(captured) ?? []).map((run) => ({ ...subject, ...run }));
  });
}

/** Everything that is due at `ctx.now`: extraction, reports, completion. Nothing due leaves the session as it is. */
export function advance(session: SimulatedSession, plan: Plan, ctx: Context): Transition {
  const due = nextDue(session);
  if (due === undefined || due > ctx.now) return { session, events: [] };
  const next = structuredClone(session);
  const events = [
    ...next.documents.flatMap((doc) => endExtraction(next, doc, plan, ctx)),
    ...next.checks.flatMap((check) => endCheck(next, check, ctx)),
  ];
  const running =
    next.checks.some(({ state }) => state === 'PENDING') ||
    next.documents.some(({ task }) => task?.state === 'PENDING');
  if (next.finishedAt !== undefined && !running) {
    next.completedAt = ctx.now;
    events.push({ topic: 'session_completion' });
  }
  return { session: next, events };
}

/** When something happens by itself next; undefined when nothing will. */
export function nextDue(session: SimulatedSession): number | undefined {
  if (session.completedAt !== undefined) return undefined;
  const times = [
    ...session.documents.flatMap(({ task }) => (task?.state === 'PENDING' ? [task.dueAt] : [])),
    ...session.checks.flatMap((check) => (check.state === 'PENDING' && !check.hidden ? [check.dueAt] : [])),
  ];
  if (times.length) return Math.min(...times);
  // Without a single check or task the session completes as soon as the person is through.
  return session.finishedAt;
}

function endExtraction(
  session: SimulatedSession,
  doc: DocumentResource,
  plan: Plan,
  ctx: Context,
): SessionEvent[] {
  const { task } = doc;
  if (task?.state !== 'PENDING' || task.dueAt > ctx.now) return [];
  task.updatedAt = ctx.now;
  doc.updatedAt = ctx.now;
  task.state = 'DONE';
  if (task.recommendation?.value === 'PROGRESS') readDocument(session, doc, plan, ctx);
  return [
    { topic: 'task_completion', task_id: task.id },
    { topic: 'resource_update', resource_id: doc.id },
  ];
}

function readDocument(session: SimulatedSession, doc: DocumentResource, plan: Plan, ctx: Context): void {
  const { task } = doc;
  if (!task) return;
  if (doc.kind === 'ID_DOCUMENT') {
    doc.portraitMedia = addMedia(session, 'IMAGE', { kind: 'portrait', documentId: doc.id }, ctx);
  }
  if (extractionIsManual(session, doc, plan)) {
    const check = textDataCheck(session, doc, plan, ctx);
    session.checks.push(check);
    task.generatedChecks = [{ id: check.id, type: check.type }];
  } else if (plan.scenario.extraction === 'manual') {
    task.state = 'FAILED';
  } else {
    task.generatedMedia = [{ id: addFields(session, doc, ctx), type: 'JSON' }];
    const requested = session.spec.requested_tasks.find(({ type }) => type === task.type);
    if (requested?.config['create_expanded_document_fields'] === true) {
      doc.expandedFieldsMedia = addMedia(
        session,
        'JSON',
        { kind: 'expanded_fields', documentId: doc.id },
        ctx,
      );
      task.generatedMedia.push({ id: doc.expandedFieldsMedia, type: 'JSON' });
    }
  }
}

function addFields(session: SimulatedSession, doc: DocumentResource, ctx: Context): string {
  doc.fieldsMedia = addMedia(session, 'JSON', { kind: 'fields', documentId: doc.id }, ctx);
  return doc.fieldsMedia;
}

function textDataCheck(session: SimulatedSession, doc: DocumentResource, plan: Plan, ctx: Context): Check {
  const wanted = {
    type: `${doc.kind}_TEXT_DATA_CHECK`,
    attempt: 0,
    document: doc,
    manualCheck: 'ALWAYS' as const,
    resourcesUsed: [doc.id],
  };
  return {
    ...newCheck(session, wanted, plan, ctx),
    replacesFieldsOf: doc.id,
    hidden: session.finishedAt === undefined,
  };
}

function endCheck(session: SimulatedSession, check: Check, ctx: Context): SessionEvent[] {
  if (check.state !== 'PENDING' || check.hidden || check.dueAt > ctx.now) return [];
  check.state = 'report' in check.outcome ? 'DONE' : 'INTERNAL_ERROR';
  check.updatedAt = ctx.now;
  const doc = session.documents.find(({ id }) => id === check.replacesFieldsOf);
  const approved = 'report' in check.outcome && check.outcome.report.recommendation.value === 'APPROVE';
  if (doc && approved) check.generatedMedia = [{ id: addFields(session, doc, ctx), type: 'JSON' }];
  return check.state === 'DONE' ? [{ topic: 'check_completion', check_id: check.id }] : [];
}
