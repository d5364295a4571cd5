import { describe, expect, it } from '@jest/globals';
import { disablesAt, judgeFailure, type Trouble } from './webhook.health.js';

const since = new Date('2026-01-01T00:00:00Z');
const DAY = 24 * 60 * 60 * 1000;
const after = (days: number) => new Date(since.getTime() + days * DAY);
const trouble: Trouble = { failures: 3, failingSince: since, warnings: 0, pauses: 0, paused: false };

describe('an endpoint that fails', () => {
  it.each([
    [0, 0, { disable: false, warn: false, warnings: 0 }],
    [0.999, 0, { disable: false, warn: false, warnings: 0 }],
    [1, 0, { disable: false, warn: true, warnings: 1 }],
    [2.999, 1, { disable: false, warn: false, warnings: 1 }],
    [3, 1, { disable: false, warn: true, warnings: 2 }],
    [3, 0, { disable: false, warn: true, warnings: 2 }],
    [4.999, 2, { disable: false, warn: false, warnings: 2 }],
    [5, 2, { disable: true, warn: false, warnings: 2 }],
    [-1, 0, { disable: false, warn: false, warnings: 0 }],
  ])('for %d days and warned of %d times', (days, warnings, expected) => {
    expect(judgeFailure({ ...trouble, warnings }, after(days))).toMatchObject(expected);
  });

  it.each([
    [9, 0, false, null],
    [10, 0, false, 30],
    [11, 1, false, 60],
    [14, 4, false, 480],
    [15, 5, false, 600],
    [400, 60, false, 600],
    [11, 1, true, null],
  ])(
    '%d times, paused %d times, pause going on: %p, is paused for %p s',
    (failures, pauses, paused, seconds) => {
      expect(judgeFailure({ ...trouble, failures, pauses, paused }, since).pauseSeconds).toBe(seconds);
    },
  );

  it('is disabled five days after the first failure', () => {
    expect(disablesAt(since)).toEqual(after(5));
    expect(judgeFailure(trouble, disablesAt(since)).disable).toBe(true);
  });
});
