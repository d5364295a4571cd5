import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sessionProgress, sessionStatuses } from './session.schemas.js';
import { advance, type Observation, type SessionState } from './session.states.js';

const creating: SessionState = { status: 'creating', progress: 'not_started' };
const fresh: SessionState = { status: 'ongoing', progress: 'not_started' };
const capturing: SessionState = { status: 'ongoing', progress: 'capturing' };
const submitted: SessionState = { status: 'ongoing', progress: 'submitted' };
const yoti = (state: string, progress: SessionState['progress']): Observation => ({
  kind: 'yoti',
  state,
  progress,
});

describe('advance', () => {
  it.each<[string, SessionState, Observation, string, string[]]>([
    ['creation failed', creating, { kind: 'creation_failed' }, 'failed/not_started', ['session.failed']],
    ['not created yet', creating, yoti('COMPLETED', 'submitted'), 'creating/not_started', []],
    ['nothing new', fresh, yoti('ONGOING', 'not_started'), 'ongoing/not_started', []],
    ['begun', fresh, yoti('ONGOING', 'capturing'), 'ongoing/capturing', ['session.started']],
    ['handed in', capturing, yoti('ONGOING', 'submitted'), 'ongoing/submitted', ['session.submitted']],
    [
      'all at once',
      fresh,
      yoti('COMPLETED', 'submitted'),
      'completed/submitted',
      ['session.started', 'session.submitted', 'session.completed'],
    ],
    ['completed', submitted, yoti('COMPLETED', 'submitted'), 'completed/submitted', ['session.completed']],
    ['late news', submitted, yoti('ONGOING', 'capturing'), 'ongoing/submitted', []],
    ['expired', capturing, yoti('EXPIRED', 'capturing'), 'expired/capturing', ['session.expired']],
    ['a state nobody knows', capturing, yoti('PAUSED', 'capturing'), 'ongoing/capturing', []],
    ['cancelled', capturing, { kind: 'cancelled' }, 'cancelled/capturing', ['session.cancelled']],
    [
      'gone after its time',
      fresh,
      { kind: 'gone', overdue: true },
      'expired/not_started',
      ['session.expired'],
    ],
    ['gone too early', fresh, { kind: 'gone', overdue: false }, 'failed/not_started', ['session.failed']],
  ])('%s', (_, state, seen, next, events) => {
    const transition = advance(state, seen);
    expect(`${transition.next.status}/${transition.next.progress}`).toBe(next);
    expect(transition.events).toEqual(events);
  });

  it('I3 never goes backwards, and leaves a closed session as it is', () => {
    const observation: fc.Arbitrary<Observation> = fc.oneof(
      fc.constantFrom<Observation>({ kind: 'creation_failed' }, { kind: 'cancelled' }),
      fc.record({ kind: fc.constant('gone' as const), overdue: fc.boolean() }),
      fc.record({
        kind: fc.constant('yoti' as const),
        state: fc.constantFrom('ONGOING', 'COMPLETED', 'EXPIRED', 'SOMETHING_ELSE'),
        progress: fc.constantFrom(...sessionProgress),
      }),
    );
    const statusRank = (status: string) => Math.min(sessionStatuses.indexOf(status as never), 2);
    fc.assert(
      fc.property(
        fc.constantFrom(creating, fresh),
        fc.array(observation, { maxLength: 30 }),
        (start, observations) => {
          let state = start;
          const told: string[] = [];
          for (const seen of observations) {
            const { next, events } = advance(state, seen);
            expect(statusRank(next.status)).toBeGreaterThanOrEqual(statusRank(state.status));
            expect(sessionProgress.indexOf(next.progress)).toBeGreaterThanOrEqual(
              sessionProgress.indexOf(state.progress),
            );
            if (statusRank(state.status) === 2) expect(next).toEqual(state);
            told.push(...events);
            state = next;
          }
          expect(new Set(told).size).toBe(told.length);
        },
      ),
    );
  });
});
