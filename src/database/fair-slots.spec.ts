import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FairSlots, type LaneKind } from './fair-slots.js';
import { SAMPLE_MS } from './lane-share.js';

const LIMITS = {
  slots: 4,
  slotsOfLane: 3,
  crowdOfLane: 1,
  queueOfLane: 2,
  queue: 5,
  waitMs: 2000,
  patienceMs: 300,
};

describe('fair slots', () => {
  let slots: FairSlots;
  /** Who got a slot, in this order. */
  let started: string[];
  let releases: Map<string, () => void>;

  beforeEach(() => {
    jest.useFakeTimers();
    slots = new FairSlots(LIMITS);
    started = [];
    releases = new Map();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  const settle = () => jest.advanceTimersByTimeAsync(0);

  /** @returns what became of it, later */
  function ask(lane: string, name: string, kind?: LaneKind): { outcome: string } {
    const asked = { outcome: 'waiting' };
    slots.take(lane, kind).then(
      (release) => {
        started.push(name);
        releases.set(name, release);
        asked.outcome = 'started';
      },
      (error: Error & { whose: string }) => {
        asked.outcome = `refused for ${error.whose}`;
      },
    );
    return asked;
  }

  it('leaves a slot to others however much one lane asks for', async () => {
    for (const name of ['a1', 'a2', 'a3', 'a4']) ask('a', name);
    ask('b', 'b1');
    await settle();
    expect(started).toEqual(['a1', 'a2', 'a3', 'b1']);
  });

  it('starts whoever has the fewest running first', async () => {
    for (const name of ['a1', 'a2', 'a3', 'a4']) ask('a', name);
    ask('b', 'b1');
    ask('c', 'c1');
    await settle();
    releases.get('a1')?.();
    await settle();
    expect(started.slice(4)).toEqual(['c1']);
    releases.get('a2')?.();
    await settle();
    expect(started.slice(5)).toEqual(['a4']);
  });

  it('lets equals take turns', async () => {
    slots = new FairSlots({ ...LIMITS, slots: 1, slotsOfLane: 1 });
    for (const name of ['a1', 'a2', 'a3']) ask('a', name);
    for (const name of ['b1', 'b2']) ask('b', name);
    await settle();
    for (let turn = 0; turn < 4; turn += 1) {
      releases.get(started.at(-1) ?? '')?.();
      await settle();
    }
    expect(started).toEqual(['a1', 'a2', 'b1', 'a3', 'b2']);
  });

  it('refuses what comes on top of a full line, the own or the common one', async () => {
    const asked = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'].map((name) => ask('a', name));
    await settle();
    expect(asked.map(({ outcome }) => outcome).slice(3)).toEqual([
      'waiting',
      'waiting',
      'refused for tenant',
    ]);
    expect(slots.isJammed).toBe(false);
    ask('b', 'b1');
    for (const lane of ['c', 'd', 'e']) ask(lane, lane);
    const last = ask('f', 'f');
    await settle();
    expect(slots.isJammed).toBe(true);
    expect(last.outcome).toBe('refused for everybody');
  });

  it("refuses nobody for a shared lane's being full as if it were their own doing", async () => {
    const asked = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'].map((name) => ask('public', name, 'shared'));
    await settle();
    expect(asked.at(-1)?.outcome).toBe('refused for everybody');
  });

  it("lets the server's own work wait however many others do, and come first", async () => {
    for (const lane of ['a', 'b', 'c', 'd']) for (const turn of [1, 2, 3]) ask(lane, `${lane}${turn}`);
    await settle();
    expect(slots.isJammed).toBe(true);
    const own = Array.from({ length: 6 }, (_, turn) => ask('', `own${turn}`, 'server'));
    await settle();
    expect(own.map(({ outcome }) => outcome)).toEqual(Array(6).fill('waiting'));
    releases.get('a1')?.();
    await settle();
    expect(started.at(-1)).toBe('own0');
  });

  it('keeps nothing of lanes that were refused', async () => {
    for (const lane of ['a', 'b', 'c', 'd']) for (const turn of [1, 2, 3]) ask(lane, `${lane}${turn}`);
    for (let stranger = 0; stranger < 100; stranger += 1) ask(`stranger ${stranger}`, `s${stranger}`);
    await settle();
    expect((slots as unknown as { lanes: Map<string, unknown> }).lanes.size).toBe(4);
  });

  it('counts who waits, in all lanes', async () => {
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) ask('a', name);
    for (const name of ['b1', 'b2']) ask('b', name);
    await settle();
    expect(slots.waiting).toBe(3);
    for (const name of ['a1', 'a2', 'a3']) releases.get(name)?.();
    await settle();
    expect(slots.waiting).toBe(0);
  });

  it('says which lane asks for more than it gets, which a burst alone does not', async () => {
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) ask('a', name);
    await settle();
    expect([slots.isSlow('a'), slots.isSlow('b')]).toEqual([false, false]);
    await jest.advanceTimersByTimeAsync(LIMITS.patienceMs + 1);
    expect([slots.isSlow('a'), slots.isSlow('b')]).toEqual([true, false]);
    for (const name of ['a1', 'a2']) releases.get(name)?.();
    await settle();
    expect(slots.isSlow('a')).toBe(false);
  });

  it("begins less of a crowded lane beside others' while its share is small, and more once that grows", async () => {
    let share = 1;
    slots = new FairSlots(LIMITS, { now: () => share });
    ask('b', 'b1');
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) ask('a', name);
    await settle();
    releases.get('a1')?.();
    releases.get('a2')?.();
    await settle();
    expect(started).toEqual(['b1', 'a1', 'a2', 'a3']);
    share = 3;
    await jest.advanceTimersByTimeAsync(SAMPLE_MS);
    expect(started.slice(4)).toEqual(['a4', 'a5']);
  });

  it('leaves a lane alone that has no crowd', async () => {
    slots = new FairSlots({ ...LIMITS, crowdOfLane: 2 }, { now: () => 1 });
    ask('b', 'b1');
    for (const name of ['a1', 'a2', 'a3', 'a4']) ask('a', name);
    await settle();
    releases.get('a1')?.();
    await settle();
    expect(started).toEqual(['b1', 'a1', 'a2', 'a3', 'a4']);
  });

  it("counts as beside others a while after them, and never for the server's own work", async () => {
    slots = new FairSlots(LIMITS, { now: () => 1 });
    ask('', 'own', 'server');
    for (const name of ['a1', 'a2', 'a3', 'a4']) ask('a', name);
    await settle();
    releases.get('a1')?.();
    await settle();
    expect(started).toEqual(['own', 'a1', 'a2', 'a3', 'a4']);
    for (const name of ['a5', 'a6']) ask('a', name);
    releases.get('own')?.();
    ask('b', 'b1');
    await settle();
    for (const name of ['b1', 'a2']) releases.get(name)?.();
    await settle();
    expect(started.slice(5)).toEqual(['b1']);
    await jest.advanceTimersByTimeAsync(1000);
    expect(started.slice(6)).toEqual(['a5']);
  });

  it('lets nobody wait for longer than the limit, and goes on afterwards', async () => {
    const asked = ['a1', 'a2', 'a3', 'a4'].map((name) => ask('a', name));
    await jest.advanceTimersByTimeAsync(LIMITS.waitMs);
    expect(asked[3]?.outcome).toBe('refused for everybody');
    for (const name of ['a1', 'a2', 'a3']) releases.get(name)?.();
    ask('a', 'a5');
    await settle();
    expect(started).toEqual(['a1', 'a2', 'a3', 'a5']);
  });
});
