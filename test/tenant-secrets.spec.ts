import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from './support/app.js';
import { createBareTenant } from './support/bare-tenant.js';
import type { Any, Client } from './support/client.js';
import {
  addPerson,
  createReadyTenant,
  createSession,
  expectStatus,
  type TestTenant,
} from './support/factories.js';
import { startYotiProxy, through, type YotiProxy } from './support/yoti-proxy.js';

const SECRET = 'watchlist-key';
const set = (caller: Client, name: string, value: unknown) =>
  caller.send('PUT', `/v1/secrets/${name}`, { value });

describe('secrets of a tenant', () => {
  let app: TestApp;
  let proxy: YotiProxy;

  beforeAll(async () => {
    proxy = await startYotiProxy(() => app.simulator.origin);
    app = await startTestApp({ config: { yotiApiUrls: [proxy.baseUrl] } });
  });

  afterAll(async () => {
    await app.stop();
    await proxy.close();
  });

  it('are set, listed without their values, replaced and deleted, each on record', async () => {
    const tenant = await createBareTenant(app);
    const first = expectStatus(await set(tenant.key, SECRET, 'first-value'), 200);
    expect(first).toEqual({
      id: expect.any(String),
      name: SECRET,
      createdAt: first.updatedAt,
      createdBy: expect.stringMatching(/^api_key:/),
      updatedAt: expect.any(String),
      updatedBy: first.createdBy,
    });
    expectStatus(await set(tenant.key, 'other.key_2', 'x'), 200);
    const second = expectStatus(await set(tenant.key, SECRET, 'second-value'), 200);
    expect(second).toMatchObject({ id: first.id, createdAt: first.createdAt });
    expect(Date.parse(second.updatedAt)).toBeGreaterThanOrEqual(Date.parse(first.updatedAt));
    const listed = expectStatus(await tenant.key.get('/v1/secrets'), 200);
    expect(listed.items.map(({ name }: Any) => name)).toEqual(['other.key_2', SECRET]);
    expect(JSON.stringify([first, second, listed])).not.toContain('-value');

    expectStatus(await tenant.key.delete(`/v1/secrets/${SECRET}`), 204);
    expectStatus(await tenant.key.delete(`/v1/secrets/${SECRET}`), 404);
    const { items } = expectStatus(await tenant.key.get(`/v1/audit-entries?objectId=${SECRET}`), 200);
    expect(items.map(({ action, details }: Any) => [action, details])).toEqual([
      ['secret.deleted', {}],
      ['secret.set', { created: false }],
      ['secret.set', { created: true }],
    ]);
  });

  it('I5 are sealed, each for its tenant and name', async () => {
    const [one, two] = [await createBareTenant(app), await createBareTenant(app)];
    for (const { key } of [one, two]) expectStatus(await set(key, SECRET, 'the-same-value'), 200);
    const rows = await app.sql<{ value: Buffer }>('SELECT value FROM secrets WHERE tenant_id IN ($1, $2)', [
      one.id,
      two.id,
    ]);
    expect(rows[0]?.value.equals(rows[1]?.value as Buffer)).toBe(false);
    for (const { value } of rows) expect(value.includes('the-same-value')).toBe(false);
  });

  it.each<[string, string, unknown, string]>([
    ['no value', SECRET, undefined, '/value'],
    ['an empty value', SECRET, '', '/value'],
    ['a value with spaces', SECRET, 'a b', '/value'],
    ['a value with a line end', SECRET, 'a\n', '/value'],
    ['a value that is too long', SECRET, 'x'.repeat(4097), '/value'],
    ['a name in capitals', 'Key', 'x', '/name'],
    ['a name that is too long', 'x'.repeat(64), 'x', '/name'],
    ['a name with a slash', 'a%2Fb', 'x', '/name'],
  ])('are refused with %s', async (_, name, value, path) => {
    const tenant = await createBareTenant(app);
    const refused = await set(tenant.key, name, value);
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(refused.body.errors.map((error: Any) => error.path)).toEqual([path]);
    expect((await tenant.key.get('/v1/secrets')).body.items).toEqual([]);
  });

  it('are a hundred at most', async () => {
    const tenant = await createBareTenant(app);
    const names = Array.from({ length: 110 }, (_, n) => `key-${n}`);
    const answers = await Promise.all(names.map((name) => set(tenant.key, name, 'x')));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(
      Array.from({ length: 10 }, () => [409, 'conflict']),
    );
    expect(await set(tenant.key, 'one-more', 'x')).toMatchObject({ status: 409, body: { code: 'conflict' } });
    const { items } = expectStatus(await tenant.key.get('/v1/secrets?limit=100'), 200);
    expect(items).toHaveLength(100);
    expectStatus(await set(tenant.key, items[0].name, 'y'), 200);
  });

  describe('that policies name', () => {
    const value = `secret-${randomUUID()}`;
    let tenant: TestTenant;
    let policyId: string;

    const check = (apiKeySecret: string) => ({
      type: 'WATCHLIST_ADVANCED_CA',
      customAccount: { apiKeySecret, clientRef: 'reference-1' },
    });
    const publish = (version: number) =>
      tenant.admin.post(`/v1/policies/${policyId}/versions/${version}/publish`);

    beforeAll(async () => {
      tenant = await createReadyTenant(through(app, proxy));
      const policy = expectStatus(
        await tenant.admin.post('/v1/policies', { slug: 'watched', name: 'Watched' }),
        201,
      );
      policyId = policy.id;
      const draft = { ...policy.draft, checks: [...policy.draft.checks, check(SECRET)] };
      expectStatus(await tenant.admin.patch(`/v1/policies/${policyId}`, { draft }), 200);
    });

    it('have to be there when the policy is published', async () => {
      const refused = await publish(1);
      expect(refused).toMatchObject({ status: 422, body: { code: 'policy_invalid' } });
      const place = expect.stringMatching(/^\/checks\/\d+\/customAccount\/apiKeySecret$/);
      expect(refused.body.errors).toEqual([
        { path: place, message: `There is no secret "${SECRET}".`, fix: 'Set it first, or name another.' },
      ]);
      const preview = expectStatus(await tenant.admin.post(`/v1/policies/${policyId}/preview`), 200);
      expect(preview.errors).toEqual(refused.body.errors);
    });

    it('go to Yoti with each new session, and nowhere else', async () => {
      expectStatus(await set(tenant.admin, SECRET, 'the-first-value'), 200);
      expectStatus(await publish(1), 201);
      expectStatus(await set(tenant.admin, SECRET, value), 200);
      const session = await createSession(tenant, { policy: 'watched' });
      const { requested_checks: checks } = proxy.lastSpecification();
      const { config } = checks.find(({ type }: Any) => type === 'WATCHLIST_ADVANCED_CA');
      expect(config).toMatchObject({ api_key: value, client_ref: 'reference-1' });
      const path = `/v1/sessions/${session.id}`;
      const seen = await Promise.all(
        [
          path,
          `${path}/timeline`,
          '/v1/events',
          '/v1/audit-entries',
          '/v1/secrets',
          `/v1/policies/${policyId}`,
        ].map((each) => tenant.key.get(each)),
      );
      seen.push(await tenant.admin.post(`/v1/policies/${policyId}/preview`));
      expect(JSON.stringify([seen, session])).not.toContain(value);
    });

    it('stay while a published version names them', async () => {
      const refused = await tenant.admin.delete(`/v1/secrets/${SECRET}`);
      expect(refused).toMatchObject({
        status: 409,
        body: { code: 'conflict', detail: expect.stringContaining('watched') },
      });
      const { draft } = expectStatus(await tenant.admin.get(`/v1/policies/${policyId}`), 200);
      const without = {
        ...draft,
        checks: draft.checks.filter(({ type }: Any) => type !== 'WATCHLIST_ADVANCED_CA'),
      };
      expectStatus(await tenant.admin.patch(`/v1/policies/${policyId}`, { draft: without }), 200);
      expectStatus(await tenant.admin.delete(`/v1/secrets/${SECRET}`), 409);
      expectStatus(await publish(2), 201);
      expectStatus(await tenant.admin.delete(`/v1/secrets/${SECRET}`), 204);
    });

    it('I1 are the tenant’s own, whatever others call theirs', async () => {
      const other = await createBareTenant(app);
      expectStatus(await set(other.key, SECRET, 'of-another'), 200);
      expect(await tenant.admin.delete(`/v1/secrets/${SECRET}`)).toMatchObject({ status: 404 });
      expect((await other.key.get('/v1/secrets')).body.items).toHaveLength(1);
    });

    it('are set by admins only', async () => {
      const developer = await addPerson(app, tenant, 'developer');
      expectStatus(await developer.get('/v1/secrets'), 200);
      expectStatus(await set(developer, SECRET, 'x'), 403);
      expectStatus(await developer.delete(`/v1/secrets/${SECRET}`), 403);
    });
  });

  it('aside, a session’s subject goes to Yoti as it is given', async () => {
    const tenant = await createReadyTenant(through(app, proxy));
    await createSession(tenant, { subject: { subjectId: 'person-4711' } });
    expect(proxy.lastSpecification().subject).toEqual({ subject_id: 'person-4711' });
  });
});
