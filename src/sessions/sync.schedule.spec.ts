import { describe, expect, it } from '@jest/globals';
import { nextSync, retryDelay } from './sync.schedule.js';

const MINUTE = 60_000;
const now = 1_000 * MINUTE;

describe('nextSync', () => {
  it.each([
    ['waiting for the person', 'not_started', { expiresAt: now + 60 * MINUTE }, now + 5 * MINUTE],
    ['capturing', 'capturing', { expiresAt: now + 60 * MINUTE }, now + 2 * MINUTE],
    ['about to expire', 'capturing', { expiresAt: now + 1000 }, now + 6000],
    ['overdue at Yoti', 'capturing', { expiresAt: now - MINUTE }, now + MINUTE],
    ['just handed in', 'submitted', { submittedAt: now }, now + 10_000],
    ['in expert review for an hour', 'submitted', { submittedAt: now - 60 * MINUTE }, now + 30 * MINUTE],
    ['in expert review for days', 'submitted', { submittedAt: now - 5000 * MINUTE }, now + 60 * MINUTE],
  ] as const)('%s', (_, progress, times, expected) => {
    const due = nextSync(
      { status: 'ongoing', progress },
      { now, expiresAt: null, submittedAt: null, ...times },
    );
    expect(due).toBe(expected);
  });

  it.each(['completed', 'expired', 'cancelled', 'failed', 'erased'] as const)(
    'a session that is %s is not due',
    (status) => {
      expect(
        nextSync({ status, progress: 'submitted' }, { now, expiresAt: now, submittedAt: now }),
      ).toBeNull();
    },
  );
});

describe('retryDelay', () => {
  it.each([
    [1, 2_000],
    [2, 4_000],
    [5, 32_000],
    [20, 30 * MINUTE],
  ])('after %i failures waits around %i ms', (attempts, around) => {
    expect(retryDelay(attempts, 0)).toBeCloseTo(around * 0.8);
    expect(retryDelay(attempts, 1)).toBeCloseTo(around * 1.2);
  });

  it('waits at least as long as Yoti asks', () => {
    expect(retryDelay(1, 0.5, 120)).toBe(120_000);
  });
});
