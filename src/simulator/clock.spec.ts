import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from './clock.js';

/** A source that has moved on by a millisecond each time it is read, as the real one may at any moment. */
function restlessSource(start: number): () => number {
  let time = start;
  return () => time++;
}

describe('the virtual clock', () => {
  it('can be changed while its source moves on between two readings', () => {
    const clock = new VirtualClock(restlessSource(1_000));
    clock.change({ advance: 5 });
    expect(clock.now()).toBeGreaterThanOrEqual(6_000);
    expect(clock.now()).toBeLessThan(6_100);
  });

  it('never goes back', () => {
    const clock = new VirtualClock(() => 10_000);
    expect(() => clock.change({ now: new Date(9_999).toISOString() })).toThrow('validating');
    clock.change({ now: new Date(12_000).toISOString() });
    expect(clock.now()).toBe(12_000);
  });

  it('stands still and goes on from where it stood', () => {
    let source = 0;
    const clock = new VirtualClock(() => source);
    clock.change({ freeze: true });
    source = 5_000;
    expect(clock.now()).toBe(0);
    clock.change({ advance: 3 });
    expect(clock.now()).toBe(3_000);
    clock.change({ freeze: false });
    source = 6_000;
    expect(clock.now()).toBe(4_000);
  });
});
