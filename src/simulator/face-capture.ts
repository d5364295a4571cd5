import { addMedia } from './capture.js';
import { conflict, notFound } from './errors.js';
import { stateOf, type Context, type SimulatedSession, type Transition } from './session.model.js';

function requireOngoing(session: SimulatedSession, now: number): void {
  if (stateOf(session, now) === 'EXPIRED') throw conflict('SESSION_EXPIRED', 'The session has expired');
  if (session.finishedAt !== undefined) throw conflict('SESSION_LOCKED', 'The session is no longer open');
}

/** The relying business announces a face capture for a requirement of type `FACE_CAPTURE`. */
export function createFaceCapture(
  session: SimulatedSession,
  requirementId: string,
  ctx: Context,
): Transition & { resourceId: string } {
  requireOngoing(session, ctx.now);
  const requirement = session.requirements.find(
    ({ id, type }) => id === requirementId && type === 'FACE_CAPTURE',
  );
  if (!requirement) throw notFound('REQUIREMENT_NOT_FOUND', 'The requirement');
  const next = structuredClone(session);
  const resourceId = ctx.newId();
  next.faceCaptures.unshift({ id: resourceId, createdAt: ctx.now, updatedAt: ctx.now });
  return { session: next, events: [{ topic: 'resource_update', resource_id: resourceId }], resourceId };
}

/** The relying business supplies the image of a face capture. */
export function supplyFaceImage(
  session: SimulatedSession,
  resourceId: string,
  ctx: Context,
): Transition & { mediaId: string } {
  requireOngoing(session, ctx.now);
  const next = structuredClone(session);
  const capture = next.faceCaptures.find(({ id }) => id === resourceId);
  if (!capture) throw notFound('RESOURCE_NOT_FOUND', 'The resource');
  capture.image = addMedia(next, 'IMAGE', { kind: 'face_capture', resourceId }, ctx);
  capture.updatedAt = ctx.now;
  return {
    session: next,
    events: [{ topic: 'resource_update', resource_id: resourceId }],
    mediaId: capture.image,
  };
}
