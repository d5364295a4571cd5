import { findCheck } from '../yoti/checks/index.js';
import { extractionIsManual } from './capture-document.js';
import { livenessApproved } from './capture-liveness.js';
import { addMedia, requireOpen } from './capture.js';
import { conflict } from './errors.js';
import { schemesOf } from './identity-profile.js';
import { endSession } from './outcome.js';
import { endLookUp } from './share-code.js';
import { planOutcome, type CheckSubject, type Plan } from './reports.js';
import { checkEntryFor } from './response-config.js';
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
  if (requirement.type === 'SHARE_CODE') return session.shareCodes.length > 0;
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
    check.dueAt = reportTime(next, plan, ctx.now, { type: check.type, manual: true });
  }
  for (const wanted of [...wantedChecks(next), ...fraudChecks(next, plan)]) {
    next.checks.push(newCheck(next, wanted, plan, ctx));
  }
  return { session: next, events: [{ topic: 'client_session_token_deleted' }] };
}

/** Checks that nobody can ask for: in a session for an identity profile they're made when the scenario has reports. */
function fraudChecks(session: SimulatedSession, { scenario }: Plan): NewCheck[] {
  if (!schemesOf(session.spec).length) return [];
  return ['THIRD_PARTY_IDENTITY_FRAUD_1', 'SYNECTICS_IDENTITY_FRAUD']
    .map((type) => ({ type, attempt: 0, resourcesUsed: [] }))
    .filter((wanted) => checkEntryFor(scenario, wanted));
}

/** When a report appears: after the extraction, the configured delay, and expert review where there is one. */
function reportTime(
  session: SimulatedSession,
  { timing }: Plan,
  now: number,
  { type, manual }: { type: string; manual: boolean },
): number {
  const extracted = session.documents.map(({ task }) => (task?.state === 'PENDING' ? task.dueAt : now));
  const usual = timing.asyncReportDelay + (manual ? timing.manualReviewDelay : 0);
  return Math.max(now, ...extracted) + (timing.checks?.[type] ?? usual) * 1000;
}

/** The second of the documents that are compared, in the order they're required. */
function secondOf(session: SimulatedSession, { type, resourcesUsed }: NewCheck) {
  if (type !== 'ID_DOCUMENT_COMPARISON') return undefined;
  const compared = session.documents.filter(({ id }) => resourcesUsed.includes(id));
  const required = session.requirements.map(({ id }) => id).toReversed();
  return compared.toSorted(
    (a, b) => required.indexOf(a.requirementId) - required.indexOf(b.requirementId),
  )[0];
}

function newCheck(session: SimulatedSession, wanted: NewCheck, plan: Plan, ctx: Context): Check {
  const second = secondOf(session, wanted);
  const { outcome, manual } = planOutcome(plan, { ...wanted, ...(second && { secondaryDocument: second }) });
  const check: Check = {
    id: ctx.newId(),
    type: wanted.type,
    state: 'PENDING',
    resourcesUsed: wanted.resourcesUsed,
    createdAt: ctx.now,
    updatedAt: ctx.now,
    dueAt: reportTime(session, plan, ctx.now, { type: wanted.type, manual }),
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
    ...next.shareCodes.flatMap((code) => endLookUp(next, code, ctx)),
    ...next.checks.flatMap((check) => endCheck(next, check, ctx)),
  ];
  const running =
    next.checks.some(({ state }) => state === 'PENDING') ||
    [...next.documents, ...next.shareCodes].some(({ task }) => task?.state === 'PENDING');
  if (next.finishedAt !== undefined && !running) {
    next.completedAt = ctx.now;
    endSession(next, ctx);
    events.push({ topic: 'session_completion' });
  }
  return { session: next, events };
}

/** When something happens by itself next; undefined when nothing will. */
export function nextDue(session: SimulatedSession): number | undefined {
  if (session.completedAt !== undefined) return undefined;
  const times = [
    ...[...session.documents, ...session.shareCodes].flatMap(({ task }) =>
      task?.state === 'PENDING' ? [task.dueAt] : [],
    ),
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
  if (doc.accepted) readDocument(session, doc, plan, ctx);
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
  } else if (doc.look.blurred && doc.fields === undefined) {
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
  const result = checkEntryFor(plan.scenario, wanted)?.result;
  const fields = result && 'report' in result ? result.document_fields : undefined;
  return {
    ...newCheck(session, wanted, plan, ctx),
    ...(fields !== undefined && { fields }),
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
  if (doc && approved) {
    if (check.fields) doc.fields = check.fields;
    check.generatedMedia = [{ id: addFields(session, doc, ctx), type: 'JSON' }];
  }
  return check.state === 'DONE' ? [{ topic: 'check_completion', check_id: check.id }] : [];
}
