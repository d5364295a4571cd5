import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { startTestApp, type TestApp } from './support/app.js';
import type { Any } from './support/client.js';
import { createReadyTenant, createSession, expectStatus, type TestTenant } from './support/factories.js';
import { startYotiProxy, through, type YotiProxy } from './support/yoti-proxy.js';

const KEY = 'idempotency-key';

describe('bad input', () => {
  let app: TestApp;
  let proxy: YotiProxy;
  let tenant: TestTenant;

  beforeAll(async () => {
    proxy = await startYotiProxy(() => app.simulator.origin);
    app = await startTestApp({ config: { yotiApiUrls: [proxy.baseUrl] } });
    tenant = await createReadyTenant(through(app, proxy));
  });

  afterAll(async () => {
    await app.stop();
    await proxy.close();
  });

  const count = async (table: string) => {
    const [row] = await app.sql<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
    return row?.count ?? 0;
  };

  /** Sends bytes as they are. */
  async function sendRaw(path: string, body: string | Buffer, headers: Record<string, string> = {}) {
    const response = await fetch(`${app.url}${path}`, {
      method: 'POST',
      headers: { ...tenant.key.headers, 'content-type': 'application/json', ...headers },
      body: body as string,
    });
    const problem: Any = await response.json();
    return { status: response.status, type: response.headers.get('content-type'), problem };
  }

  const good = { policy: 'identity' };
  const bodies: [string, string | Buffer, Record<string, string>, number, string, string?][] = [
    ['nothing', '', {}, 400, 'invalid_request'],
    ['text', 'hello', {}, 400, 'malformed_body'],
    ['a cut object', '{"policy":"identity"', {}, 400, 'malformed_body'],
    ['null', 'null', {}, 400, 'invalid_request'],
    ['a list', '[]', {}, 400, 'invalid_request'],
    ['a string', '"identity"', {}, 400, 'invalid_request'],
    ['invalid UTF-8', Buffer.from('{"policy":"\xff"}', 'latin1'), {}, 400, 'malformed_body'],
    ['UTF-16', Buffer.from(JSON.stringify(good), 'utf16le'), {}, 400, 'malformed_body'],
    ['a NUL', '{"policy":"identity","reference":"a\\u0000"}', {}, 400, 'malformed_body'],
    ['a lone surrogate', '{"policy":"identity","reference":"\\ud800"}', {}, 400, 'malformed_body'],
    ['a prototype', '{"policy":"identity","__proto__":{"admin":true}}', {}, 400, 'malformed_body'],
    ['40,000 levels', `${'['.repeat(40_000)}${']'.repeat(40_000)}`, {}, 400, 'malformed_body'],
    ['10,001 values', `[${'0,'.repeat(10_000)}0]`, {}, 400, 'malformed_body'],
    ['an unknown property', '{"policy":"identity","admin":true}', {}, 400, 'invalid_request', '/admin'],
    ['a tenant', '{"policy":"identity","tenantId":"x"}', {}, 400, 'invalid_request', '/tenantId'],
    ['a status', '{"policy":"identity","status":"completed"}', {}, 400, 'invalid_request', '/status'],
    ['a number for a text', '{"policy":7}', {}, 400, 'invalid_request', '/policy'],
    [
      'a text that is too long',
      JSON.stringify({ policy: 'x'.repeat(64) }),
      {},
      400,
      'invalid_request',
      '/policy',
    ],
    [
      'a script for an address',
      '{"policy":"identity","successUrl":"javascript:alert(1)"}',
      {},
      400,
      'invalid_request',
      '/successUrl',
    ],
    ['256 KiB and more', JSON.stringify({ policy: 'x'.repeat(262_144) }), {}, 413, 'payload_too_large'],
    [
      'a form',
      'policy=identity',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported_media_type',
    ],
    [
      'text by its type',
      JSON.stringify(good),
      { 'content-type': 'text/plain' },
      415,
      'unsupported_media_type',
    ],
    ['XML', '<policy/>', { 'content-type': 'application/xml' }, 415, 'unsupported_media_type'],
    ['a policy that there is not', '{"policy":"none"}', {}, 404, 'not_found', '/policy'],
    ['a key with spaces', JSON.stringify(good), { [KEY]: 'a b' }, 400, 'invalid_request'],
    ['a key that is too long', JSON.stringify(good), { [KEY]: 'x'.repeat(256) }, 400, 'invalid_request'],
  ];

  it.each(bodies)(
    'is refused: %s',
    async (...[, body, headers, status, code, path]: (typeof bodies)[number]) => {
      const before = [await count('sessions'), await count('idempotency_keys'), await count('audit_entries')];
      const answer = await sendRaw('/v1/sessions', body, headers);
      expect(answer).toMatchObject({
        status,
        problem: { code, status, type: `urn:countersign:error:${code}` },
      });
      expect(answer.type).toBe('application/problem+json; charset=utf-8');
      if (path !== undefined) expect(answer.problem.errors.map((error: Any) => error.path)).toContain(path);
      const after = [await count('sessions'), await count('idempotency_keys'), await count('audit_entries')];
      expect(after).toEqual(before);
    },
  );

  it.each([
    ['/v1/sessions/1', 400],
    ['/v1/sessions/%00', 400],
    ['/v1/sessions/%ff', 400],
    [`/v1/sessions/${'1'.repeat(201)}`, 400],
    ['/v1/sessions/00000000-0000-0000-0000-00000000000G', 400],
    [`/v1/sessions/' OR '1'='1`, 400],
    ['/v1/policies/019ab000-0000-7000-8000-000000000000/versions/0', 400],
    ['/v1/policies/019ab000-0000-7000-8000-000000000000/versions/9999999999', 400],
    ['/v1/sessions?limit=0', 400],
    ['/v1/sessions?limit=201', 400],
    ['/v1/sessions?limit=1&limit=2', 400],
    ['/v1/sessions?after=bm90IGEgY3Vyc29y', 400],
    ['/v1/sessions?status=unknown', 400],
    ['/v1/sessions?sort=id', 400],
    ['/v1/sessions?reference=%00', 400],
    ['/v1/sessions?createdFrom=yesterday', 400],
    ['/v1/sessions?createdFrom=0000-01-01T00:00:00Z', 400],
    ['/v1/audit-entries?from=0000-12-31T23:59:59Z', 400],
    ['/v1/sessions?createdTo=9999-12-31T23:59:59-23:59', 400],
    ['/v1/sessions?createdFrom=2026-01-01T00:00:00%2B23:59', 200],
    ['/v1/nowhere', 404],
    ['/v1', 404],
  ])('I8 answers %s with %i', async (path, status) => {
    const answer = await tenant.key.get(path);
    expect(answer.status).toBe(status);
    if (status >= 400) {
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.body).toMatchObject({ status, requestId: answer.headers.get('x-request-id') });
    }
  });

  describe('with an idempotency key', () => {
    const create = (key: string, body: object, caller = tenant.key) =>
      caller.with({ [KEY]: key }).post('/v1/sessions', body);

    it('answers a repeated request as the first time', async () => {
      const first = await create('again', good);
      const second = await create('again', good);
      expect([first.status, second.status]).toEqual([201, 201]);
      expect(second.body).toEqual(first.body);
      expect(first.headers.get('idempotency-replayed')).toBeNull();
      expect(second.headers.get('idempotency-replayed')).toBe('true');
    });

    it('refuses another body, and another operation', async () => {
      expectStatus(await create('other', good), 201);
      const before = await count('sessions');
      const changed = await create('other', { ...good, reference: 'changed' });
      expect(changed).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
      const elsewhere = await tenant.key
        .with({ [KEY]: 'other' })
        .post('/v1/policies', { slug: 'a', name: 'A' });
      expect(elsewhere).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
      expect(await count('sessions')).toBe(before);
    });

    it('I3 has one effect for twins', async () => {
      const before = await count('sessions');
      const answers = await Promise.all(Array.from({ length: 6 }, () => create('twins', good)));
      const created = answers.filter(({ status }) => status === 201);
      const others = answers.filter(({ status }) => status !== 201);
      expect(created.length).toBeGreaterThan(0);
      expect(new Set(created.map(({ body }) => body.id as string)).size).toBe(1);
      for (const { status, body } of others)
        expect([status, body.code]).toEqual([409, 'idempotency_in_flight']);
      expect(await count('sessions')).toBe(before + 1);
    });

    it('I3 has one effect for twins that need no call of Yoti, and every answer has the same secret', async () => {
      const make = () =>
        tenant.key
          .with({ [KEY]: 'key-twins' })
          .post('/v1/api-keys', { name: 'Twin', scopes: ['sessions:read'] });
      const before = await count('api_keys');
      const answers = await Promise.all([make(), make(), make()]);
      const created = answers.filter(({ status }) => status === 201);
      const refused = answers.filter(({ status }) => status !== 201);
      expect(refused.filter(({ body }) => body.code !== 'idempotency_in_flight')).toEqual([]);
      const secrets = [...created, await make()].map(({ body }) => body.key as string);
      expect(new Set(secrets).size).toBe(1);
      expect(await count('api_keys')).toBe(before + 1);
    });
  });

  describe('from Yoti', () => {
    const answering =
      (status: number, body: string, type = 'application/json') =>
      (response: ServerResponse) =>
        void response.writeHead(status, { 'content-type': type }).end(body);

    it.each<[string, (response: ServerResponse) => void, number, string]>([
      ['a page', answering(200, '<html></html>', 'text/html'), 502, 'yoti_bad_response'],
      ['nothing', answering(201, ''), 502, 'yoti_bad_response'],
      ['JSON that is none', answering(201, '{"session_id":'), 502, 'yoti_bad_response'],
      ['another object', answering(201, '{"ok":true}'), 502, 'yoti_bad_response'],
      [
        'an id that is none',
        answering(201, '{"session_id":"../x","client_session_token":"a","client_session_token_ttl":9}'),
        502,
        'yoti_bad_response',
      ],
      [
        'a refusal',
        answering(400, '{"code":"PAYLOAD_VALIDATION","message":"no","errors":[]}'),
        502,
        'yoti_refused',
      ],
      ['a wrong signature', answering(401, '{"code":"MESSAGE_SIGNING"}'), 502, 'yoti_refused'],
      ['its own failure', answering(500, 'oops', 'text/plain'), 503, 'yoti_unavailable'],
      ['a broken line', (response) => void response.destroy(), 503, 'yoti_unavailable'],
    ])('is told apart: %s', async (_, answer, status, code) => {
      const before = await app.sql(`SELECT id FROM sessions`);
      const keyed = tenant.key.with({ [KEY]: randomUUID() });
      proxy.answerCreations(answer);
      const refused = await keyed.post('/v1/sessions', good).finally(() => proxy.answerCreations(undefined));
      expect(refused).toMatchObject({ status, body: { code } });
      const [failed, ...more] = await app.sql(
        `SELECT id, status, client_token, lease_token, next_sync_at FROM sessions WHERE NOT id = ANY ($1)`,
        [before.map(({ id }) => id)],
      );
      expect(failed).toMatchObject({
        status: 'failed',
        client_token: null,
        lease_token: null,
        next_sync_at: null,
      });
      expect(more).toEqual([]);
      const shown = expectStatus(await tenant.key.get(`/v1/sessions/${String(failed?.id)}`), 200);
      expect(shown).toMatchObject({ status: 'failed', failureCode: expect.any(String), client: null });
      // The failure had no effect that the key has to remember: the same request works once Yoti does.
      const retried = await keyed.post('/v1/sessions', good);
      expect(retried).toMatchObject({ status: 201, body: { status: 'ongoing' } });
      expect(retried.headers.get('idempotency-replayed')).toBeNull();
    });

    it('leaves other sessions alone', async () => {
      expect((await createSession(tenant)).status).toBe('ongoing');
    });
  });
});
