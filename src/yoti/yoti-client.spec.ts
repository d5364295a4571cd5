import { verify } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  closeAll,
  created,
  failureOf,
  json,
  mediaId,
  publicKey,
  type Received,
  sdkId,
  sessionId,
  specification,
  yotiThat,
} from '../../test/support/yoti-stand-in.js';

afterEach(closeAll);

function signatureHolds({ method, url, headers, body }: Received): boolean {
  const path = url.replace('/idverify/v1', '');
  const message = `${method}&${path}${body.length > 0 ? `&${body.toString('base64')}` : ''}`;
  const digest = Buffer.from(String(headers['x-yoti-auth-digest']), 'base64');
  return verify('RSA-SHA256', Buffer.from(message), publicKey, digest);
}

describe('signed requests', () => {
  it('creates a session with the body that was signed', async () => {
    const { client, connection, requests } = await yotiThat(created);
    await expect(client.createSession(connection, specification)).resolves.toEqual({
      yotiSessionId: sessionId,
      clientSessionToken: expect.any(String),
      tokenTtlSeconds: 899,
    });
    const [request] = requests;
    expect(request?.url).toMatch(
      new RegExp(`^/idverify/v1/sessions\\?sdkId=${sdkId}&nonce=[0-9a-f-]{36}&timestamp=\\d{13}$`),
    );
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-yoti-sdk-version': 'Node-4.13.2',
    });
    expect(JSON.parse(String(request?.body))).toEqual(JSON.parse(JSON.stringify(specification)));
    expect(request !== undefined && signatureHolds(request)).toBe(true);
  });

  it('signs GET and DELETE, and asks for supported documents without the SDK id', async () => {
    const { client, connection, requests } = await yotiThat((response, { url, method }) => {
      if (method === 'DELETE') response.writeHead(204).end();
      else if (url.includes('supported')) {
        json(response, 200, {
          supported_countries: [
            { code: 'GBR', supported_documents: [{ type: 'PASSPORT', is_strictly_latin: true }] },
          ],
        });
      } else json(response, 200, { session_id: sessionId, state: 'ONGOING', resources: {}, checks: [] });
    });
    await expect(client.getSession(connection, sessionId)).resolves.toMatchObject({ state: 'ONGOING' });
    await client.deleteSession(connection, sessionId);
    await expect(client.getSupportedDocuments(connection)).resolves.toEqual([
      { code: 'GBR', documents: [{ type: 'PASSPORT', strictlyLatin: true, issuedAfter: null }] },
    ]);
    expect(requests.map(signatureHolds)).toEqual([true, true, true]);
    expect(requests[2]?.url).toMatch(/^\/idverify\/v1\/supported-documents\?includeNonLatin=true&nonce=/);
  });

  it('keeps its connections', async () => {
    const ports = new Set<number | undefined>();
    const { client, connection } = await yotiThat((response, request, count) => {
      ports.add(response.socket?.remotePort);
      created(response, request, count);
    });
    for (let n = 0; n < 20; n += 1) await client.createSession(connection, specification);
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('sends nothing for an id that is not a UUID', async () => {
    const { client, connection, requests } = await yotiThat(created);
    for (const id of ['../x?y#z', '', `${sessionId}/../..`, 'null']) {
      await expect(failureOf(client.getSession(connection, id))).resolves.toMatchObject({
        code: 'YOTI_REFUSED',
      });
      await expect(failureOf(client.getMedia(connection, sessionId, id))).resolves.toMatchObject({
        status: null,
      });
    }
    expect(requests).toHaveLength(0);
  });
});

describe('refusals', () => {
  it("carries Yoti's code and problems, and is not sent again", async () => {
    const errors = [{ property: 'requested_checks', message: 'must not be empty' }];
    const { client, connection, requests } = await yotiThat((response) =>
      json(response, 400, { code: 'PAYLOAD_VALIDATION', message: 'secret', errors }),
    );
    const error = await failureOf(client.createSession(connection, specification));
    expect(error).toMatchObject({
      code: 'YOTI_REFUSED',
      status: 400,
      yotiCode: 'PAYLOAD_VALIDATION',
      problems: errors,
      retryable: false,
    });
    expect(error.message).not.toContain('secret');
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['errors that are no array', '{"code":"MALFORMED_REQUEST","errors":{"a":1}}', 'MALFORMED_REQUEST'],
    ['errors of odd entries', '{"code":"MALFORMED_REQUEST","errors":[null,1,"x"]}', 'MALFORMED_REQUEST'],
    ['HTML', '<html>Bad Request</html>', null],
    ['nothing', '', null],
    ['null', 'null', null],
    ['a code that is no code', '{"code":"<script>"}', null],
  ])('survives %s', async (_name, body, yotiCode) => {
    const { client, connection } = await yotiThat((response) => response.writeHead(400).end(body));
    const error = await failureOf(client.getSession(connection, sessionId));
    expect(error).toMatchObject({ code: 'YOTI_REFUSED', status: 400, yotiCode });
  });

  it('takes a deletion of what is gone for done, and a locked session for retryable', async () => {
    const { client, connection } = await yotiThat((response, _request, count) => {
      if (count === 1) json(response, 404, { code: 'SESSION_NOT_FOUND', message: 'm' });
      else json(response, 409, { code: 'RESOURCE_LOCKED', message: 'm' });
    });
    await client.deleteSession(connection, sessionId);
    const error = await failureOf(client.deleteSession(connection, sessionId));
    expect(error).toMatchObject({ code: 'YOTI_REFUSED', yotiCode: 'RESOURCE_LOCKED', retryable: true });
  });
});

describe('media', () => {
  const image = Buffer.alloc(100_000, 7);

  it('streams, tells type and length, and frees its place afterwards', async () => {
    const { client, connection } = await yotiThat(
      (response) =>
        response
          .writeHead(200, { 'content-type': 'Image/JPEG; q=1', 'content-length': image.length })
          .end(image),
      { inFlightPerTenant: 1 },
    );
    for (let n = 0; n < 3; n += 1) {
      const media = await client.getMedia(connection, sessionId, mediaId);
      expect(media).toMatchObject({ contentType: 'image/jpeg', length: image.length });
      expect(media && (await buffer(media.body)).equals(image)).toBe(true);
    }
  });

  it('is null when Yoti withholds it', async () => {
    const { client, connection } = await yotiThat((response) => response.writeHead(204).end());
    await expect(client.getMedia(connection, sessionId, mediaId)).resolves.toBeNull();
    await expect(client.getJsonMedia(connection, sessionId, mediaId)).resolves.toBeNull();
  });

  it('is refused when it is gone', async () => {
    const { client, connection } = await yotiThat((response) =>
      json(response, 404, { code: 'MEDIA_CONTENT_NOT_FOUND', message: 'm' }),
    );
    await expect(failureOf(client.getMedia(connection, sessionId, mediaId))).resolves.toMatchObject({
      status: 404,
      yotiCode: 'MEDIA_CONTENT_NOT_FOUND',
    });
  });

  it('is capped, with and without a stated length', async () => {
    const { client, connection } = await yotiThat(
      (response, _request, count) => {
        if (count === 1) response.writeHead(200, { 'content-length': image.length });
        response.end(image);
      },
      { mediaBytes: 1000, inFlightPerTenant: 1 },
    );
    await expect(failureOf(client.getMedia(connection, sessionId, mediaId))).resolves.toMatchObject({
      code: 'YOTI_BAD_RESPONSE',
    });
    const read = async () => {
      const media = await client.getMedia(connection, sessionId, mediaId);
      return media === null ? null : buffer(media.body);
    };
    await expect(read()).rejects.toThrow();
  });

  it('that nobody reads gives its place back', async () => {
    const { client, connection } = await yotiThat((response) => response.end(Buffer.alloc(5_000_000)), {
      inFlightPerTenant: 1,
      mediaMs: 50,
    });
    await client.getMedia(connection, sessionId, mediaId);
    await expect(client.getMedia(connection, sessionId, mediaId)).resolves.not.toBeNull();
  });

  it('of the type JSON is parsed', async () => {
    const { client, connection } = await yotiThat((response, _request, count) => {
      if (count === 1) json(response, 200, { full_name: 'Zoë' });
      else json(response, 200, ['x']);
    });
    await expect(client.getJsonMedia(connection, sessionId, mediaId)).resolves.toEqual({ full_name: 'Zoë' });
    await expect(failureOf(client.getJsonMedia(connection, sessionId, mediaId))).resolves.toMatchObject({
      code: 'YOTI_BAD_RESPONSE',
    });
  });
});

describe('probe', () => {
  const late = new Date(Date.now() - 10 * 60_000).toUTCString();
  const table: [string, number, unknown, Record<string, string>][] = [
    ['OK', 404, { code: 'SESSION_NOT_FOUND', message: 'm' }, {}],
    ['WRONG_KEY', 401, { code: 'MESSAGE_SIGNING', message: 'm' }, {}],
    ['CLOCK_SKEW', 401, { code: 'MESSAGE_SIGNING', message: 'm' }, { date: late }],
    ['UNUSABLE_PUBLIC_KEY', 401, { code: 'BAD_PUBLIC_KEY', message: 'm' }, {}],
    ['UNKNOWN_APP', 404, { code: 'APP_NOT_FOUND', message: 'm' }, {}],
    ['NO_PERMISSION', 403, { code: 'INSUFFICIENT_PERMISSION', message: 'm' }, {}],
    ['WRONG_KEY', 401, { code: 'KEY_WITHDRAWN' }, {}],
    ['NO_PERMISSION', 403, { code: 'APPLICATION_PAUSED' }, {}],
    ['REFUSED', 400, { code: 'MALFORMED_REQUEST' }, {}],
    ['UNREACHABLE', 503, { code: 'TEMPORARILY_UNAVAILABLE' }, {}],
    ['NOT_YOTI', 404, 'Cannot GET', { 'content-type': 'text/html' }],
    ['NOT_YOTI', 403, { message: 'Forbidden' }, {}],
    ['NOT_YOTI', 200, { hello: 1 }, {}],
  ];

  it.each(table)('%s', async (diagnosis, status, body, headers) => {
    const { client, connection, requests } = await yotiThat((response) =>
      json(response, status, body, headers),
    );
    const result = await client.probe(connection);
    expect(result).toMatchObject({
      ok: diagnosis === 'OK',
      diagnosis,
      message: expect.stringMatching(/\.$/),
    });
    expect(Math.abs(result.clockSkewSeconds ?? 0) > 500).toBe(headers['date'] !== undefined);
    expect(requests).toHaveLength(1);
  });

  it('tells when nothing answers', async () => {
    const { client, connection } = await yotiThat(() => {}, { deadlineMs: 50 });
    await expect(client.probe(connection)).resolves.toMatchObject({ ok: false, diagnosis: 'TIMEOUT' });
    const nobody = { ...connection, apiUrl: `http://127.0.0.1:1/nowhere` };
    await expect(client.probe(nobody)).resolves.toMatchObject({ ok: false, diagnosis: 'UNREACHABLE' });
  });
});
