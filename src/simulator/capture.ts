import { allowedDocuments, SUPPLEMENTARY_TYPES } from './documents.js';
import { conflict, notFound, unauthorised } from './errors.js';
import {
  stateOf,
  type Context,
  type MediaOrigin,
  type MediaType,
  type SimulatedSession,
  type Transition,
} from './session.model.js';

/** Registers media of the session and returns its id. */
export function addMedia(
  session: SimulatedSession,
  type: MediaType,
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

/** The client loaded its first screen; counted once. @throws ServiceError 409 `SESSION_NOT_READY` */
export function open(session: SimulatedSession, ctx: Context): Transition {
  requireOpen(session, ctx.now);
  const waiting = session.requirements.some(({ type }) => type === 'FACE_CAPTURE');
  if (waiting && !session.faceCaptures.some(({ image }) => image)) {
    throw conflict('SESSION_NOT_READY', 'The relying business still has to supply a face capture');
  }
  if (session.devices.some(({ event }) => event === 'CONFIG_FIRST_LOADED')) return { session, events: [] };
  const next = structuredClone(session);
  next.devices.push({ event: 'CONFIG_FIRST_LOADED', at: ctx.now, device: ctx.device ?? {} });
  return { session: next, events: [] };
}

/** The person agreed to the use of biometric data; the first time counts. */
export function consent(session: SimulatedSession, ctx: Context): Transition {
  requireOpen(session, ctx.now);
  return { session: { ...session, consentAt: session.consentAt ?? ctx.now }, events: [] };
}

/** Document types and countries a requirement takes. @throws ServiceError 404 `REQUIREMENT_NOT_FOUND` */
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

/** Records that something was captured. */
export function captured(session: SimulatedSession, resourceId: string, ctx: Context): void {
  session.devices.push({ event: 'RESOURCE_CREATED', resourceId, at: ctx.now, device: ctx.device ?? {} });
}
