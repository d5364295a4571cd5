import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LaneShare, SAMPLE_MS } from './lane-share.js';

describe('the share of a lane beside others', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is halved while the event loop has no room left, down to one slot, and grows by one at a time', () => {
    let utilization = 0.95;
    const share = new LaneShare(8, () => utilization);
    const next = () => {
      jest.advanceTimersByTime(SAMPLE_MS);
      return share.now();
    };
    expect([next(), next(), next(), next()]).toEqual([4, 2, 1, 1]);
    utilization = 0.5;
    expect([next(), next(), next()]).toEqual([2, 3, 4]);
    expect(Array.from({ length: 6 }, next).at(-1)).toBe(8);
  });

  it('is measured at most once in a while, however often it is asked for', () => {
    const utilization = jest.fn(() => 0.95);
    const share = new LaneShare(8, utilization);
    jest.advanceTimersByTime(SAMPLE_MS);
    expect([share.now(), share.now(), share.now()]).toEqual([4, 4, 4]);
    expect(utilization).toHaveBeenCalledTimes(1);
  });

  it('knows the event loop of the process', () => {
    jest.useRealTimers();
    const share = new LaneShare(8);
    const end = performance.now() + 2 * SAMPLE_MS;
    while (performance.now() < end);
    expect(share.now()).toBe(4);
  });
});
