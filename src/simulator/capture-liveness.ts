import { addMedia, captured, requireOpen } from './capture.js';
import { conflict, notFound } from './errors.js';
import { livenessOutcome } from './user-steps.js';
import { planOutcome, type Plan } from './reports.js';
import {
  requestedCheck,
  type Context,
  type LivenessResource,
  type SimulatedSession,
  type Transition,
} from './session.model.js';

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

/** Whether the person still has to show that they're live. */
export const needsLiveness = (session: SimulatedSession) =>
  session.requirements.some(({ type }) => type === 'LIVENESS') && !livenessApproved(session);

function newLiveness(
  session: SimulatedSession,
  livenessType: LivenessResource['livenessType'],
  otherPerson: boolean,
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
    otherPerson,
  };
}

/**
 * A finished liveness attempt: one resource and one check, decided at once.
 *
 * @throws ServiceError 404 `REQUIREMENT_NOT_FOUND`, 409 `REQUIREMENT_LOCKED`
 */
export function addLiveness(session: SimulatedSession, plan: Plan, ctx: Context): Transition {
  requireOpen(session, ctx.now);
  const requested = requestedCheck(session, 'LIVENESS');
  if (!requested) throw notFound('REQUIREMENT_NOT_FOUND', 'The requirement');
  if (livenessRemaining(session) === 0) {
    throw conflict('REQUIREMENT_LOCKED', 'No liveness attempts are left');
  }
  const next = structuredClone(session);
  const livenessType = requested.config.liveness_type;
  const attempt = session.liveness.length;
  const shown = livenessOutcome(plan.scenario, attempt);
  const capture = newLiveness(next, livenessType, shown === 'other_person', ctx);
  const subject = { type: 'LIVENESS', attempt, livenessType, rejected: shown === 'rejected' };
  const { outcome } = planOutcome(plan, subject);
  const check = {
    id: ctx.newId(),
    type: 'LIVENESS',
    state: 'report' in outcome ? ('DONE' as const) : ('INTERNAL_ERROR' as const),
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
      ...(check.state === 'DONE' ? [{ topic: 'check_completion' as const, check_id: check.id }] : []),
    ],
  };
}
