import { allowedDocuments, pagesOf, SUPPLEMENTARY_TYPES } from './documents.js';
import { conflict, notFound, payloadValidation, unauthorised } from './errors.js';
import { goesToExpert, planOutcome, type Plan } from './reports.js';
import { isFor } from './response-config.js';
import {
  requestedCheck,
  stateOf,
  type Context,
  type DocumentResource,
  type LivenessResource,
  type MediaOrigin,
  type Recommendation,
  type SimulatedSession,
  type Task,
  type Transition,
} from './session.model.js';

/** What the person presents for a document requirement. */
export interface PresentedDocument {
  requirementId: string;
  country: string;
  documentType: string;
  captureMethod: 'CAMERA' | 'UPLOAD';
}

const draft = (session: SimulatedSession) => structuredClone(session);

/** Registers media of the session and returns its id. */
export function addMedia(
  session: SimulatedSession,
  type: 'IMAGE' | 'JSON' | 'BINARY',
  origin: MediaOrigin,
  { now, newId }: Context,
): string {
  const id = newId();
  session.media[id] = { id, type, origin, createdAt: now };
  return id;
}

/** Refuses what the client may not do any more. @throws ServiceError 401 `BAD_TOKEN`, 409 `SESSION_EXPIRED` */
export function requireOpen(session: SimulatedSession, now: number): void {
  if (stateOf(session, now) === 'EXPIRED') throw conflict('SESSION_EXPIRED', 'The session has expired');
  if (session.finishedAt !== undefined)
    throw unauthorised('BAD_TOKEN', 'The client session token is not valid');
}

/** The client loaded its first screen; counted once. */
export function open(session: SimulatedSession, ctx: Context): Transition {
  requireOpen(session, ctx.now);
  const waiting = session.requirements.some(({ type }) => type === 'FACE_CAPTURE');
  if (waiting && !session.faceCaptures.some(({ image }) => image)) {
    throw conflict('SESSION_NOT_READY', 'The relying business still has to supply a face capture');
  }
  if (session.devices.some(({ event }) => event === 'CONFIG_FIRST_LOADED')) return { session, events: [] };
  const next = draft(session);
  next.devices.push({ event: 'CONFIG_FIRST_LOADED', at: ctx.now, device: ctx.device ?? {} });
  return { session: next, events: [] };
}

/** The person agreed to the use of biometric data; the first time counts. */
export function consent(session: SimulatedSession, ctx: Context): Transition {
  requireOpen(session, ctx.now);
  return { session: { ...session, consentAt: session.consentAt ?? ctx.now }, events: [] };
}

/** Document types and countries a requirement takes. */
export function choicesFor(session: SimulatedSession, requirementId: string) {
  const requirement = session.requirements.find(({ id }) => id === requirementId);
  if (requirement?.type !== 'ID_DOCUMENT' && requirement?.type !== 'SUPPLEMENTARY_DOCUMENT') {
    throw notFound('REQUIREMENT_NOT_FOUND', 'The requirement');
  }
  const required = session.spec.required_documents[requirement.index];
  if (required?.type !== 'SUPPLEMENTARY_DOCUMENT') {
    return { requirement, required, countries: allowedDocuments(required?.filter) };
  }
  const types = required.document_types ?? SUPPLEMENTARY_TYPES;
  const countries = (required.country_codes ?? ['GBR']).map((code) => ({
    code,
    supported_documents: types.map((type) => ({ type, is_strictly_latin: true })),
  }));
  return { requirement, required, countries };
}

/** How many captures of a document the person has left. */
export function attemptsRemaining(session: SimulatedSession, requirementId: string): number {
  const configured = session.spec.sdk_config?.attempts_configuration?.ID_DOCUMENT_TEXT_DATA_EXTRACTION;
  const failed = session.documents.filter((doc) => doc.requirementId === requirementId && !doc.accepted);
  // One attempt and one extra is the service's default.
  return Math.max(0, (configured?.['GENERIC'] ?? 2) - failed.length);
}

function extractionTask(doc: DocumentResource, plan: Plan, ctx: Context): Task {
  return {
    id: ctx.newId(),
    type: `${doc.kind}_TEXT_DATA_EXTRACTION`,
    state: 'PENDING',
    createdAt: ctx.now,
    updatedAt: ctx.now,
    dueAt: ctx.now + plan.timing.extractionDelay * 1000,
    generatedChecks: [],
    generatedMedia: [],
  };
}

/** Whether the capture is good enough, and if not, why the person has to try again. */
function judge(session: SimulatedSession, doc: DocumentResource, plan: Plan): Recommendation {
  const entry = plan.config?.task_results?.[`${doc.kind}_TEXT_DATA_EXTRACTION`]?.find((one) =>
    isFor(one, doc),
  );
  if (entry?.result.recommendation) return entry.result.recommendation;
  const { required } = choicesFor(session, doc.requirementId);
  const allowsExpired = required?.type === 'ID_DOCUMENT' && required.filter?.allow_expired_documents === true;
  if (doc.kind === 'ID_DOCUMENT' && doc.look.expired && !allowsExpired) {
    return { value: 'MUST_TRY_AGAIN', reason: { value: 'USER_ERROR', detail: 'EXPIRED_DOCUMENT' } };
  }
  return { value: 'PROGRESS' };
}

function newDocument(
  session: SimulatedSession,
  presented: PresentedDocument,
  plan: Plan,
  ctx: Context,
): DocumentResource {
  const { requirement, countries } = choicesFor(session, presented.requirementId);
  const { country, documentType, captureMethod } = presented;
  const allowed = countries.find(({ code }) => code === country)?.supported_documents;
  if (!allowed?.some(({ type }) => type === documentType)) {
    throw payloadValidation([{ property: 'document_type', message: 'is not allowed for this requirement' }]);
  }
  const config = plan.config?.task_results?.[`${requirement.type}_TEXT_DATA_EXTRACTION`]?.find((entry) =>
    isFor(entry, presented),
  )?.result;
  return {
    id: ctx.newId(),
    requirementId: requirement.id,
    kind: requirement.type,
    documentType,
    country,
    captureMethod,
    createdAt: ctx.now,
    updatedAt: ctx.now,
    pages: [],
    look: {
      expired: plan.scenario.document === 'expired',
      blurred: plan.scenario.document === 'blurred',
    },
    ...(config?.document_fields && { fields: config.document_fields }),
    ...(config?.document_id_photo && {
      portrait: { contentType: config.document_id_photo.content_type, data: config.document_id_photo.data },
    }),
    accepted: true,
  };
}

/** A document was photographed or uploaded; its text extraction starts, when requested. */
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
  const next = draft(session);
  const document = newDocument(next, presented, plan, ctx);
  const frames = presented.captureMethod === 'CAMERA' ? 2 : 0;
  const pages = document.kind === 'ID_DOCUMENT' ? pagesOf(document.documentType) : 1;
  document.pages = Array.from({ length: pages }, (_, page) => {
    const [media = '', ...extra] = Array.from({ length: frames + 1 }, (__, frame) =>
      addMedia(next, 'IMAGE', { kind: 'page', documentId: document.id, page, frame }, ctx),
    );
    return { media, frames: extra };
  });
  const requested = next.spec.requested_tasks.some(
    ({ type }) => type === `${document.kind}_TEXT_DATA_EXTRACTION`,
  );
  if (requested) {
    const recommendation = judge(next, document, plan);
    document.accepted = recommendation.value === 'PROGRESS';
    document.task = { ...extractionTask(document, plan, ctx), recommendation };
  }
  // An earlier accepted capture of the same requirement is superseded.
  for (const earlier of next.documents) {
    if (earlier.requirementId === document.requirementId) earlier.accepted = false;
  }
  next.documents.unshift(document);
  captured(next, document.id, ctx);
  return { session: next, events: [{ topic: 'resource_update', resource_id: document.id }], document };
}

function captured(session: SimulatedSession, resourceId: string, ctx: Context): void {
  session.devices.push({ event: 'RESOURCE_CREATED', resourceId, at: ctx.now, device: ctx.device ?? {} });
}

/** Liveness attempts the person has left; none once one is approved. */
export function livenessRemaining(session: SimulatedSession): number {
  const allowed = requestedCheck(session, 'LIVENESS')?.config.max_retries ?? 1;
  return livenessApproved(session) ? 0 : Math.max(0, allowed - session.liveness.length);
}

/** Whether a finished attempt was approved. */
export const livenessApproved = (session: SimulatedSession) =>
  session.checks.some(
    ({ type, outcome }) =>
      type === 'LIVENESS' && 'report' in outcome && outcome.report.recommendation.value === 'APPROVE',
  );

function newLiveness(
  session: SimulatedSession,
  livenessType: LivenessResource['livenessType'],
  plan: Plan,
  ctx: Context,
): LivenessResource {
  const id = ctx.newId();
  const zoom = livenessType === 'ZOOM';
  return {
    id,
    livenessType,
    createdAt: ctx.now,
    updatedAt: ctx.now,
    images: Array.from({ length: zoom ? 3 : 1 }, (_, frame) =>
      addMedia(session, 'IMAGE', { kind: 'selfie', livenessId: id, frame }, ctx),
    ),
    ...(zoom && { facemap: addMedia(session, 'BINARY', { kind: 'facemap', livenessId: id }, ctx) }),
    otherPerson: plan.scenario.selfie === 'other_person',
  };
}

/** A finished liveness attempt: one resource and one check, decided at once. */
export function addLiveness(session: SimulatedSession, plan: Plan, ctx: Context): Transition {
  requireOpen(session, ctx.now);
  const requested = requestedCheck(session, 'LIVENESS');
  if (!requested) throw notFound('REQUIREMENT_NOT_FOUND', 'The requirement');
  if (livenessRemaining(session) === 0) {
    throw conflict('REQUIREMENT_LOCKED', 'No liveness attempts are left');
  }
  const next = draft(session);
  const livenessType = requested.config.liveness_type;
  const capture = newLiveness(next, livenessType, plan, ctx);
  const subject = { type: 'LIVENESS', attempt: session.liveness.length, livenessType };
  const { outcome } = planOutcome(plan, subject);
  const check = {
    id: ctx.newId(),
    type: 'LIVENESS',
    state: 'DONE' as const,
    resourcesUsed: [capture.id],
    createdAt: ctx.now,
    updatedAt: ctx.now,
    dueAt: ctx.now,
    outcome,
    generatedMedia: [],
    hidden: false,
  };
  next.liveness.unshift(capture);
  next.checks.unshift(check);
  captured(next, capture.id, ctx);
  return {
    session: next,
    events: [
      { topic: 'resource_update', resource_id: capture.id },
      { topic: 'check_completion', check_id: check.id },
    ],
  };
}

/** Whether text extraction of this document goes to expert review. */
export function extractionIsManual(session: SimulatedSession, doc: DocumentResource, plan: Plan): boolean {
  const task = session.spec.requested_tasks.find(({ type }) => type === doc.task?.type);
  return goesToExpert(task?.config.manual_check, plan.scenario.extraction === 'manual');
}
