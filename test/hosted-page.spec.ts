import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from './support/app.js';
import type { Any } from './support/client.js';
import { createReadyTenant, createSession, expectStatus, type TestTenant } from './support/factories.js';

let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startTestApp();
  tenant = await createReadyTenant(app);
});

afterAll(() => app?.stop());

describe('what the hosted page asks of the server', () => {
  it('is answered with headers that keep the link private and the page shut', async () => {
    const { client: own } = await createSession(tenant);
    const { headers } = await app.anonymous.get(new URL(own.hostedUrl).pathname);
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`frame-src ${app.simulator.origin};`);
    expect(policy).not.toContain('unsafe');
    expect(headers.get('permissions-policy')).toBe(`camera=(self "${app.simulator.origin}")`);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-robots-tag')).toBe('noindex');
  });

  it('gives the token to the page only, and puts it on record', async () => {
    const { id, client: own } = await createSession(tenant);
    const path = `${new URL(own.hostedUrl).pathname}/client`;
    const foreign: Record<string, string>[] = [
      {},
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'https://elsewhere.example' },
    ];
    for (const headers of foreign) {
      const refused = await app.anonymous.with(headers).post(path);
      expect(refused).toMatchObject({ status: 403, body: { code: 'cross_site_request' } });
    }
    const given = await app.anonymous.with({ origin: app.url, 'sec-fetch-site': 'same-origin' }).post(path);
    expect(given.body).toEqual({ sessionId: own.yotiSessionId, token: own.yotiSessionToken });
    expect(given.headers.get('cache-control')).toBe('no-store');
    const { items } = expectStatus(await tenant.key.get(`/v1/audit-entries?sessionId=${id}`), 200);
    expect(items.map(({ action }: Any) => action)).toContain('session.client_opened');

    expectStatus(await tenant.key.post(`/v1/sessions/${id}/cancel`), 200);
    const late = await app.anonymous.with({ origin: app.url }).post(path);
    expect(late).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it.each([
    [{ type: 'finished', code: null }],
    [{ type: 'error', code: 'x' }],
    [{ type: 'error', code: 2 ** 31 }],
    [{ type: 'success', code: null, more: true }],
    [{}],
  ])('refuses the event %j', async (event) => {
    const { client: own } = await createSession(tenant);
    const path = `${new URL(own.hostedUrl).pathname}/events`;
    const answer = await app.anonymous.with({ origin: app.url }).post(path, event);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });

  it('serves its files for ever, under names that no other content can have', async () => {
    const { client: own } = await createSession(tenant);
    const { body } = await app.anonymous.get(new URL(own.hostedUrl).pathname);
    const names = [...(body as string).matchAll(/"(\/verify\/assets\/[^"]+)"/g)].map(([, name = '']) => name);
    expect(names).toHaveLength(3);
    const script = await app.anonymous.get(names.find((name) => name.endsWith('.js')) ?? '');
    const imported = [...(script.body as string).matchAll(/from '\.\/([^']+)'/g)];
    expect(imported).toHaveLength(2);
    names.push(...imported.map(([, name]) => `/verify/assets/${name}`));
    for (const name of names) {
      const { status, headers } = await app.anonymous.get(name);
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toContain('immutable');
      expect((await app.anonymous.get(name.replace(/-[0-9a-f]{16}\./, '-0000000000000000.'))).status).toBe(
        404,
      );
    }
  });

  it.each([
    [{ locale: 'de-AT' }, {}, '', 'de', 'ltr'],
    [{}, { 'accept-language': 'nl, fr-CH;q=0.9, en;q=0.8' }, '', 'fr', 'ltr'],
    [{ locale: 'de' }, { 'accept-language': 'fr' }, '?lang=ar', 'ar', 'rtl'],
    [{ locale: 'el' }, { 'accept-language': 'es-419' }, '?lang=xx', 'es', 'ltr'],
    [{ locale: 'ja' }, {}, '?lang=de&lang=fr&embed=x&embed=1&other=y', 'en', 'ltr'],
  ])('is in the language of %j, %j and "%s": %s', async (body, headers, query, lang, dir) => {
    const { client: own } = await createSession(tenant, body);
    const page = await app.anonymous.with(headers).get(new URL(own.hostedUrl).pathname + query);
    expect(page.body).toContain(`<html lang="${lang}" dir="${dir}">`);
  });

  it('keeps what the client told last, and says what an error means', async () => {
    const { id, client: own } = await createSession(tenant);
    const tell = async (event: object) => {
      const path = `${new URL(own.hostedUrl).pathname}/events`;
      expectStatus(await app.anonymous.with({ origin: app.url }).post(path, event), 204);
      return expectStatus(await tenant.key.get(`/v1/sessions/${id}`), 200).lastClientEvent;
    };
    const nothing = { code: null, kind: null, meaning: null, retry: null };
    expect(await tell({ type: 'opened', code: null, handOff: true })).toMatchObject({
      ...nothing,
      type: 'opened',
      handOff: true,
    });
    expect(await tell({ type: 'started', code: null })).toMatchObject({ ...nothing, handOff: false });
    expect(await tell({ type: 'error', code: 4000 })).toMatchObject({
      type: 'error',
      code: 4000,
      kind: 'camera_refused',
      meaning: 'The person, or their browser, refused the camera.',
      retry: 'same_session',
    });
    expect(await tell({ type: 'error', code: 987_654 })).toMatchObject({ code: 987_654, kind: 'unknown' });
    const { items } = expectStatus(await tenant.key.get(`/v1/audit-entries?sessionId=${id}`), 200);
    expect(items.map(({ action }: Any) => action)).toEqual(
      expect.arrayContaining(['session.handed_off', 'session.client_started', 'session.client_error']),
    );
  });

  it('has expired as soon as the time is over, whoever notices first', async () => {
    const { id, client: own } = await createSession(tenant);
    await app.sql(`UPDATE sessions SET client_expires_at = now() - interval '2 minutes' WHERE id = $1`, [id]);
    const path = new URL(own.hostedUrl).pathname;
    const page = await app.anonymous.get(path);
    expect(page.status).toBe(410);
    expect(page.body).toContain('This link has expired');
    expect((await app.anonymous.get(`${path}/state`)).body).toMatchObject({ status: 'expired', done: true });
  });
});
