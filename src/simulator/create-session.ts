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
  const profile = spec.identity_profile_requirements ?? spec.advanced_identity_profile_requirements;
  // With a document check and no required document, one document of any type is asked for.
  if (documents.length === 0 && (readsDocument || profile)) {
    documents.push({ id: newId(), type: 'ID_DOCUMENT', index: 0 });
  }
  return [
    ...(requests('FACE_COMPARISON') ? [{ id: newId(), type: 'FACE_CAPTURE' as const }] : []),
    ...documents,
    ...(liveness
      ? [{ id: newId(), type: 'LIVENESS' as const, livenessType: liveness.config.liveness_type }]
      : []),
  ];
}

/** A new, untouched session of an application. */
export function newSession(sdkId: string, spec: SessionSpec, { now, newId }: Context): SimulatedSession {
  const deadline = spec.session_deadline
    ? Date.parse(spec.session_deadline)
    : now + (spec.client_session_token_ttl ?? DEFAULT_TOKEN_TTL) * 1000;
  return {
    id: newId(),
    sdkId,
    token: newId(),
    spec,
    createdAt: now,
    deadline,
    retainUntil: deadline + (spec.resources_ttl ?? DEFAULT_RESOURCES_TTL) * 1000,
    requirements: requirementsOf(spec, newId),
    documents: [],
    liveness: [],
    faceCaptures: [],
    checks: [],
    media: {},
    devices: [],
  };
}
