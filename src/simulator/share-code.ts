import { addMedia, captured, requireOpen } from './capture.js';
import { notFound } from './errors.js';
import type { Plan } from './reports.js';
import type {
  Context,
  SessionEvent,
  ShareCodeResource,
  SimulatedSession,
  Transition,
} from './session.model.js';

/**
 * The person gives the share code of their right to work or rent; looking it up takes as long as an extraction.
 *
 * @throws ServiceError 404 `REQUIREMENT_NOT_FOUND`
 */
export function addShareCode(session: SimulatedSession, plan: Plan, ctx: Context): Transition {
  requireOpen(session, ctx.now);
  if (!session.requirements.some(({ type }) => type === 'SHARE_CODE')) {
    throw notFound('REQUIREMENT_NOT_FOUND', 'The requirement');
  }
  const next = structuredClone(session);
  const id = ctx.newId();
  next.shareCodes.unshift({
    id,
    createdAt: ctx.now,
    updatedAt: ctx.now,
    task: {
      id: ctx.newId(),
      type: 'VERIFY_SHARE_CODE_TASK',
      state: 'PENDING',
      createdAt: ctx.now,
      updatedAt: ctx.now,
      dueAt: ctx.now + plan.timing.extractionDelay * 1000,
      generatedChecks: [],
      generatedMedia: [],
    },
    media: {
      lookup_profile: addMedia(
        next,
        'JSON',
        { kind: 'share_code', resourceId: id, part: 'lookup_profile' },
        ctx,
      ),
    },
  });
  captured(next, id, ctx);
  return { session: next, events: [{ topic: 'resource_update', resource_id: id }] };
}

const FOUND = [
  ['returned_profile', 'JSON'],
  ['id_photo', 'IMAGE'],
  ['file', 'PDF'],
] as const;

/** Ends a look-up that is due: what was found is media of the share code. */
export function endLookUp(session: SimulatedSession, code: ShareCodeResource, ctx: Context): SessionEvent[] {
  const { task } = code;
  if (task.state !== 'PENDING' || task.dueAt > ctx.now) return [];
  task.state = 'DONE';
  task.updatedAt = ctx.now;
  code.updatedAt = ctx.now;
  for (const [part, type] of FOUND) {
    const id = addMedia(session, type, { kind: 'share_code', resourceId: code.id, part }, ctx);
    code.media[part] = id;
    task.generatedMedia.push({ id, type });
  }
  return [
    { topic: 'task_completion', task_id: task.id },
    { topic: 'resource_update', resource_id: code.id },
  ];
}
