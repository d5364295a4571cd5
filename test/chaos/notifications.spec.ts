import { describe, expect, it } from '@jest/globals';
import { Dice } from './dice.js';
import { NotificationFates } from './notification-fates.js';
import { countOvertaking } from './notifications-watch.js';
import { isLikely } from './verify-faults.js';

const delivery = (sessionId: string, ...times: number[]) => ({
  sessionId,
  attempts: times.map((at) => ({ at })),
});

describe('countOvertaking', () => {
  it.each<[what: string, deliveries: ReturnType<typeof delivery>[], expected: number]>([
    ['in order', [delivery('a', 1), delivery('a', 2), delivery('a', 2)], 0],
    ['the last one first', [delivery('a', 2), delivery('a', 3), delivery('a', 1)], 1],
    ['of different sessions', [delivery('a', 2), delivery('b', 1)], 0],
    ['tried again later', [delivery('a', 1, 9), delivery('a', 2)], 0],
    ['with one that was dropped', [delivery('a', 5), delivery('a'), delivery('a', 3)], 1],
  ])('%s', (_, deliveries, expected) => {
    expect(countOvertaking(deliveries)).toBe(expected);
  });
});

describe('the fates of notifications', () => {
  const drawn = (seed: string, reference: string, count = 1000) => {
    const fates = new NotificationFates(new Dice(seed));
    fates.assign('session', reference);
    return Array.from({ length: count }, () =>
      fates.draw({ session_id: 'session', topic: 'check_completion' }),
    );
  };

  it('follow from the seed and the session of the plan, and differ within a session', () => {
    expect(drawn('1', 'order-1')).toEqual(drawn('1', 'order-1'));
    expect(drawn('1', 'order-1')).not.toEqual(drawn('2', 'order-1'));
    expect(drawn('1', 'order-1')).not.toEqual(drawn('1', 'order-2'));
    const isSent = drawn('1', 'order-1').map(([original]) => original);
    expect(isSent.some((sent, index) => sent && isSent[index + 1] === false)).toBe(true);
  });

  it('drop and double as often as the run asks for', () => {
    const copies = drawn('1', 'order-1');
    const all = copies.flat();
    expect(isLikely(copies.filter(({ length }) => length === 2).length, copies.length, 0.3)).toBe(true);
    expect(isLikely(all.filter((isSent) => !isSent).length, all.length, 0.2)).toBe(true);
  });

  it('are good for sessions that are not of the plan', () => {
    const fates = new NotificationFates(new Dice('1'));
    expect(fates.draw({ session_id: 'another', topic: 'session_completion' })).toEqual([true]);
  });
});
