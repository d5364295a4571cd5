import { describe, expect, it } from '@jest/globals';
import { nextAttemptIn, readRetryAfter } from './webhook.schedule.js';

const failed = { statusCode: 500, timedOut: false, retryAfterSeconds: null };
const steps = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
/** The shortest wait there is: no jitter. */
const LEAST = 0;

describe('the webhook schedule', () => {
  it('tries ten times over 75 hours and 35 minutes at least', () => {
    const waits = steps.map((_, index) => nextAttemptIn({ ...failed, attempts: index + 1 }, LEAST));
    expect(waits).toEqual(steps);
    expect(steps.reduce((sum, step) => sum + step)).toBe((75 * 60 + 35) * 60 + 5);
  });

  it('gives up after the tenth attempt, and after one by hand beyond it', () => {
    expect(nextAttemptIn({ ...failed, attempts: 10 }, LEAST)).toBeNull();
    expect(nextAttemptIn({ ...failed, attempts: 11 }, LEAST)).toBeNull();
  });

  it.each(steps.map((step, index) => [step, index + 1]))(
    'lengthens the step of %d s by up to two fifths, and never shortens it',
    (step, attempts) => {
      expect(nextAttemptIn({ ...failed, attempts }, 0)).toBe(step);
      expect(nextAttemptIn({ ...failed, attempts }, 1 - Number.EPSILON)).toBeCloseTo(step * 1.4);
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
    expect(nextAttemptIn({ ...failed, attempts: 1, timedOut: true, statusCode: null }, LEAST)).toBe(60);
    expect(nextAttemptIn({ ...failed, attempts: 1, statusCode: 429 }, LEAST)).toBe(60);
    expect(nextAttemptIn({ ...failed, attempts: 2, statusCode: 429 }, LEAST)).toBe(300);
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
