import { describe, expect, it } from '@jest/globals';
import { waitForSync, retryDelay } from './sync.schedule.js';

const MINUTE = 60_000;
const now = 1_000 * MINUTE;

describe('waitForSync', () => {
  it.each([
    ['waiting for the person', 'not_started', { expiresAt: now + 60 * MINUTE }, 5 * MINUTE],
    ['waiting for a while', 'not_started', { since: now - 24 * MINUTE }, 12 * MINUTE],
    ['waiting for days', 'not_started', { since: now - 900 * MINUTE }, 15 * MINUTE],
    ['capturing', 'capturing', { expiresAt: now + 60 * MINUTE }, 2 * MINUTE],
    ['interrupted for a while', 'capturing', { since: now - 20 * MINUTE }, 10 * MINUTE],
    ['about to expire', 'capturing', { expiresAt: now + 1000 }, 6000],
    ['waiting for days, about to expire', 'not_started', { since: 0, expiresAt: now + 1000 }, 6000],
    ['overdue at Yoti', 'capturing', { expiresAt: now - MINUTE }, MINUTE],
    ['overdue at Yoti for days', 'capturing', { expiresAt: now - 900 * MINUTE }, 15 * MINUTE],
    ['just handed in', 'submitted', {}, 10_000],
    ['handed in, its token ended', 'submitted', { expiresAt: now - MINUTE }, 10_000],
    ['in expert review for a while', 'submitted', { since: now - 20 * MINUTE }, 10 * MINUTE],
    ['in expert review for days', 'submitted', { since: now - 900 * MINUTE }, 15 * MINUTE],
    ['by a clock that went back', 'submitted', { since: now + 90 * MINUTE }, 10_000],
  ] as const)('%s', (_, progress, times, expected) => {
    expect(waitForSync({ status: 'ongoing', progress }, { now, since: now, expiresAt: null, ...times })).toBe(
      expected,
    );
  });

  it.each(['completed', 'expired', 'cancelled', 'failed', 'erased'] as const)(
    'a session that is %s is not due',
    (status) => {
      expect(waitForSync({ status, progress: 'submitted' }, { now, since: now, expiresAt: now })).toBeNull();
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
