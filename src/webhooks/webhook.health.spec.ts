import { describe, expect, it } from '@jest/globals';
import { nextAttemptIn } from './webhook.schedule.js';
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

describe('an endpoint that answers 500 for a week, by a clock of our own', () => {
  const HOUR = 60 * 60 * 1000;

  /** An event every twelve hours, each tried by its schedule without jitter: what happened when. */
  function walk() {
    const told: [what: string, hours: number][] = [];
    const due = Array.from({ length: 14 }, (_, index) => ({ at: index * 12 * HOUR, attempts: 0 }));
    const state = { failures: 0, warnings: 0, pauses: 0 };
    let [tried, gaveUpAfter] = [0, 0];
    for (let next = due[0]; next; next = due.toSorted((a, b) => a.at - b.at)[0]) {
      tried += 1;
      next.attempts += 1;
      state.failures += 1;
      const hours = next.at / HOUR;
      const { disable, warn, warnings } = judgeFailure(
        { ...state, failingSince: since, paused: false },
        new Date(since.getTime() + next.at),
      );
      if (warn) told.push([`warned ${warnings}`, hours]);
      state.warnings = warnings;
      if (disable) return { told: [...told, ['disabled', hours]], gaveUpAfter, tried };
      const wait = nextAttemptIn(
        { attempts: next.attempts, statusCode: 500, timedOut: false, retryAfterSeconds: null },
        0,
      );
      if (wait === null) {
        gaveUpAfter ||= hours;
        due.splice(due.indexOf(next), 1);
      } else {
        next.at += wait * 1000;
      }
    }
    throw new Error('It was never disabled.');
  }

  it('is warned of after a day and after three, and disabled after five', () => {
    const { told, gaveUpAfter, tried } = walk();
    expect(told).toEqual([
      ['warned 1', 24],
      ['warned 2', 72],
      ['disabled', 120],
    ]);
    // The first event has been given up by then, after ten attempts in 75 h, 35 min and 5 s.
    expect(gaveUpAfter).toBeCloseTo(75 + 35 / 60 + 5 / 3600, 5);
    expect(tried).toBeGreaterThan(50);
  });
});
