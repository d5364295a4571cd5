import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from './support/app.js';
import { createApiKey, createTenant, bearer, expectStatus, type TestTenant } from './support/factories.js';

const valid = { url: 'https://hooks.example/in', events: ['session.completed', 'review.decided'] };

let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startTestApp({ config: { webhookAllowedNetworks: [] } });
  tenant = await createTenant(app);
});
afterAll(() => app?.stop());

const create = async (body: object = valid, of = tenant) =>
  expectStatus(await of.key.post('/v1/webhook-endpoints', body), 201);

describe('webhook endpoints', () => {
  it('are created with a secret that is shown once and stored sealed', async () => {
    const created = await tenant.key.post('/v1/webhook-endpoints', { ...valid, description: 'Core banking' });
    expect(created.status).toBe(201);
    expect(created.headers.get('etag')).toBe('"1"');
    const { secret, ...shown } = created.body;
    expect(Buffer.from(secret.replace(/^whsec_/, ''), 'base64')).toHaveLength(32);
    expect(shown).toEqual({
      ...valid,
      id: expect.any(String),
      description: 'Core banking',
      status: 'enabled',
      disabledReason: null,
      disabledAt: null,
      signature: 'hmac',
      publicKey: null,
      retiringSecrets: [],
      failingSince: null,
      failureCount: 0,
      disablesAt: null,
      pausedUntil: null,
      replayFrom: null,
      version: 1,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    const read = await tenant.key.get(`/v1/webhook-endpoints/${shown.id}`);
    expect(read.body).toEqual(shown);
    expect(read.headers.get('etag')).toBe('"1"');
    const { items } = expectStatus(await tenant.key.get('/v1/webhook-endpoints?limit=1'), 200);
    expect(items).toEqual([shown]);
    const [row] = await app.sql<{ secret: Buffer }>('SELECT secret FROM webhook_endpoints WHERE id = $1', [
      shown.id,
    ]);
    expect(row?.secret.includes(secret)).toBe(false);
    expect(row?.secret.includes(Buffer.from(secret.slice(6), 'base64'))).toBe(false);
  });

  it('are created once for one idempotency key', async () => {
    const once = tenant.key.with({ 'idempotency-key': randomUUID() });
    const first = await once.post('/v1/webhook-endpoints', valid);
    const second = await once.post('/v1/webhook-endpoints', valid);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    const other = await once.post('/v1/webhook-endpoints', { ...valid, description: 'another' });
    expect(other.body).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
  });

  it.each([
    ['a private address', { ...valid, url: 'https://10.0.0.7/' }, '/url'],
    ['a loopback in disguise', { ...valid, url: 'https://0x7f.1/' }, '/url'],
    ['cloud metadata', { ...valid, url: 'https://[::ffff:169.254.169.254]/' }, '/url'],
    ['no TLS', { ...valid, url: 'http://hooks.example/' }, '/url'],
    ['a password in the address', { ...valid, url: 'https://user:secret@hooks.example/' }, '/url'],
    ['another scheme', { ...valid, url: 'ftp://hooks.example/' }, '/url'],
    ['no address', { events: valid.events }, '/url'],
    ['no events', { ...valid, events: [] }, '/events'],
    ['an unknown event', { ...valid, events: ['session.exploded'] }, '/events/0'],
    ['the test event', { ...valid, events: ['endpoint.test'] }, '/events/0'],
    ['an event twice', { ...valid, events: ['session.completed', 'session.completed'] }, '/events'],
    ['an unknown kind of signature', { ...valid, signature: 'rsa' }, '/signature'],
    ['an unknown field', { ...valid, secret: 'whsec_mine' }, '/secret'],
  ])('are refused with %s, naming the field', async (_, body, path) => {
    const answer = await tenant.key.post('/v1/webhook-endpoints', body);
    expect(answer.body).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ path }] });
    expect(JSON.stringify(answer.body)).not.toContain('secret@');
  });

  it('are changed only as the version that was read', async () => {
    const { id } = await create();
    const changed = await tenant.key
      .with({ 'if-match': '"1"' })
      .patch(`/v1/webhook-endpoints/${id}`, { description: 'first' });
    expect(changed.body).toMatchObject({ description: 'first', version: 2, url: valid.url });
    expect(changed.headers.get('etag')).toBe('"2"');
    const late = await tenant.key
      .with({ 'if-match': '"1"' })
      .patch(`/v1/webhook-endpoints/${id}`, { description: 'second' });
    expect(late.body).toMatchObject({ status: 412, code: 'version_mismatch' });
    const removal = await tenant.key.with({ 'if-match': '"1"' }).delete(`/v1/webhook-endpoints/${id}`);
    expect(removal.status).toBe(412);
    expect((await tenant.key.get(`/v1/webhook-endpoints/${id}`)).body.description).toBe('first');
  });

  it('are refused a bad change as a whole', async () => {
    const { id } = await create();
    const path = `/v1/webhook-endpoints/${id}`;
    const answer = await tenant.key.patch(path, { description: 'changed', url: 'https://169.254.169.254/' });
    expect(answer.body).toMatchObject({ status: 400, errors: [{ path: '/url' }] });
    expect((await tenant.key.patch(path, {})).status).toBe(400);
    const early = await tenant.key.patch(path, { replaySince: '2026-01-01T00:00:00Z' });
    expect(early.body).toMatchObject({ status: 400, errors: [{ path: '/replaySince' }] });
    expect((await tenant.key.get(path)).body).toMatchObject({ description: '', version: 1, url: valid.url });
  });

  it('are gone once deleted, and their secret with them', async () => {
    const { id } = await create();
    const path = `/v1/webhook-endpoints/${id}`;
    expect((await tenant.key.delete(path)).status).toBe(204);
    for (const answer of [
      await tenant.key.get(path),
      await tenant.key.patch(path, { description: 'back' }),
      await tenant.key.delete(path),
      await tenant.key.post(`${path}/rotate-secret`),
      await tenant.key.post(`${path}/test`),
    ]) {
      expect(answer.body).toMatchObject({ status: 404, code: 'not_found' });
    }
    const [row] = await app.sql<{ size: number }>(
      'SELECT length(secret) AS size FROM webhook_endpoints WHERE id = $1',
      [id],
    );
    expect(row?.size).toBe(0);
  });

  it('number at most 20 in a tenant', async () => {
    const own = await createTenant(app);
    await Promise.all(Array.from({ length: 18 }, () => create(valid, own)));
    // Those that come together have all counted before one of them is there.
    await app.sql(`
      CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(0.2); RETURN NEW; END $$;
      CREATE TRIGGER dawdle BEFORE INSERT ON webhook_endpoints FOR EACH ROW
        WHEN (NEW.tenant_id = '${own.id}') EXECUTE FUNCTION dawdle()`);
    const post = () => own.key.post('/v1/webhook-endpoints', valid);
    const answers = await Promise.all([post(), post(), post(), post(), post()]);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(3);
    expect((await post()).body).toMatchObject({ status: 409, code: 'conflict' });
    const first = expectStatus(await own.key.get('/v1/webhook-endpoints?limit=12'), 200);
    const second = expectStatus(await own.key.get(`/v1/webhook-endpoints?limit=12&after=${first.next}`), 200);
    const ids = [...first.items, ...second.items].map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(20);
    expect(ids).toEqual(ids.toSorted().toReversed());
    expect(second.next).toBeNull();
  });

  it('every change of them is in the audit trail, without secrets or addresses', async () => {
    const own = await createTenant(app);
    const { id, secret } = await create(valid, own);
    const path = `/v1/webhook-endpoints/${id}`;
    expectStatus(await own.key.patch(path, { status: 'disabled' }), 200);
    expectStatus(await own.key.post(`${path}/rotate-secret`), 200);
    expectStatus(await own.key.delete(path), 204);
    const { items } = expectStatus(await own.key.get(`/v1/audit-entries?objectId=${id}`), 200);
    expect(items.map(({ action, actor }: { action: string; actor: object }) => [action, actor])).toEqual(
      ['deleted', 'secret_rotated', 'updated', 'created'].map((what) => [
        `webhook_endpoint.${what}`,
        { type: 'api_key', id: expect.any(String) },
      ]),
    );
    expect(items[2].details).toEqual({ changed: ['status'], status: 'disabled' });
    expect(JSON.stringify(items)).not.toMatch(new RegExp(`${secret.slice(6, 20)}|hooks\\.example`));
  });

  it('I1 are not there for another tenant', async () => {
    const { id } = await create();
    const other = await createTenant(app);
    const path = `/v1/webhook-endpoints/${id}`;
    const unknown = await other.key.get(`/v1/webhook-endpoints/${randomUUID()}`);
    for (const answer of [
      await other.key.get(path),
      await other.key.patch(path, { status: 'disabled' }),
      await other.key.delete(path),
      await other.key.post(`${path}/rotate-secret`),
      await other.key.post(`${path}/test`),
    ]) {
      expect({ ...answer.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
    }
    expect((await other.key.get('/v1/webhook-endpoints')).body.items).toEqual([]);
    expect((await tenant.key.get(path)).body).toMatchObject({ status: 'enabled', version: 1 });
  });

  it('I8 need webhooks:write to be changed', async () => {
    const { id } = await create();
    const { key } = await createApiKey(tenant.admin, ['webhooks:read']);
    const reader = app.anonymous.with(bearer(key));
    expect((await reader.get(`/v1/webhook-endpoints/${id}`)).status).toBe(200);
    for (const answer of [
      await reader.post('/v1/webhook-endpoints', valid),
      await reader.patch(`/v1/webhook-endpoints/${id}`, { status: 'disabled' }),
      await reader.delete(`/v1/webhook-endpoints/${id}`),
      await reader.post(`/v1/webhook-endpoints/${id}/rotate-secret`),
      await reader.post(`/v1/webhook-endpoints/${id}/test`),
      await reader.post(`/v1/deliveries/${randomUUID()}/retry`),
    ]) {
      expect(answer.body).toMatchObject({ status: 403, code: 'forbidden' });
    }
  });
});
