import { addMedia } from './capture.js';
import { asksShareCode, withScheme } from './identity-profile.js';
import type { Context, Requirement, SimulatedSession } from './session.model.js';
import { DEFAULT_RESOURCES_TTL, DEFAULT_TOKEN_TTL, type SessionSpec } from './spec.js';

/** What has to be captured, in the order the client asks for it. */
function requirementsOf(spec: SessionSpec, newId: () => string): Requirement[] {
  const requests = (type: string) => spec.requested_checks.some((check) => check.type === type);
  const liveness = spec.requested_checks.find((check) => check.type === 'LIVENESS');
  const documents: Requirement[] = spec.required_documents.map(({ type }, index) => ({
    id: newId(),
    type,
    index,
  }));
  const documentChecks = spec.requested_checks.some((check) => check.type.startsWith('ID_DOCUMENT'));
  const readsDocument =
    documentChecks || spec.requested_tasks.some((task) => task.type === 'ID_DOCUMENT_TEXT_DATA_EXTRACTION');
  // With a document check and no required document, one document of any type is asked for.
  if (documents.length === 0 && readsDocument) {
    documents.push({ id: newId(), type: 'ID_DOCUMENT', index: 0 });
  }
  return [
    ...(requests('FACE_COMPARISON') ? [{ id: newId(), type: 'FACE_CAPTURE' as const }] : []),
    ...documents,
    ...(asksShareCode(spec) ? [{ id: newId(), type: 'SHARE_CODE' as const }] : []),
    ...(liveness
      ? [{ id: newId(), type: 'LIVENESS' as const, livenessType: liveness.config.liveness_type }]
      : []),
  ];
}

/** Tracking ids of this form select a scenario: `scenario:<name>`, followed by anything after another colon. */
const TRIGGER = /^scenario:([a-z][a-z0-9_]*)(?=:|$)/;

/** The scenario that a tracking id asks for, whether or not there is one of that name. */
export const triggerOf = (trackingId: string | undefined) => TRIGGER.exec(trackingId ?? '')?.[1];

/** A new, untouched session of an application. `received` is the body that asked for it. */
export function newSession(
  sdkId: string,
  spec: SessionSpec,
  { now, newId }: Context,
  received: unknown = spec,
): SimulatedSession {
  const deadline = spec.session_deadline
    ? Date.parse(spec.session_deadline)
    : now + (spec.client_session_token_ttl ?? DEFAULT_TOKEN_TTL) * 1000;
  const trigger = triggerOf(spec.user_tracking_id);
  const whole = withScheme(spec);
  const session: SimulatedSession = {
    id: newId(),
    sdkId,
    token: newId(),
    spec: whole,
    received,
    createdAt: now,
    deadline,
    retainUntil: deadline + (spec.resources_ttl ?? DEFAULT_RESOURCES_TTL) * 1000,
    requirements: requirementsOf(whole, newId),
    documents: [],
    liveness: [],
    faceCaptures: [],
    shareCodes: [],
    checks: [],
    media: {},
    devices: [],
    outcomeMedia: {},
    ...(trigger !== undefined && { trigger }),
  };
  if (applicantProfileOf(spec)) addMedia(session, 'JSON', { kind: 'applicant_profile' }, { now, newId });
  return session;
}

/** What the relying business already told about the person. */
export function applicantProfileOf(spec: SessionSpec): unknown {
  return (spec as { resources?: { applicant_profile?: unknown } }).resources?.applicant_profile;
}
