import { describe, expect, it } from '@jest/globals';
import { TenantLimiter } from './tenant-limiter.js';

const bounds = { inFlight: 12, inFlightPerTenant: 4, waitingPerTenant: 100, waitMs: 10_000 };
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Asks for places, and notes who got one in which order. */
function asking(limiter: TenantLimiter) {
  const got: string[] = [];
  const places: { tenantId: string; leave: () => void }[] = [];
  const ask = async (tenantId: string) => {
    const leave = await limiter.enter(tenantId);
    got.push(tenantId);
    places.push({ tenantId, leave });
  };
  return {
    got,
    ask,
    /** Gives one place of the tenant back. */
    leave: async (tenantId: string) => {
      const index = places.findIndex((place) => place.tenantId === tenantId);
      const [place] = places.splice(index, 1);
      place?.leave();
      place?.leave();
      await settled();
    },
    held: (tenantId: string) => places.filter((place) => place.tenantId === tenantId).length,
  };
}

describe('I6 places of tenants', () => {
  it.each([
    // tenants that hang, places each of them can hold, places that stay free
    [1, [4], 8],
    [2, [4, 4], 4],
    [3, [4, 4, 2], 2],
    [6, [4, 4, 2, 1, 1], 0],
  ])('%i hanging tenants leave room', async (tenants, held, free) => {
    const { ask, held: heldBy } = asking(new TenantLimiter({ ...bounds, waitMs: 50 }));
    for (let n = 0; n < tenants; n += 1) {
      for (let calls = 0; calls < 20; calls += 1) ask(`hanging-${n}`).catch(() => undefined);
    }
    await settled();
    const holds = Array.from({ length: tenants }, (_, n) => heldBy(`hanging-${n}`)).filter((n) => n > 0);
    expect(holds).toEqual(held);
    expect(bounds.inFlight - holds.reduce((sum, n) => sum + n, 0)).toBe(free);
  });

  it('gives places that become free to the waiting tenants in turns', async () => {
    const limiter = new TenantLimiter({ ...bounds, inFlight: 2, inFlightPerTenant: 2 });
    const { got, ask, leave } = asking(limiter);
    for (const tenantId of ['a', 'a', 'a', 'a', 'b', 'b', 'c']) void ask(tenantId);
    await settled();
    expect(got).toEqual(['a', 'b']);
    for (const tenantId of ['a', 'a', 'b', 'c', 'a', 'b']) await leave(tenantId);
    expect([...got].toSorted()).toEqual(['a', 'a', 'a', 'a', 'b', 'b', 'c']);
    // Each of the three had its turn before any had its third.
    expect(new Set(got.slice(0, 5))).toEqual(new Set(['a', 'b', 'c']));
  });

  it('lets nobody overtake those of the tenant who wait', async () => {
    const limiter = new TenantLimiter({ ...bounds, inFlightPerTenant: 1 });
    const order: number[] = [];
    const leave = await limiter.enter('a');
    const enter = async (n: number) => {
      const next = await limiter.enter('a');
      order.push(n);
      next();
    };
    const all = [enter(1), enter(2), enter(3)];
    leave();
    await Promise.all([...all, enter(4)]);
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('gives up after the wait, and goes on as before', async () => {
    const limiter = new TenantLimiter({ ...bounds, inFlightPerTenant: 1, waitMs: 5 });
    const leave = await limiter.enter('a');
    await expect(limiter.enter('a')).rejects.toMatchObject({ code: 'YOTI_BUSY', retryAfterSeconds: 2 });
    leave();
    (await limiter.enter('a'))();
  });
});
