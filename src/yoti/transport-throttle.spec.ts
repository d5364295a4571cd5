import { describe, expect, it, jest } from '@jest/globals';
import { privateKey, sdkId } from '../../test/support/yoti-stand-in.js';
import { Throttle } from './transport-throttle.js';
import { YotiError } from './yoti-error.js';

const connection = { tenantId: 'a', sdkId, privateKey, apiUrl: 'https://yoti.example/idverify/v1' };
const bounds = { inFlightPerTenant: 8, waitingPerTenant: 100, waitMs: 10_000 };
const settled = () => new Promise((resolve) => setImmediate(resolve));
const tooMany = (retryAfterSeconds?: number) =>
  new YotiError('YOTI_UNAVAILABLE', 'too many', {
    status: 429,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });

/** By a clock that never shows the same time twice. */
function newThrottle(): Throttle {
  let time = 0;
  return new Throttle(bounds, () => (time += 1));
}

/** Calls that end when told to, and how many of them are on their way. */
function calling(throttle: Throttle, of = connection) {
  const sent: { answer: () => void; refuse: (error: YotiError) => void }[] = [];
  const call = async () => {
    const leave = await throttle.enter(of, 'read');
    const answered = new Promise<void>((resolve, reject) => sent.push({ answer: resolve, refuse: reject }));
    await throttle.run(of, 'read', () => answered).finally(leave);
  };
  const end = async (how: (one: (typeof sent)[number]) => void) => {
    for (const one of sent.splice(0)) how(one);
    await settled();
  };
  return {
    /** Starts so many calls. @returns how many of them were sent */
    start: async (count: number) => {
      for (let n = 0; n < count; n += 1) call().catch(() => undefined);
      await settled();
      return sent.length;
    },
    answer: () => end((one) => one.answer()),
    refuseOne: async (error: YotiError) => {
      sent.shift()?.refuse(error);
      await settled();
    },
    refuse: (error: YotiError) => end((one) => one.refuse(error)),
    sent: () => sent.length,
  };
}

describe('a credential that Yoti answers with 429', () => {
  it('is not limited before', async () => {
    const throttle = newThrottle();
    const calls = calling(throttle);
    expect(await calls.start(50)).toBe(50);
    await calls.answer();
    expect(throttle.size).toBe(0);
  });

  it('makes half as many calls at once, however many were refused together', async () => {
    const throttle = newThrottle();
    const calls = calling(throttle);
    await calls.start(8);
    await calls.refuse(tooMany());
    expect(await calls.start(8)).toBe(4);
    await calls.refuse(tooMany());
    // Those that waited took the places, two at once.
    expect(calls.sent()).toBe(2);
  });

  it('makes one at least, and one more for each round of answers, until it is as before', async () => {
    const throttle = newThrottle();
    const calls = calling(throttle);
    await calls.start(1);
    await calls.refuse(tooMany());
    const atOnce = [await calls.start(100)];
    while (throttle.size > 0) {
      await calls.answer();
      atOnce.push(calls.sent());
    }
    expect(atOnce.slice(0, 5)).toEqual([1, 2, 2, 3, 4]);
    expect(atOnce.at(-1)).toBeGreaterThanOrEqual(8);
  });

  it('makes none for as long as Yoti asks, and nobody else is held back', async () => {
    const throttle = newThrottle();
    const calls = calling(throttle);
    await calls.start(4);
    await calls.refuse(tooMany(60));
    expect(await calls.start(4)).toBe(0);
    expect(() => throttle.check(connection, 'read')).toThrow('asked to wait');
    await expect(throttle.enter(connection, 'read')).rejects.toMatchObject({
      code: 'YOTI_UNAVAILABLE',
      status: null,
      retryAfterSeconds: 60,
    });
    expect(() => throttle.check(connection, 'create')).not.toThrow();
    expect(await calling(throttle, { ...connection, tenantId: 'b' }).start(4)).toBe(4);
  });

  it('is told by what was sent before the cut neither that it is as before nor to forget how long to wait', async () => {
    const throttle = newThrottle();
    const calls = calling(throttle);
    await calls.start(40);
    await calls.refuseOne(tooMany(60));
    await calls.answer();
    expect(throttle.size).toBe(1);
    expect(() => throttle.check(connection, 'read')).toThrow('asked to wait');
  });

  it('is refused at once while it waits for a place, when Yoti asks to wait', async () => {
    const throttle = newThrottle();
    const calls = calling(throttle);
    await calls.start(1);
    await calls.refuse(tooMany());
    await calls.start(1);
    const waiting = throttle.enter(connection, 'read');
    const refused = expect(waiting).rejects.toMatchObject({ retryAfterSeconds: 60 });
    await calls.refuse(tooMany(60));
    await refused;
  });

  it.each([-3_600_000, 3_600_000])('waits as long as ever when the clock is set by %i ms', async (step) => {
    let now = 0;
    const throttle = new Throttle(bounds, () => now);
    const calls = calling(throttle);
    await calls.start(1);
    const set = jest.spyOn(Date, 'now');
    try {
      await calls.refuse(tooMany(60));
      set.mockReturnValue(Date.now() + step);
      now = 59_999;
      expect(() => throttle.check(connection, 'read')).toThrow('asked to wait');
      now = 60_000;
      expect(() => throttle.check(connection, 'read')).not.toThrow();
    } finally {
      set.mockRestore();
    }
  });
});
