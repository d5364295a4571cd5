import { addMedia, captured, choicesFor, requireOpen } from './capture.js';
import { pagesOf } from './documents.js';
import { conflict, payloadValidation } from './errors.js';
import { goesToExpert, type Plan } from './reports.js';
import { checkEntryFor, taskEntryFor } from './response-config.js';
import type { TaskEntry } from './scenario.schema.js';
import type {
  Context,
  DocumentResource,
  Recommendation,
  SimulatedSession,
  Task,
  Transition,
} from './session.model.js';
import { documentStep } from './user-steps.js';

/** What the person presents for a document requirement. */
export interface PresentedDocument {
  requirementId: string;
  country: string;
  documentType: string;
  captureMethod: 'CAMERA' | 'UPLOAD';
  /** Printed on the specimen instead of a number of its own. */
  documentNumber?: string | undefined;
}

/** One attempt and one extra is the service's default (Yoti: capture attempts). */
const DEFAULT_ATTEMPTS = 2;

/** How many captures of a document the person has left, by class: unusable ones, and other documents than chosen. */
export function attemptsByClass(session: SimulatedSession, requirementId: string) {
  const configured = session.spec.sdk_config?.attempts_configuration?.ID_DOCUMENT_TEXT_DATA_EXTRACTION;
  const left = (name: 'GENERIC' | 'RECLASSIFICATION') => {
    const failed = session.documents.filter(
      (doc) => doc.requirementId === requirementId && doc.costs === name,
    );
    return Math.max(0, (configured?.[name] ?? DEFAULT_ATTEMPTS) - failed.length);
  };
  return { GENERIC: left('GENERIC'), RECLASSIFICATION: left('RECLASSIFICATION') };
}

/** How many captures of a document the person has left; none as soon as one class is used up. */
export function attemptsRemaining(session: SimulatedSession, requirementId: string): number {
  const { GENERIC: generic, RECLASSIFICATION: reclassification } = attemptsByClass(session, requirementId);
  return Math.min(generic, reclassification);
}

/** Whether text extraction of this document goes to expert review. */
export function extractionIsManual(session: SimulatedSession, doc: DocumentResource, plan: Plan): boolean {
  const task = session.spec.requested_tasks.find(({ type }) => type === doc.task?.type);
  const subject = { type: `${doc.kind}_TEXT_DATA_CHECK`, attempt: 0, document: doc };
  // Results for the experts' check alone mean that automation has none.
  const leftToExperts = doc.fields === undefined && checkEntryFor(plan.scenario, subject) !== undefined;
  return goesToExpert(task?.config.manual_check, doc.look.blurred || leftToExperts);
}

function judge(
  session: SimulatedSession,
  doc: DocumentResource,
  outcome: string,
  entry: TaskEntry | undefined,
): Recommendation {
  if (entry?.result.recommendation) return withoutAbsent(entry.result.recommendation);
  const { required } = choicesFor(session, doc.requirementId);
  const allowsExpired = required?.type === 'ID_DOCUMENT' && required.filter?.allow_expired_documents === true;
  if (outcome === 'wrong_type') return userError('DOCUMENT_TYPE_MISMATCH');
  if (doc.kind === 'ID_DOCUMENT' && doc.look.expired && !allowsExpired) return userError('EXPIRED_DOCUMENT');
  return { value: 'PROGRESS' };
}

const userError = (detail: string): Recommendation => ({
  value: 'MUST_TRY_AGAIN',
  reason: { value: 'USER_ERROR', detail },
});

const withoutAbsent = ({
  value,
  reason,
}: NonNullable<TaskEntry['result']['recommendation']>): Recommendation => ({
  value,
  ...(reason && {
    reason: { value: reason.value, ...(reason.detail !== undefined && { detail: reason.detail }) },
  }),
});

/** The issuing country as read from the document: where it's allowed, the document is filed under it. */
function countryOf(presented: PresentedDocument, allowed: string[], entry: TaskEntry | undefined): string {
  const detected = entry?.result.detected_country;
  return detected !== undefined && allowed.includes(detected) ? detected : presented.country;
}

function newDocument(
  session: SimulatedSession,
  presented: PresentedDocument,
  { outcome, entry }: { outcome: string; entry: TaskEntry | undefined },
  ctx: Context,
): DocumentResource {
  const { requirement, countries } = choicesFor(session, presented.requirementId);
  const { country, documentType, captureMethod } = presented;
  const allowed = countries.filter(({ supported_documents: documents }) =>
    documents.some(({ type }) => type === documentType),
  );
  if (!allowed.some(({ code }) => code === country)) {
    throw payloadValidation([{ property: 'document_type', message: 'is not allowed for this requirement' }]);
  }
  const { document_fields: fields, document_id_photo: photo } = entry?.result ?? {};
  return {
    id: ctx.newId(),
    requirementId: requirement.id,
    kind: requirement.type,
    documentType,
    country: countryOf(
      presented,
      allowed.map(({ code }) => code),
      entry,
    ),
    captureMethod,
    createdAt: ctx.now,
    updatedAt: ctx.now,
    pages: [],
    look: { expired: outcome === 'expired', blurred: outcome === 'unreadable' },
    ...(presented.documentNumber !== undefined && { documentNumber: presented.documentNumber }),
    ...(fields && { fields }),
    ...(photo && { portrait: { contentType: photo.content_type, data: photo.data } }),
    accepted: true,
  };
}

/**
 * A document was photographed or uploaded; its text extraction starts, when requested.
 *
 * @throws ServiceError 409 `REQUIREMENT_LOCKED` without attempts left, 400 `PAYLOAD_VALIDATION` for what isn't allowed
 */
export function addDocument(
  session: SimulatedSession,
  presented: PresentedDocument,
  plan: Plan,
  ctx: Context,
): Transition & { document: DocumentResource } {
  requireOpen(session, ctx.now);
  if (attemptsRemaining(session, presented.requirementId) === 0) {
    throw conflict('REQUIREMENT_LOCKED', 'No attempts are left for this document');
  }
  const next = structuredClone(session);
  const { type: kind } = choicesFor(next, presented.requirementId).requirement;
  const captures = session.documents.length;
  const attempt = session.documents.filter((doc) => doc.kind === kind).length;
  const entry = taskEntryFor(plan.scenario, {
    type: `${kind}_TEXT_DATA_EXTRACTION`,
    attempt,
    document: presented,
  });
  const outcome = documentStep(plan.scenario, captures)?.outcome ?? 'ok';
  const document = newDocument(next, presented, { outcome, entry }, ctx);
  addPages(next, document, ctx);
  startExtraction(next, document, { plan, recommendation: judge(next, document, outcome, entry) }, ctx);
  // An earlier accepted capture of the same requirement is superseded.
  for (const earlier of next.documents) {
    if (earlier.requirementId === document.requirementId) earlier.accepted = false;
  }
  next.documents.unshift(document);
  captured(next, document.id, ctx);
  return { session: next, events: [{ topic: 'resource_update', resource_id: document.id }], document };
}

function addPages(session: SimulatedSession, document: DocumentResource, ctx: Context): void {
  const frames = document.captureMethod === 'CAMERA' ? 2 : 0;
  const pages = document.kind === 'ID_DOCUMENT' ? pagesOf(document.documentType) : 1;
  document.pages = Array.from({ length: pages }, (_, page) => {
    const [media = '', ...extra] = Array.from({ length: frames + 1 }, (__, frame) =>
      addMedia(session, 'IMAGE', { kind: 'page', documentId: document.id, page, frame }, ctx),
    );
    return { media, frames: extra };
  });
  if (document.kind === 'SUPPLEMENTARY_DOCUMENT' && document.captureMethod === 'UPLOAD') {
    document.fileMedia = addMedia(session, 'PDF', { kind: 'file', documentId: document.id }, ctx);
  }
}

function startExtraction(
  session: SimulatedSession,
  document: DocumentResource,
  { plan, recommendation }: { plan: Plan; recommendation: Recommendation },
  ctx: Context,
): void {
  const type = `${document.kind}_TEXT_DATA_EXTRACTION`;
  if (!session.spec.requested_tasks.some((task) => task.type === type)) return;
  const task: Task = {
    id: ctx.newId(),
    type,
    state: 'PENDING',
    createdAt: ctx.now,
    updatedAt: ctx.now,
    dueAt: ctx.now + plan.timing.extractionDelay * 1000,
    generatedChecks: [],
    generatedMedia: [],
    recommendation,
  };
  document.task = task;
  if (recommendation.value === 'PROGRESS') return;
  const mismatch = recommendation.reason?.detail === 'DOCUMENT_TYPE_MISMATCH';
  document.costs = mismatch ? 'RECLASSIFICATION' : 'GENERIC';
  // With a mere recommendation to try again, the last attempt is taken as it is.
  const last = attemptsByClass(session, document.requirementId)[document.costs] === 1;
  document.accepted = recommendation.value === 'SHOULD_TRY_AGAIN' && last;
}
