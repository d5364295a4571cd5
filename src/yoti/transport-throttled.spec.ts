import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  closeAll,
  created,
  json,
  sessionId,
  specification,
  yotiThat,
} from '../../test/support/yoti-stand-in.js';

afterEach(closeAll);

const NOBODY = { method: '', url: '', headers: {}, body: Buffer.of() };
const tooMany = (response: ServerResponse, headers: Record<string, string> = {}) =>
  json(response, 429, { code: 'TOO_MANY_REQUESTS' }, headers);

/** A Yoti that keeps its answers until told, except to the tenant `marker`. */
async function holdingYoti() {
  const held: ServerResponse[] = [];
  const arrivals = new EventEmitter();
  const { client, connection } = await yotiThat(
    (response, request, count) => {
      if (request.url.includes('sdkId=marker&')) return created(response, request, count);
      held.push(response);
      arrivals.emit('call');
    },
    { inFlightPerTenant: 8, attempts: 1, waitMs: 60_000, deadlineMs: 60_000, headersMs: 60_000 },
  );
  const start = (count: number) =>
    Array.from({ length: count }, () => client.createSession(connection, specification));
  return {
    client,
    connection,
    held,
    start,
    /** How many calls are with Yoti, once everything that is sent has arrived. */
    arrived: async (atLeast: number) => {
      while (held.length < atLeast) await once(arrivals, 'call');
      await client.createSession({ ...connection, tenantId: 'marker', sdkId: 'marker' }, specification);
      return held.length;
    },
    answer: (response: ServerResponse) => created(response, NOBODY, 0),
  };
}

describe('a reading that Yoti asks to wait', () => {
  it('is sent again once the time is over, however early timers go off', async () => {
    const asked = new Set<string>();
    const { client, connection, requests } = await yotiThat(
      (response, { url }) => {
        const caller = new URL(url, 'http://yoti.example').searchParams.get('sdkId') ?? '';
        if (asked.has(caller)) return json(response, 200, { session_id: sessionId, state: 'ONGOING' });
        asked.add(caller);
        tooMany(response, { 'retry-after': '1' });
      },
      { attempts: 2, backoffMs: 0 },
    );
    const reads = Array.from({ length: 20 }, (_, n) =>
      client.getSession({ ...connection, tenantId: `${n}`, sdkId: `${n}` }, sessionId),
    );
    await expect(Promise.all(reads)).resolves.toHaveLength(20);
    expect(requests).toHaveLength(40);
  });
});

describe('calls that wait for the tenant’s place when Yoti answers 429', () => {
  it('are not sent before the time Yoti asked for, whatever the calls before it come to', async () => {
    const yoti = await holdingYoti();
    const calls = yoti.start(30).map((call) =>
      call.then(
        () => 'created' as const,
        (error: { retryAfterSeconds?: number }) => error.retryAfterSeconds,
      ),
    );
    expect(await yoti.arrived(8)).toBe(8);
    const [refused, ...others] = yoti.held.splice(0) as [ServerResponse, ...ServerResponse[]];
    tooMany(refused, { 'retry-after': '60' });
    expect(await calls[0]).toBe(60);
    for (const response of others) yoti.answer(response);
    const ends = await Promise.all(calls);
    expect(ends.filter((end) => end === 'created')).toHaveLength(7);
    expect(ends.filter((end) => end !== 'created')).toEqual(Array(23).fill(60));
    expect(await yoti.arrived(0)).toBe(0);
    // What was sent before and answered does not make it forgotten either.
    expect(() => yoti.client.checkOpen(yoti.connection, 'create')).toThrow('asked to wait');
    expect(yoti.client.countPaused()).toMatchObject({ create: 0 });
  });

  it('are sent half as many at once, however many wait', async () => {
    const yoti = await holdingYoti();
    const calls = yoti.start(30).map((call) => call.catch(() => undefined));
    expect(await yoti.arrived(8)).toBe(8);
    for (const response of yoti.held.splice(0)) tooMany(response);
    expect(await yoti.arrived(4)).toBe(4);
    for (const response of yoti.held.splice(0)) tooMany(response);
    expect(await yoti.arrived(2)).toBe(2);
    for (const response of yoti.held.splice(0)) tooMany(response, { 'retry-after': '60' });
    await Promise.all(calls);
  });
});
