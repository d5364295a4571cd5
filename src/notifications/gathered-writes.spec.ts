import { describe, expect, it, jest } from '@jest/globals';
import { DatabaseBusy } from '../database/database-trouble.js';
import { GatheredWrites } from './gathered-writes.js';

/** Writes numbers and answers with their doubles, each write when it is let go. */
function gate(fails: (items: number[]) => Error | null = () => null) {
  const written: number[][] = [];
  const held: (() => void)[] = [];
  const underWay = { now: 0, most: 0 };
  const writes = new GatheredWrites<number, number>(async (items) => {
    written.push(items);
    underWay.now += 1;
    underWay.most = Math.max(underWay.most, underWay.now);
    await new Promise<void>((resolve) => {
      held.push(resolve);
    });
    underWay.now -= 1;
    const failure = fails(items);
    if (failure) throw failure;
    return items.map((item) => item * 2);
  });
  /** Lets what is being written go until nothing is. */
  const drain = async () => {
    while (held.length > 0) {
      held.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { writes, written, underWay, drain };
}

const addAll = (writes: GatheredWrites<number, number>, items: number[]) =>
  Promise.allSettled(items.map((item) => writes.add(item)));

describe('gathered writes', () => {
  it('write what comes first at once, and gather what comes meanwhile', async () => {
    const { writes, written, drain } = gate();
    const added = addAll(writes, [1, 2, 3, 4, 5]);
    expect(written).toEqual([[1], [2]]);
    await drain();
    expect(written).toEqual([[1], [2], [3, 4, 5]]);
    expect((await added).map((one) => one.status === 'fulfilled' && one.value)).toEqual([2, 4, 6, 8, 10]);
  });

  it('take no more than a hundred at once', async () => {
    const { writes, written, drain } = gate();
    const items = Array.from({ length: 250 }, (_, index) => index);
    const added = addAll(writes, items);
    await drain();
    expect((await added).every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(Math.max(...written.map(({ length }) => length))).toBe(100);
    expect(written.flat().toSorted((a, b) => a - b)).toEqual(items);
  });

  it('refuse the one that can not be written, and no other', async () => {
    const { writes, drain } = gate((items) => (items.includes(4) ? new Error('four') : null));
    const added = addAll(writes, [1, 2, 3, 4, 5]);
    await drain();
    expect((await added).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
  });

  it('try those of a failed batch one after the other', async () => {
    const { writes, written, underWay, drain } = gate((items) =>
      items.length > 1 ? new Error('one of them') : null,
    );
    const added = addAll(writes, [1, 2, 3, 4, 5, 6, 7]);
    await drain();
    expect((await added).every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(written).toEqual([[1], [2], [3, 4, 5, 6, 7], [3], [4], [5], [6], [7]]);
    expect(underWay.most).toBe(2);
  });

  it('give those up whose turn does not come in time', async () => {
    const { writes, drain } = gate((items) => {
      if (!items.includes(3)) return null;
      jest.advanceTimersByTime(3000);
      return new Error('locked');
    });
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    try {
      const added = addAll(writes, [1, 2, 3, 3, 4, 5]);
      await drain();
      expect((await added).map(({ status }) => status)).toEqual([
        'fulfilled',
        'fulfilled',
        'rejected',
        'rejected',
        'rejected',
        'rejected',
      ]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('ask a database in trouble once', async () => {
    const { writes, written, drain } = gate((items) =>
      items.length > 1 ? new DatabaseBusy('everybody') : null,
    );
    const added = addAll(writes, [1, 2, 3, 4]);
    await drain();
    expect((await added).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    expect(written).toEqual([[1], [2], [3, 4]]);
  });
});
