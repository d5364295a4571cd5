import { describe, expect, it } from '@jest/globals';
import { holdsTooManyBodies, isOwnDoing, shedRequest, type Load, type LoadLimits } from './load.rules.js';

const LIMITS: LoadLimits = {
  inFlight: 100,
  inFlightOfCaller: 40,
  notifications: 10,
  bodies: 100,
  loopDelayMs: 200,
  crowd: 20,
};

const CALM: Load = {
  inFlight: 10,
  inFlightOfCaller: 5,
  callers: 2,
  loopDelayMs: 3,
  isCallerSlow: false,
  isDatabaseFull: false,
};

describe('which requests are turned away', () => {
  it.each<[string, Partial<Load>, string | null]>([
    ['nobody on a calm server', {}, null],
    ['nobody just below the bounds', { inFlight: 99, inFlightOfCaller: 39 }, null],
    ['everybody when too much is under way', { inFlight: 100, inFlightOfCaller: 0 }, 'in_flight'],
    ['a caller with too much under way', { inFlight: 60, inFlightOfCaller: 40 }, 'caller'],
    ["a caller whose line for the database's connections only grows", { isCallerSlow: true }, 'queue'],
    ['everybody when all lines together are full', { isDatabaseFull: true }, 'database'],
    ['nobody for a single long task', { loopDelayMs: 900 }, null],
    [
      'a caller with more than a fair share when the loop is late',
      { loopDelayMs: 201, inFlight: 30, inFlightOfCaller: 28, callers: 2 },
      'event_loop',
    ],
    [
      'no caller with less than a fair share when the loop is late',
      { loopDelayMs: 201, inFlight: 30, inFlightOfCaller: 2, callers: 2 },
      null,
    ],
    [
      'the only caller when the loop is late',
      { loopDelayMs: 201, inFlight: 30, inFlightOfCaller: 30, callers: 1 },
      'event_loop',
    ],
  ])('%s', (_, change, expected) => {
    expect(shedRequest({ ...CALM, ...change }, LIMITS)).toBe(expected);
  });

  it.each([
    ['caller', true],
    ['queue', true],
    ['in_flight', false],
    ['database', false],
    ['event_loop', false],
    ['notifications', false],
    ['bodies', true],
  ] as const)('%s is the caller: %s', (reason, expected) => {
    expect(isOwnDoing(reason)).toBe(expected);
  });

  it.each([
    [0, 0, false],
    [19, 19, false],
    [20, 20, true],
    [5, 80, true],
    [4, 80, false],
    [0, 99, false],
    [0, 100, true],
  ])('an address with %i of %i bodies under way holds too many: %s', (ofAddress, ofEverybody, expected) => {
    expect(holdsTooManyBodies(ofAddress, ofEverybody, LIMITS)).toBe(expected);
  });
});
