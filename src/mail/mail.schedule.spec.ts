import { describe, expect, it } from '@jest/globals';
import { MAX_ATTEMPTS, nextAttemptIn } from './mail.schedule.js';

describe('nextAttemptIn', () => {
  it.each([
    [1, 0, 8],
    [1, 0.5, 10],
    [3, 0.5, 60],
    [MAX_ATTEMPTS - 1, 0.5, 3600],
  ])('after %i attempts waits, with jitter', (attempts, random, seconds) => {
    expect(nextAttemptIn(attempts, random)).toBeCloseTo(seconds);
  });

  it('ends after the last attempt', () => {
    expect(nextAttemptIn(MAX_ATTEMPTS, 0.5)).toBeNull();
  });
});
