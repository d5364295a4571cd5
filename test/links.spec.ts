import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from './support/app.js';
import { createBareTenant } from './support/bare-tenant.js';
import type { Any } from './support/client.js';
import {
  bearer,
  createApiKey,
  createReadyTenant,
  createSession,
  expectStatus,
  finishSession,
  type TestTenant,
} from './support/factories.js';
import { auditOf, pathOf, readLink } from './support/links.js';

const REVOKED = 'This link no longer works';

let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startTestApp();
  tenant = await createReadyTenant(app);
});

afterAll(() => app?.stop());

const reissue = async (id: string): Promise<Any> =>
  expectStatus(await tenant.key.post(`/v1/sessions/${id}/link`), 201);
const revoke = async (id: string) => expectStatus(await tenant.key.delete(`/v1/sessions/${id}/link`), 204);
const visit = (url: string, rest = '') => app.anonymous.get<string>(`${pathOf(url)}${rest}`);
/** A request that the page itself makes. */
const fromPage = (url: string, rest: string, body?: Any) =>
  app.anonymous.with({ origin: app.url }).post(`${pathOf(url)}${rest}`, body);
const linkActions = async (id: string) =>
  (await auditOf(tenant, id)).map(({ action }) => action).filter((action) => action.includes('link'));

describe('the link of a session', () => {
  it('is the one that its creation answered, and short, opaque and without Yoti’s token', async () => {
    const { id, client } = await createSession(tenant);
    const link = await readLink(tenant, id);
    expect(link).toEqual({
      sessionId: id,
      state: 'active',
      url: client.hostedUrl,
      createdAt: expect.any(String),
      expiresAt: client.expiresAt,
      openedAt: null,
      endedAt: null,
      emails: { available: false, remaining: 5, items: [] },
    });
    expect(link.url).toMatch(/\/verify\/[\w-]{22}$/);
  });

  it('is told to callers with sessions:write only', async () => {
    const { id } = await createSession(tenant);
    const { key } = await createApiKey(tenant.admin, ['sessions:read']);
    const reader = app.anonymous.with(bearer(key));
    const link = expectStatus(await reader.get(`/v1/sessions/${id}/link`), 200);
    expect(link).toMatchObject({ state: 'active', url: null });
  });

  it('says when its page was last opened', async () => {
    const { id, client } = await createSession(tenant);
    expect((await visit(client.hostedUrl)).status).toBe(200);
    const { openedAt } = await readLink(tenant, id);
    expect(Date.parse(openedAt)).not.toBeNaN();
    await app.sql(`UPDATE sessions SET link_opened_at = now() - interval '1 hour' WHERE id = $1`, [id]);
    const before = (await readLink(tenant, id)).openedAt;
    await visit(client.hostedUrl);
    expect(Date.parse((await readLink(tenant, id)).openedAt)).toBeGreaterThan(Date.parse(before));
  });

  it('can be made anew: the old one is dead at once and says that there is another', async () => {
    const { id, client } = await createSession(tenant, { successUrl: 'https://unit.example/done' });
    await visit(client.hostedUrl);
    const link = await reissue(id);
    expect(link).toMatchObject({ state: 'active', openedAt: null, endedAt: expect.any(String) });
    expect(link.url).not.toBe(client.hostedUrl);
    expect((await tenant.key.get(`/v1/sessions/${id}`)).body.client).toEqual({
      ...client,
      hostedUrl: link.url,
    });
    expect((await visit(link.url)).status).toBe(200);

    const old = await visit(client.hostedUrl);
    expect(old.status).toBe(410);
    expect(old.body).toContain(REVOKED);
    expect(old.body).not.toContain('unit.example');
    expect((await fromPage(client.hostedUrl, '/client')).status).toBe(409);
    expect((await fromPage(link.url, '/client')).body).toMatchObject({ sessionId: client.yotiSessionId });
    expect(await linkActions(id)).toEqual(['session.link_reissued']);
  });

  it('tells a page that is still open that it is over, and nothing of how the session goes on', async () => {
    const { id, client } = await createSession(tenant);
    await reissue(id);
    const { body: session } = await tenant.key.get(`/v1/sessions/${id}`);
    await finishSession(app, tenant, session);
    expect(expectStatus(await visit(client.hostedUrl, '/state'), 200)).toEqual({
      status: 'cancelled',
      progress: 'not_started',
      done: true,
    });
    const event = { type: 'error', code: 4000 };
    expectStatus(await fromPage(client.hostedUrl, '/events', event), 204);
    expect((await tenant.key.get(`/v1/sessions/${id}`)).body.lastClientEvent).toBeNull();
  });

  it('is made anew once for one idempotency key', async () => {
    const { id } = await createSession(tenant);
    const keyed = tenant.key.with({ 'idempotency-key': 'again' });
    const first = expectStatus(await keyed.post(`/v1/sessions/${id}/link`), 201);
    const second = await keyed.post(`/v1/sessions/${id}/link`);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.body.url).toBe(first.url);
    expect(await linkActions(id)).toEqual(['session.link_reissued']);
  });

  it('is one, whoever asked last, when many are made at once', async () => {
    const { id, client } = await createSession(tenant);
    const links = await Promise.all(Array.from({ length: 5 }, () => reissue(id)));
    const { url } = await readLink(tenant, id);
    expect(links.map((link) => link.url)).toContain(url);
    const pages = await Promise.all(
      [client.hostedUrl, ...links.map((link) => link.url)].map((one) => visit(one)),
    );
    expect(pages.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 410, 410, 410, 410, 410,
    ]);
  });

  it('can be revoked and brought back as a new one', async () => {
    const { id, client } = await createSession(tenant);
    await revoke(id);
    await revoke(id);
    expect(await readLink(tenant, id)).toMatchObject({
      state: 'revoked',
      url: null,
      endedAt: expect.any(String),
    });
    expect(expectStatus(await tenant.key.get(`/v1/sessions/${id}`), 200)).toMatchObject({
      status: 'ongoing',
      client: null,
    });
    expect(await visit(client.hostedUrl)).toMatchObject({
      status: 410,
      body: expect.stringContaining(REVOKED),
    });
    expect((await fromPage(client.hostedUrl, '/client')).status).toBe(409);
    const link = await reissue(id);
    expect((await visit(link.url)).status).toBe(200);
    expect((await visit(client.hostedUrl)).status).toBe(410);
    expect((await tenant.key.get(`/v1/sessions/${id}`)).body.client.hostedUrl).toBe(link.url);
    expect(await linkActions(id)).toEqual(['session.link_revoked', 'session.link_reissued']);
  });

  it('tells a link that has ended from one that never was', async () => {
    const unknown = await app.anonymous.get<string>(`/verify/${'A'.repeat(22)}`);
    expect(unknown.status).toBe(404);
    expect(unknown.body).not.toContain(tenant.slug);
  });

  it('ends with its time', async () => {
    const { id, client } = await createSession(tenant);
    await app.sql(
      `UPDATE sessions SET client_expires_at = now() - interval '2 minutes', next_sync_at = now() + interval '1 hour'
        WHERE id = $1`,
      [id],
    );
    expect(await readLink(tenant, id)).toMatchObject({ state: 'expired', url: null });
    const page = await visit(client.hostedUrl);
    expect(page.status).toBe(410);
    expect(page.body).toContain('This link has expired');
    expect((await fromPage(client.hostedUrl, '/client')).status).toBe(409);
    expect(await tenant.key.post(`/v1/sessions/${id}/link`)).toMatchObject({
      status: 409,
      body: { code: 'link_not_active' },
    });
  });

  it('is used up by a person who has finished, and closed by a cancellation', async () => {
    const finished = await createSession(tenant);
    await finishSession(app, tenant, finished);
    expectStatus(await tenant.key.post(`/v1/sessions/${finished.id}/sync`), 200);
    expect(await readLink(tenant, finished.id)).toMatchObject({ state: 'used_up', url: null });
    const cancelled = await createSession(tenant);
    expectStatus(await tenant.key.post(`/v1/sessions/${cancelled.id}/cancel`), 200);
    expect(await readLink(tenant, cancelled.id)).toMatchObject({ state: 'closed', url: null });
    for (const { id } of [finished, cancelled]) {
      expect((await tenant.key.post(`/v1/sessions/${id}/link`)).body.code).toBe('link_not_active');
    }
    await revoke(cancelled.id);
    expect((await visit(cancelled.client.hostedUrl)).body).toContain(REVOKED);
  });

  it('is not there to be changed before its session is', async () => {
    const bare = await createBareTenant(app);
    const [{ id }] = await app.sql<Any>(
      `WITH plan AS (SELECT * FROM sessions WHERE tenant_id = $1 LIMIT 1)
       INSERT INTO sessions (tenant_id, id, policy_id, policy_version, credential_id, data_key, link, link_hash,
              notification_path_hash, notification_token_hash, next_sync_at)
       SELECT tenant_id, gen_random_uuid(), policy_id, policy_version, credential_id, data_key, link, 'x', 'x', 'x',
              now() + interval '1 hour' FROM plan RETURNING id`,
      [tenant.id],
    );
    expect(await readLink(tenant, id)).toMatchObject({ state: 'creating', url: null });
    expect((await tenant.key.delete(`/v1/sessions/${id}/link`)).body.code).toBe('conflict');
    expect((await tenant.key.post(`/v1/sessions/${id}/link`)).body.code).toBe('link_not_active');
    expect((await bare.key.get(`/v1/sessions/${id}/link`)).status).toBe(404);
  });

  it('is not sent by e-mail without a mail server', async () => {
    const { id } = await createSession(tenant);
    expect(
      await tenant.key.post(`/v1/sessions/${id}/link/email`, { email: 'person@mail.example' }),
    ).toMatchObject({ status: 409, body: { code: 'email_not_configured' } });
  });

  it('I5 leaves nothing but a hash behind when it ends', async () => {
    const { id, client } = await createSession(tenant);
    await reissue(id);
    const rows = await app.sql('SELECT to_jsonb(l) AS row FROM ended_links l WHERE session_id = $1', [id]);
    expect(rows).toHaveLength(1);
    expect(Object.keys((rows[0] as Any).row).toSorted()).toEqual([
      'ended_at',
      'link_hash',
      'session_id',
      'tenant_id',
    ]);
    expect(JSON.stringify(await auditOf(tenant, id))).not.toContain(
      pathOf(client.hostedUrl).split('/').at(-1),
    );
  });
});
