import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  clientWith,
  closeAll,
  created,
  failureOf,
  json,
  listen,
  mediaId,
  sdkId,
  sessionId,
  specification,
  yotiThat,
} from '../../test/support/yoti-stand-in.js';

afterEach(closeAll);

describe('bad answers', () => {
  const asJson = { 'content-type': 'application/json' };
  const table: [string, number, Record<string, string>, string][] = [
    ['HTML', 200, { 'content-type': 'text/html' }, '<html></html>'],
    ['JSON called text', 200, { 'content-type': 'text/plain' }, '{"session_id":"x"}'],
    ['nothing', 200, asJson, ''],
    ['204', 204, {}, ''],
    ['null', 200, asJson, 'null'],
    ['an array', 200, asJson, '[1,2,3]'],
    ['malformed JSON', 200, asJson, '{"session_id":'],
    ['wrong types', 201, asJson, '{"session_id":1,"client_session_token":2,"client_session_token_ttl":"3"}'],
    [
      'an id that is no UUID',
      201,
      asJson,
      '{"session_id":"../x","client_session_token":"t","client_session_token_ttl":1}',
    ],
    ['a redirect', 302, { location: 'http://127.0.0.1:1/' }, ''],
    ['304', 304, {}, ''],
    ['101 levels', 200, asJson, `{"session_id":${'['.repeat(100)}${']'.repeat(100)}}`],
    [
      'a lifetime that is none',
      201,
      asJson,
      `{"session_id":"${sessionId}","client_session_token":"t","client_session_token_ttl":1e300}`,
    ],
    ['too much', 200, asJson, `"${'x'.repeat(3000)}"`],
  ];

  it.each(table)('%s', async (_name, status, headers, body) => {
    const { client, connection, requests } = await yotiThat(
      (response) => response.writeHead(status, headers).end(body),
      { jsonBytes: 2000 },
    );
    const error = await failureOf(client.createSession(connection, specification));
    expect(error).toMatchObject({ code: 'YOTI_BAD_RESPONSE', retryable: true });
    expect(error.message).not.toMatch(/xxx|html/);
    await expect(failureOf(client.getSession(connection, sessionId))).resolves.toMatchObject({
      code: 'YOTI_BAD_RESPONSE',
    });
    expect(requests).toHaveLength(2);
  });

  it('too much without a stated length', async () => {
    const { client, connection } = await yotiThat(
      (response) => {
        response.writeHead(200, asJson);
        for (let n = 0; n < 10; n += 1) response.write(' '.repeat(1000));
        response.end('{}');
      },
      { jsonBytes: 2000 },
    );
    await expect(failureOf(client.getSession(connection, sessionId))).resolves.toMatchObject({
      code: 'YOTI_BAD_RESPONSE',
      message: expect.stringContaining('too large'),
    });
  });

  it('another session than the one asked for', async () => {
    const { client, connection } = await yotiThat((response) =>
      json(response, 200, { session_id: mediaId, state: 'COMPLETED' }),
    );
    await expect(failureOf(client.getSession(connection, sessionId))).resolves.toMatchObject({
      code: 'YOTI_BAD_RESPONSE',
    });
  });

  it('no HTTP at all', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {}).resume();
      socket.end('SSH-2.0-OpenSSH\r\n\r\n');
    });
    const connection = await listen(server);
    const client = clientWith({});
    await expect(failureOf(client.getSession(connection, sessionId))).resolves.toMatchObject({
      code: 'YOTI_BAD_RESPONSE',
    });
  });
});

describe('trouble on the way', () => {
  it('a server that never answers ends in a timeout and leaves no socket', async () => {
    const { client, connection, sockets } = await yotiThat(() => {}, {
      creation: { headersMs: 5000, deadlineMs: 100 },
    });
    const error = await failureOf(client.createSession(connection, specification));
    expect(error).toMatchObject({ code: 'YOTI_TIMEOUT', retryable: true, status: null });
    const [socket] = sockets;
    if (socket !== undefined) await once(socket, 'close');
    expect(sockets.size).toBe(0);
  });

  it('a server that drips ends in a timeout', async () => {
    const { client, connection } = await yotiThat(
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const drip = setInterval(() => response.write(' '), 10);
        response.on('close', () => clearInterval(drip));
      },
      { deadlineMs: 150 },
    );
    await expect(failureOf(client.getSession(connection, sessionId))).resolves.toMatchObject({
      code: 'YOTI_TIMEOUT',
    });
  });

  it('a refused connection is unavailable, in words without the address', async () => {
    const { client, connection } = await yotiThat(created);
    const error = await failureOf(
      client.createSession({ ...connection, apiUrl: 'http://127.0.0.1:1/idverify/v1' }, specification),
    );
    expect(error).toMatchObject({ code: 'YOTI_UNAVAILABLE', status: null });
    expect(error.message).toBe('No connection to Yoti: ECONNREFUSED');
  });

  it('a reset is unavailable; creating a session is not tried again, reading is', async () => {
    const { client, connection, requests } = await yotiThat((response) => response.socket?.resetAndDestroy());
    await expect(failureOf(client.createSession(connection, specification))).resolves.toMatchObject({
      code: 'YOTI_UNAVAILABLE',
    });
    expect(requests).toHaveLength(1);
    await expect(failureOf(client.getSession(connection, sessionId))).resolves.toMatchObject({
      code: 'YOTI_UNAVAILABLE',
    });
    expect(requests).toHaveLength(4);
  });

  it('reads again, newly signed, after 503 and 429', async () => {
    const { client, connection, requests } = await yotiThat((response, _request, count) => {
      if (count < 3) json(response, count === 1 ? 503 : 429, { code: 'TEMPORARILY_UNAVAILABLE' });
      else json(response, 200, { session_id: sessionId, state: 'ONGOING' });
    });
    await expect(client.getSession(connection, sessionId)).resolves.toMatchObject({ state: 'ONGOING' });
    expect(new Set(requests.map(({ url }) => new URLSearchParams(url.split('?')[1]).get('nonce'))).size).toBe(
      3,
    );
  });

  it.each([
    ['60', 60],
    ['999999999', 3600],
    ['Thu, 01 Jan 2150 00:00:00 GMT', 3600],
  ])('does not wait longer than the deadline for what Yoti asks: %s', async (retryAfter, seconds) => {
    const { client, connection, requests } = await yotiThat((response) =>
      json(response, 429, { code: 'TOO_MANY_REQUESTS' }, { 'retry-after': retryAfter }),
    );
    const error = await failureOf(client.getSession(connection, sessionId));
    expect(error).toMatchObject({ code: 'YOTI_UNAVAILABLE', status: 429, retryAfterSeconds: seconds });
    expect(requests).toHaveLength(1);
  });

  it.each(['0', 'Thu, 01 Jan 1970 00:00:00 GMT', 'soon', '-1'])(
    'goes on as usual after the request to wait %s',
    async (retryAfter) => {
      const { client, connection } = await yotiThat((response, _request, count) => {
        if (count === 1) json(response, 503, {}, { 'retry-after': retryAfter });
        else json(response, 200, { session_id: sessionId, state: 'ONGOING' });
      });
      await expect(client.getSession(connection, sessionId)).resolves.toMatchObject({ state: 'ONGOING' });
    },
  );
});

describe('a credential that Yoti does not answer', () => {
  const paused = { code: 'YOTI_UNAVAILABLE', status: null, message: expect.stringContaining('paused') };
  const bounds = { failuresToPause: 3, pauseMs: 60_000, longestPauseMs: 60_000, attempts: 1 };

  it('is paused after so many failures in a row, and nothing is sent', async () => {
    const { client, connection, requests } = await yotiThat((response) => json(response, 503, {}), bounds);
    for (let n = 0; n < 3; n += 1) {
      const error = await failureOf(client.createSession(connection, specification));
      expect(error).toMatchObject({ code: 'YOTI_UNAVAILABLE', status: 503 });
    }
    const error = await failureOf(client.createSession(connection, specification));
    expect(error).toMatchObject(paused);
    expect(error.retryAfterSeconds).toBeGreaterThan(50);
    expect(() => client.checkOpen(connection, 'create')).toThrow('paused');
    expect(client.countPaused()).toEqual({ create: 1, read: 0, delete: 0, media: 0 });
    expect(requests).toHaveLength(3);
  });

  it('stays so for this kind of call only, and for nobody else', async () => {
    const { client, connection, requests } = await yotiThat((response, request, count) => {
      if (request.method === 'POST' && request.url.includes(`sdkId=${sdkId}`)) json(response, 503, {});
      else if (request.method === 'POST') created(response, request, count);
      else json(response, 200, { session_id: sessionId, state: 'ONGOING' });
    }, bounds);
    for (let n = 0; n < 4; n += 1) await failureOf(client.createSession(connection, specification));
    await expect(client.getSession(connection, sessionId)).resolves.toMatchObject({ state: 'ONGOING' });
    const other = { ...connection, sdkId: mediaId };
    await expect(client.createSession(other, specification)).resolves.toMatchObject({
      yotiSessionId: sessionId,
    });
    expect(requests.filter(({ method }) => method === 'POST')).toHaveLength(4);
  });

  it('is not paused by refusals, bad answers or failures that are not in a row', async () => {
    const { client, connection, requests } = await yotiThat((response, _request, count) => {
      if (count % 3 === 0) json(response, 400, { code: 'PAYLOAD_VALIDATION' });
      else if (count > 12) response.end('<html>');
      else json(response, 503, {});
    }, bounds);
    for (let n = 0; n < 24; n += 1) await failureOf(client.createSession(connection, specification));
    expect(requests).toHaveLength(24);
  });

  it('is tried again by one call while the others are refused, and goes on when that one is answered', async () => {
    let arrive = (_response: ServerResponse) => {};
    const arrived = new Promise<ServerResponse>((resolve) => (arrive = resolve));
    const { client, connection, requests } = await yotiThat(
      (response, request, count) => {
        if (count <= 3) json(response, 503, {});
        else if (count === 4) arrive(response);
        else created(response, request, count);
      },
      { ...bounds, pauseMs: 0 },
    );
    const states: string[] = [];
    client.onCircuitChange(({ state }) => states.push(state));
    const create = () => client.createSession(connection, specification);
    for (let n = 0; n < 3; n += 1) await failureOf(create());
    const trying = create();
    const response = await arrived;
    await expect(failureOf(create())).resolves.toMatchObject(paused);
    expect(requests).toHaveLength(4);
    created(response, requests[3]!, 4);
    await trying;
    await Promise.all([create(), create()]);
    expect(states).toEqual(['open', 'half_open', 'closed']);
    expect(client.countPaused()).toMatchObject({ create: 0 });
  });

  it('is not tried again within a call', async () => {
    const { client, connection, requests } = await yotiThat((response) => json(response, 503, {}), {
      ...bounds,
      failuresToPause: 2,
      attempts: 9,
    });
    await failureOf(client.getSession(connection, sessionId));
    expect(requests).toHaveLength(2);
  });
});

describe('I6 limits per tenant', () => {
  it('holds back a tenant with too many calls, and not the others', async () => {
    const held: ServerResponse[] = [];
    const { client, connection } = await yotiThat(
      (response, request, count) => {
        if (request.url.includes('sdkId=a&') && held.length < 2) held.push(response);
        else created(response, request, count);
      },
      { inFlightPerTenant: 2, waitingPerTenant: 1, waitMs: 100 },
    );
    const create = (tenantId: string) =>
      client.createSession({ ...connection, tenantId, sdkId: tenantId }, specification);
    const slow = [create('a'), create('a')];
    const waiting = failureOf(create('a'));
    await expect(failureOf(create('a'))).resolves.toMatchObject({ code: 'YOTI_BUSY', retryable: true });
    await expect(create('b')).resolves.toMatchObject({ yotiSessionId: sessionId });
    await expect(waiting).resolves.toMatchObject({ code: 'YOTI_BUSY' });
    for (const response of held)
      created(response, { method: '', url: '', headers: {}, body: Buffer.of() }, 0);
    await Promise.all(slow);
    await expect(create('a')).resolves.toMatchObject({ yotiSessionId: sessionId });
  });

  it('serves those who wait when a place becomes free', async () => {
    const { client, connection } = await yotiThat(
      (response, request, count) => setTimeout(() => created(response, request, count), 5),
      { inFlightPerTenant: 2 },
    );
    const all = await Promise.all(
      Array.from({ length: 20 }, () => client.createSession(connection, specification)),
    );
    expect(all).toHaveLength(20);
  });
});
