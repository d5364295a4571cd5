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
    for (const name of names) {
      const { status, headers } = await app.anonymous.get(name);
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toContain('immutable');
      expect((await app.anonymous.get(name.replace(/-[0-9a-f]{16}\./, '-0000000000000000.'))).status).toBe(
        404,
      );
    }
  });
});
