import { describe, expect, it } from '@jest/globals';
import { Tally } from './dice.js';
import { isLikely, verifyFaults } from './verify-faults.js';

const NOTIFICATIONS = { all: 1300, dropped: 260, doubled: 300, reordered: 40 };
const COUNTS = {
  'kills of PostgreSQL': 2,
  'kills of api 1': 6,
  'kills of api 2': 5,
  'kills of worker 1': 10,
  'kills of worker 2': 0,
  'calls of Yoti': 4000,
  'Yoti: status': 80,
  'Yoti: reset': 32,
  'Yoti: lost answer': 24,
  'Yoti: garbage': 24,
  'Yoti: hang': 40,
  'webhook attempts': 1000,
  'webhooks: status': 140,
  'webhooks: reset': 60,
  'webhooks: lost answer': 100,
};

function verified(change: Partial<Record<keyof typeof COUNTS, number>>, notifications = NOTIFICATIONS) {
  const tally = new Tally();
  for (const [name, count] of Object.entries({ ...COUNTS, ...change })) tally.add(name, count);
  return verifyFaults(tally, notifications, 200);
}

describe('the faults of a run', () => {
  it('are enough when they are as drawn', () => {
    expect(verified({})).toEqual([]);
  });

  it.each<[missing: string, change: Partial<Record<keyof typeof COUNTS, number>>]>([
    ['PostgreSQL was killed 1 times', { 'kills of PostgreSQL': 1 }],
    ['role api were killed 6 times', { 'kills of api 2': 0 }],
    ['role worker were killed 9 times', { 'kills of worker 1': 9 }],
    ['Yoti: hang: 0 of 4000', { 'Yoti: hang': 0 }],
    ['Yoti: status: 0 of 0', { 'calls of Yoti': 0, 'Yoti: status': 0 }],
    ['webhooks: lost answer: 0 of 1000', { 'webhooks: lost answer': 0 }],
    ['webhooks: status: 240 of 1000', { 'webhooks: status': 240 }],
  ])('are not: %s', (missing, change) => {
    expect(verified(change)).toEqual(expect.arrayContaining([expect.stringContaining(missing)]));
  });

  it.each([
    ['notifications dropped', { ...NOTIFICATIONS, dropped: 130 }],
    ['notifications doubled', { ...NOTIFICATIONS, doubled: 0 }],
    ['no notification overtook another', { ...NOTIFICATIONS, reordered: 0 }],
  ])('are not: %s', (missing, notifications) => {
    expect(verified({}, notifications)).toEqual([expect.stringContaining(missing)]);
  });
});

describe('isLikely', () => {
  it.each([
    [20, 100, 0.2, true],
    [36, 100, 0.2, true],
    [39, 100, 0.2, false],
    [0, 60, 0.2, false],
    [0, 20, 0.05, true],
    [0, 0, 0.2, false],
  ])('%d of %d, drawn with %d: %s', (part, whole, share, expected) => {
    expect(isLikely(part, whole, share)).toBe(expected);
  });
});
