import { describe, expect, it, jest } from '@jest/globals';
import { privateKey, sdkId } from '../../test/support/yoti-stand-in.js';
import { Circuits } from './transport-circuits.js';
import { YotiError } from './yoti-error.js';

const connection = { tenantId: 'a', sdkId, privateKey, apiUrl: 'https://yoti.example/idverify/v1' };
const bounds = { failuresToPause: 2, pauseMs: 20, longestPauseMs: 40 };
const unavailable = () => Promise.reject(new YotiError('YOTI_UNAVAILABLE', 'none'));
const refused = () => Promise.reject(new YotiError('YOTI_REFUSED', 'no'));
const answered = () => Promise.resolve('yes');

describe('what is remembered of circuits', () => {
  it('is nothing while calls succeed or are refused', async () => {
    const circuits = new Circuits(bounds);
    for (let n = 0; n < 50; n += 1) {
      await circuits.run({ ...connection, tenantId: `tenant-${n}` }, 'read', answered);
      await expect(circuits.run(connection, 'read', refused)).rejects.toMatchObject({ code: 'YOTI_REFUSED' });
    }
    expect(circuits.size).toBe(0);
  });

  it('is each credential and kind that fails, until it is answered again', async () => {
    const circuits = new Circuits(bounds);
    await expect(circuits.run(connection, 'read', unavailable)).rejects.toThrow();
    await expect(circuits.run(connection, 'create', unavailable)).rejects.toThrow();
    expect(circuits.size).toBe(2);
    await circuits.run(connection, 'read', answered);
    await circuits.run(connection, 'create', answered);
    expect(circuits.size).toBe(0);
  });

  it('is one circuit for calls at the same time', async () => {
    const circuits = new Circuits(bounds);
    const runs = [unavailable, unavailable].map((work) => circuits.run(connection, 'create', work));
    expect(await Promise.allSettled(runs)).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    expect(circuits.isOpen(connection, 'create')).toBe(true);
    expect(circuits.isOpen(connection, 'read')).toBe(false);
    expect(() => circuits.check({ ...connection, tenantId: 'b' }, 'create')).not.toThrow();
  });
});

describe('429', () => {
  it('is an answer: it pauses nothing, and ends a pause', async () => {
    const circuits = new Circuits({ failuresToPause: 1, pauseMs: 0, longestPauseMs: 0 });
    const tooMany = () => Promise.reject(new YotiError('YOTI_UNAVAILABLE', 'too many', { status: 429 }));
    const run = (work: () => Promise<unknown>) =>
      circuits.run(connection, 'read', work).catch(() => undefined);
    await run(tooMany);
    expect(circuits.isOpen(connection, 'read')).toBe(false);
    await run(unavailable);
    expect(circuits.isOpen(connection, 'read')).toBe(true);
    await run(tooMany);
    expect(circuits.isOpen(connection, 'read')).toBe(false);
  });
});

describe('a pause', () => {
  it('tells how long it is, and doubles up to the longest', async () => {
    let now = 0;
    const circuits = new Circuits({ failuresToPause: 1, pauseMs: 1000, longestPauseMs: 3000 }, () => now);
    for (const retryAfterSeconds of [1, 2, 3, 3]) {
      await expect(circuits.run(connection, 'read', unavailable)).rejects.toThrow('none');
      const paused = { code: 'YOTI_UNAVAILABLE', retryAfterSeconds };
      await expect(circuits.run(connection, 'read', answered)).rejects.toMatchObject(paused);
      now += retryAfterSeconds * 1000 - 1;
      await expect(circuits.run(connection, 'read', answered)).rejects.toMatchObject({ code: paused.code });
      now += 1;
    }
    await expect(circuits.run(connection, 'read', answered)).resolves.toBe('yes');
  });

  it.each([-3_600_000, 3_600_000])('is as long as ever when the clock is set by %i ms', async (step) => {
    let now = 0;
    const circuits = new Circuits({ failuresToPause: 1, pauseMs: 1000, longestPauseMs: 1000 }, () => now);
    const set = jest.spyOn(Date, 'now');
    try {
      await expect(circuits.run(connection, 'read', unavailable)).rejects.toThrow('none');
      set.mockReturnValue(Date.now() + step);
      now = 999;
      await expect(circuits.run(connection, 'read', answered)).rejects.toMatchObject({
        retryAfterSeconds: 1,
      });
      now = 1000;
      await expect(circuits.run(connection, 'read', answered)).resolves.toBe('yes');
    } finally {
      set.mockRestore();
    }
  });
});
