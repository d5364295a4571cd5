import type { EventName } from '../audit/event-types.js';
import type { sessionOutcomes, sessionProgress, sessionStatuses } from './session.schemas.js';

export type SessionStatus = (typeof sessionStatuses)[number];
export type SessionOutcome = (typeof sessionOutcomes)[number];
export type SessionProgress = (typeof sessionProgress)[number];

/** Where a session is. */
export interface SessionState {
  status: SessionStatus;
  progress: SessionProgress;
}

/** What was learnt about a session. */
export type Observation =
  | { kind: 'creation_failed' }
  | { kind: 'cancelled' }
  /** Yoti's answer. Unknown states count as ongoing. */
  | { kind: 'yoti'; state: string; progress: SessionProgress }
  /** Yoti has no such session any more. */
  | { kind: 'gone'; overdue: boolean };

/** The state after an observation, and the events that tell it. */
export interface Transition {
  next: SessionState;
  events: EventName[];
}

const progressRank: Record<SessionProgress, number> = { not_started: 0, capturing: 1, submitted: 2 };

/**
 * Folds an observation into a session's state. States only go forward: a closed session stays closed whatever arrives
 * late, and progress never falls back (invariant I3).
 */
export function advance(current: SessionState, seen: Observation): Transition {
  if (current.status === 'creating') return fromCreating(current, seen);
  if (current.status !== 'ongoing') return { next: current, events: [] };
  switch (seen.kind) {
    case 'cancelled':
      return closed(current, 'cancelled', 'session.cancelled');
    case 'gone':
      return seen.overdue
        ? closed(current, 'expired', 'session.expired')
        : closed(current, 'failed', 'session.failed');
    case 'yoti':
      return fromYoti(current, seen.state, seen.progress);
    default:
      return { next: current, events: [] };
  }
}

function fromCreating(current: SessionState, seen: Observation): Transition {
  if (seen.kind === 'creation_failed') return closed(current, 'failed', 'session.failed');
  return { next: current, events: [] };
}

function fromYoti(current: SessionState, state: string, seen: SessionProgress): Transition {
  if (state === 'EXPIRED') return closed(current, 'expired', 'session.expired');
  const reached = state === 'COMPLETED' ? 'submitted' : seen;
  const progress = progressRank[reached] > progressRank[current.progress] ? reached : current.progress;
  const events: EventName[] = [];
  if (current.progress === 'not_started' && progress !== 'not_started') events.push('session.started');
  if (current.progress !== 'submitted' && progress === 'submitted') events.push('session.submitted');
  if (state !== 'COMPLETED') return { next: { status: 'ongoing', progress }, events };
  return { next: { status: 'completed', progress }, events: [...events, 'session.completed'] };
}

function closed(current: SessionState, status: SessionStatus, event: EventName): Transition {
  return { next: { ...current, status }, events: [event] };
}
