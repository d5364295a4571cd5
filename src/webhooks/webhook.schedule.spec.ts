import { describe, expect, it } from '@jest/globals';
import { MAX_ATTEMPTS, nextAttemptIn, readRetryAfter } from './webhook.schedule.js';

const failed = { statusCode: 500, timedOut: false, retryAfterSeconds: null };
const steps = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
/** Half of the jitter's range: no jitter. */
const MIDDLE = 0.5;

describe('the webhook schedule', () => {
  it('tries ten times over 75 hours and 35 minutes', () => {
    const waits = steps.map((_, index) => nextAttemptIn({ ...failed, attempts: index + 1 }, MIDDLE));
    expect(MAX_ATTEMPTS).toBe(10);
    expect(waits).toEqual(steps);
    expect(steps.reduce((sum, step) => sum + step)).toBe((75 * 60 + 35) * 60 + 5);
  });

  it('gives up after the tenth attempt, and after one by hand beyond it', () => {
    expect(nextAttemptIn({ ...failed, attempts: 10 }, MIDDLE)).toBeNull();
    expect(nextAttemptIn({ ...failed, attempts: 11 }, MIDDLE)).toBeNull();
  });

  it.each(steps.map((step, index) => [step, index + 1]))(
    'spreads the step of %d s by a fifth',
    (step, attempts) => {
      expect(nextAttemptIn({ ...failed, attempts }, 0)).toBeCloseTo(step * 0.8);
      expect(nextAttemptIn({ ...failed, attempts }, 1 - Number.EPSILON)).toBeCloseTo(step * 1.2);
    },
  );

  it.each([
    ['sooner than the step', 1, 300],
    ['within bounds', 400, 400],
    ['later than twice the step', 86_400, 600],
  ])('heeds a Retry-After %s', (_, retryAfterSeconds, expected) => {
    expect(nextAttemptIn({ ...failed, attempts: 2, retryAfterSeconds }, 0)).toBe(expected);
  });

  it('leaves a receiver that timed out or is flooded alone for a minute', () => {
    expect(nextAttemptIn({ ...failed, attempts: 1, timedOut: true, statusCode: null }, MIDDLE)).toBe(60);
    expect(nextAttemptIn({ ...failed, attempts: 1, statusCode: 429 }, MIDDLE)).toBe(60);
    expect(nextAttemptIn({ ...failed, attempts: 2, statusCode: 429 }, MIDDLE)).toBe(300);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    ['120', 120],
    [' 0 ', 0],
    ['Thu, 01 Jan 2026 00:02:00 GMT', 120],
    ['Thu, 01 Jan 2025 00:02:00 GMT', 0],
    ['soon', null],
    ['-5', null],
    ['1e9', null],
    ['99999999999', null],
    ['', null],
    [undefined, null],
  ])('reads %p as %p', (header, expected) => expect(readRetryAfter(header, now)).toBe(expected));
});
