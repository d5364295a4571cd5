import { describe, expect, it } from '@jest/globals';
import { lockTimeoutMs, pauseMs } from './migration-patience.js';

describe('the patience of migrations', () => {
  it.each([
    [1, 200, 250],
    [2, 300, 500],
    [5, 600, 4000],
    [8, 900, 10_000],
    [20, 900, 10_000],
  ])('at try %i waits %i ms for a lock and %i ms before the next', (attempt, timeout, pause) => {
    expect([lockTimeoutMs(attempt), pauseMs(attempt)]).toEqual([timeout, pause]);
  });
});
