import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { registerApp, type YotiApp } from './support/simulated-yoti.js';
import { startTestApp, type TestApp } from './support/app.js';
import { createBareTenant, type BareTenant } from './support/bare-tenant.js';
import type { Any } from './support/client.js';
import { credentialDesk, type CredentialDesk, generateKey } from './support/credentials.js';

let app: TestApp;
let yotiApp: YotiApp;
let tenant: BareTenant;
let desk: CredentialDesk;

const LIVE_URL = 'https://api.yoti.com/idverify/v1';
const SANDBOX_URL = 'https://api.yoti.com/sandbox/idverify/v1';

beforeAll(async () => {
  app = await startTestApp();
  app.config.yotiApiUrls.push(LIVE_URL, SANDBOX_URL);
  yotiApp = registerApp(app.simulator);
});

afterAll(() => app.stop());

beforeEach(async () => {
  tenant = await createBareTenant(app);
  desk = credentialDesk(app, tenant, yotiApp);
});

const call = (caller: BareTenant, method: string, path: string, body?: unknown, headers = {}) =>
  caller.key.with(headers).send(method, path, body);

const otherKey = generateKey();

describe('adding a credential', () => {
  it('answers without the key, stores it sealed, and is on record', async () => {
    const created = await call(tenant, 'POST', '/v1/credentials', desk.bodyOf());
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      id: expect.any(String),
      name: 'Production',
      environment: 'simulator',
      sdkId: yotiApp.sdkId,
      apiUrl: app.simulator.baseUrl,
      keyFingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      status: 'pending',
      suspect: null,
      openSessions: null,
      lastCheck: null,
      createdAt: expect.any(String),
      activatedAt: null,
      retiredAt: null,
    });
    expect((await call(tenant, 'GET', `/v1/credentials/${created.body.id}`)).body).toEqual(created.body);
    expect((await call(tenant, 'GET', '/v1/credentials')).body.items).toEqual([created.body]);
    const [row] = await app.sql<{ private_key: Buffer }>(
      'SELECT private_key FROM credentials WHERE id = $1',
      [created.body.id],
    );
    const secret = yotiApp.pem.split('\n')[1] ?? '';
    expect(row?.private_key.length).toBeGreaterThan(1000);
    expect(row?.private_key.toString('latin1')).not.toContain(secret);
    expect(row?.private_key.toString('latin1')).not.toContain('PRIVATE KEY');
    expect(await desk.auditActions()).toEqual(['credential.created']);
  });

  it('happens once for one idempotency key, and the stored answer holds no key', async () => {
    const headers = { 'idempotency-key': 'add-1' };
    const first = await call(tenant, 'POST', '/v1/credentials', desk.bodyOf(), headers);
    const again = await call(tenant, 'POST', '/v1/credentials', desk.bodyOf(), headers);
    expect(again.body).toEqual(first.body);
    expect((await call(tenant, 'GET', '/v1/credentials')).body.items).toHaveLength(1);
  });

  const shortKey = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const curveKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const asPem = (key: typeof shortKey.privateKey) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
  it.each([
    ['no PEM', 'nonsense-that-must-not-be-repeated'],
    ['a public key', otherKey.publicKeyPem],
    ['a short key', asPem(shortKey.privateKey)],
    ['a key that is not RSA', asPem(curveKey.privateKey)],
    ['a damaged key', otherKey.pem.replace(/\n[A-Za-z0-9+/]{20}/, '\n')],
  ])('refuses %s and repeats none of it', async (_name, privateKeyPem) => {
    const { status, body } = await call(tenant, 'POST', '/v1/credentials', desk.bodyOf({ privateKeyPem }));
    expect([status, body.code]).toEqual([422, 'credential_invalid']);
    expect(body.errors).toEqual([{ path: '/privateKeyPem', message: expect.any(String) }]);
    expect(JSON.stringify(body)).not.toContain(privateKeyPem.trim().split('\n').at(-2) ?? privateKeyPem);
    expect(await desk.auditActions()).toEqual([]);
  });

  it('refuses an address that the operator does not allow, and says which are', async () => {
    const { status, body } = await call(
      tenant,
      'POST',
      '/v1/credentials',
      desk.bodyOf({ apiUrl: 'http://169.254.169.254/' }),
    );
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.errors).toEqual([
      { path: '/apiUrl', message: expect.stringContaining(app.simulator.baseUrl) },
    ]);
    const slash = await call(
      tenant,
      'POST',
      '/v1/credentials',
      desk.bodyOf({ apiUrl: `${app.simulator.baseUrl}/` }),
    );
    expect(slash.body.apiUrl).toBe(app.simulator.baseUrl);
  });

  it.each([
    ['/sdkId', { sdkId: '../x' }],
    ['/name', { name: '' }],
    ['/unknown', { unknown: 1 }],
  ])('refuses a bad body at "%s"', async (path, change) => {
    const { status, body } = await call(tenant, 'POST', '/v1/credentials', desk.bodyOf(change));
    expect([status, body.errors[0].path]).toEqual([400, path]);
  });
});

describe('the environment of a credential', () => {
  it.each([
    ['live', () => LIVE_URL],
    ['sandbox', () => SANDBOX_URL],
    ['simulator', () => app.simulator.baseUrl],
  ])('is %s by its address', async (environment, apiUrl) => {
    const { body } = await call(tenant, 'POST', '/v1/credentials', desk.bodyOf({ apiUrl: apiUrl() }));
    expect(body.environment).toBe(environment);
    const given = await call(
      tenant,
      'POST',
      '/v1/credentials',
      desk.bodyOf({ apiUrl: apiUrl(), environment }),
    );
    expect([given.status, given.body.environment]).toEqual([201, environment]);
  });

  it('is refused when it contradicts the address', async () => {
    const body = desk.bodyOf({ environment: 'live' });
    const refused = await call(tenant, 'POST', '/v1/credentials', body);
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid_request']);
    expect(refused.body.errors).toEqual([
      { path: '/environment', message: expect.stringContaining('simulator') },
    ]);
  });

  it('filters the list', async () => {
    const ids = { live: await desk.add({ apiUrl: LIVE_URL }), simulator: await desk.add() };
    for (const [environment, id] of Object.entries(ids)) {
      const { body } = await call(tenant, 'GET', `/v1/credentials?environment=${environment}`);
      expect(body.items.map((item: Any) => item.id)).toEqual([id]);
    }
    expect((await call(tenant, 'GET', '/v1/credentials?environment=sandbox')).body.items).toEqual([]);
  });
});

describe('who may', () => {
  it('is a 404 for what there is not and for what is another tenant’s', async () => {
    const id = await desk.add();
    const stranger = await createBareTenant(app);
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/check'],
      ['POST', '/activate'],
      ['POST', '/retire'],
    ] as const) {
      const foreign = await call(stranger, method, `/v1/credentials/${id}${path}`);
      const missing = await call(stranger, method, `/v1/credentials/${randomUUID()}${path}`);
      expect([foreign.status, foreign.body.code]).toEqual([404, 'not_found']);
      expect({ ...missing.body, requestId: '' }).toEqual({ ...foreign.body, requestId: '' });
    }
    expect((await call(stranger, 'GET', '/v1/credentials')).body.items).toEqual([]);
    expect((await call(tenant, 'GET', `/v1/credentials/${id}`)).body.status).toBe('pending');
  });

  it('needs the permission', async () => {
    const id = await desk.add();
    const reader = await tenant.keyWith(['credentials:read']);
    expect((await reader.send('GET', `/v1/credentials/${id}`)).status).toBe(200);
    for (const action of ['check', 'activate', 'retire']) {
      expect((await reader.send('POST', `/v1/credentials/${id}/${action}`)).status).toBe(403);
    }
    expect((await reader.send('POST', '/v1/credentials', desk.bodyOf())).status).toBe(403);
  });
});
