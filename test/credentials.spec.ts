import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { registerApp, type YotiApp } from './support/simulated-yoti.js';
import { startTestApp, type TestApp } from './support/app.js';
import { createBareTenant, type BareTenant } from './support/bare-tenant.js';
import type { Any } from './support/client.js';

let app: TestApp;
let yotiApp: YotiApp;
let tenant: BareTenant;

const LIVE_URL = 'https://api.yoti.com/idverify/v1';
const SANDBOX_URL = 'https://api.yoti.com/sandbox/idverify/v1';
const DEAD_URL = 'http://127.0.0.1:1/idverify/v1';

/** How far Yoti's clock is ahead of ours. */
let skewMs = 0;

beforeAll(async () => {
  app = await startTestApp({ simulator: { wallClock: () => Date.now() + skewMs } });
  app.config.yotiApiUrls.push(DEAD_URL, LIVE_URL, SANDBOX_URL);
  yotiApp = registerApp(app.simulator);
});

afterAll(() => app.stop());

beforeEach(async () => {
  tenant = await createBareTenant(app);
});

const call = (caller: BareTenant, method: string, path: string, body?: unknown, headers = {}) =>
  caller.key.with(headers).send(method, path, body);

const otherKey = generateKey();

function generateKey() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    pem: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

const bodyOf = (change: object = {}) => ({
  name: 'Production',
  sdkId: yotiApp.sdkId,
  apiUrl: app.simulator.baseUrl,
  privateKeyPem: yotiApp.pem,
  ...change,
});

async function add(change: object = {}): Promise<string> {
  const { status, body } = await call(tenant, 'POST', '/v1/credentials', bodyOf(change));
  expect(status).toBe(201);
  return body.id;
}

const act = (id: string, action: 'check' | 'activate' | 'retire') =>
  call(tenant, 'POST', `/v1/credentials/${id}/${action}`);

async function auditActions(): Promise<string[]> {
  const rows = await app.sql<{ action: string }>(
    `SELECT action FROM audit_entries WHERE tenant_id = $1 AND object_type = 'credential' ORDER BY id`,
    [tenant.id],
  );
  return rows.map(({ action }) => action);
}

describe('adding a credential', () => {
  it('answers without the key, stores it sealed, and is on record', async () => {
    const created = await call(tenant, 'POST', '/v1/credentials', bodyOf());
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
    expect(await auditActions()).toEqual(['credential.created']);
  });

  it('happens once for one idempotency key, and the stored answer holds no key', async () => {
    const headers = { 'idempotency-key': 'add-1' };
    const first = await call(tenant, 'POST', '/v1/credentials', bodyOf(), headers);
    const again = await call(tenant, 'POST', '/v1/credentials', bodyOf(), headers);
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
    const { status, body } = await call(tenant, 'POST', '/v1/credentials', bodyOf({ privateKeyPem }));
    expect([status, body.code]).toEqual([422, 'credential_invalid']);
    expect(body.errors).toEqual([{ path: '/privateKeyPem', message: expect.any(String) }]);
    expect(JSON.stringify(body)).not.toContain(privateKeyPem.trim().split('\n').at(-2) ?? privateKeyPem);
    expect(await auditActions()).toEqual([]);
  });

  it('refuses an address that the operator does not allow, and says which are', async () => {
    const { status, body } = await call(
      tenant,
      'POST',
      '/v1/credentials',
      bodyOf({ apiUrl: 'http://169.254.169.254/' }),
    );
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.errors).toEqual([
      { path: '/apiUrl', message: expect.stringContaining(app.simulator.baseUrl) },
    ]);
    const slash = await call(
      tenant,
      'POST',
      '/v1/credentials',
      bodyOf({ apiUrl: `${app.simulator.baseUrl}/` }),
    );
    expect(slash.body.apiUrl).toBe(app.simulator.baseUrl);
  });

  it.each([
    ['/sdkId', { sdkId: '../x' }],
    ['/name', { name: '' }],
    ['/unknown', { unknown: 1 }],
  ])('refuses a bad body at "%s"', async (path, change) => {
    const { status, body } = await call(tenant, 'POST', '/v1/credentials', bodyOf(change));
    expect([status, body.errors[0].path]).toEqual([400, path]);
  });
});

describe('the environment of a credential', () => {
  it.each([
    ['live', () => LIVE_URL],
    ['sandbox', () => SANDBOX_URL],
    ['simulator', () => app.simulator.baseUrl],
  ])('is %s by its address', async (environment, apiUrl) => {
    const { body } = await call(tenant, 'POST', '/v1/credentials', bodyOf({ apiUrl: apiUrl() }));
    expect(body.environment).toBe(environment);
    const given = await call(tenant, 'POST', '/v1/credentials', bodyOf({ apiUrl: apiUrl(), environment }));
    expect([given.status, given.body.environment]).toEqual([201, environment]);
  });

  it('is refused when it contradicts the address', async () => {
    const body = bodyOf({ environment: 'live' });
    const refused = await call(tenant, 'POST', '/v1/credentials', body);
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid_request']);
    expect(refused.body.errors).toEqual([
      { path: '/environment', message: expect.stringContaining('simulator') },
    ]);
  });

  it('filters the list', async () => {
    const ids = { live: await add({ apiUrl: LIVE_URL }), simulator: await add() };
    for (const [environment, id] of Object.entries(ids)) {
      const { body } = await call(tenant, 'GET', `/v1/credentials?environment=${environment}`);
      expect(body.items.map((item: Any) => item.id)).toEqual([id]);
    }
    expect((await call(tenant, 'GET', '/v1/credentials?environment=sandbox')).body.items).toEqual([]);
  });
});

describe('checking a credential', () => {
  /** The points of a check: code → whether it is right. */
  const pointsOf = (body: Any) =>
    Object.fromEntries(body.lastCheck.findings.map(({ code, ok }: Any) => [code, ok]));

  const disabledApp = () => {
    const sdkId = randomUUID();
    app.simulator.registerApp({ sdkId, publicKeyPem: otherKey.publicKeyPem, enabled: false });
    return { sdkId, privateKeyPem: otherKey.pem };
  };

  const sessionsAtYoti = async () => {
    const { items } = (await (await fetch(`${app.simulator.origin}/control/sessions`)).json()) as Any;
    return items.filter(({ sdkId }: Any) => sdkId === yotiApp.sdkId).length as number;
  };

  afterEach(() => {
    skewMs = 0;
  });

  it('says that Yoti accepts it, and that sessions can be made', async () => {
    const id = await add();
    const before = await sessionsAtYoti();
    const { status, body } = await act(id, 'check');
    expect(status).toBe(200);
    expect(body.lastCheck).toEqual({
      ok: true,
      diagnosis: 'OK',
      message: expect.any(String),
      clockSkewSeconds: expect.any(Number),
      depth: 'full',
      findings: expect.any(Array),
      at: expect.any(String),
    });
    expect(pointsOf(body)).toEqual({
      key_readable: true,
      api_reached: true,
      clock_right: true,
      app_found: true,
      signature_accepted: true,
      permission_granted: true,
      session_creation_allowed: true,
      notification_address_reachable: null,
    });
    expect(await sessionsAtYoti()).toBe(before);
    expect((await call(tenant, 'GET', `/v1/credentials/${id}`)).body).toEqual(body);
    expect(await auditActions()).toEqual(['credential.created', 'credential.checked']);
  });

  it('makes no session when asked not to, and when sessions prove it', async () => {
    const id = await add();
    const basic = await call(tenant, 'POST', `/v1/credentials/${id}/check`, { depth: 'basic' });
    expect(basic.body.lastCheck).toMatchObject({ ok: true, depth: 'basic' });
    expect(pointsOf(basic.body)).toMatchObject({ permission_granted: null, session_creation_allowed: null });
    await act(id, 'activate');
    expect((await act(id, 'check')).body.lastCheck.depth).toBe('basic');
    const full = await call(tenant, 'POST', `/v1/credentials/${id}/check`, { depth: 'full' });
    expect(full.body.lastCheck.depth).toBe('full');
    const other = await call(tenant, 'POST', `/v1/credentials/${id}/check`, { depth: 'other' });
    expect([other.status, other.body.errors[0].path]).toEqual([400, '/depth']);
  });

  it.each<[string, object, () => object]>([
    ['WRONG_KEY', { app_found: true, signature_accepted: false }, () => ({ privateKeyPem: otherKey.pem })],
    [
      'CLOCK_SKEW',
      { clock_right: false, signature_accepted: false },
      () => {
        skewMs = 3_600_000;
        return {};
      },
    ],
    ['UNKNOWN_APP', { app_found: false, signature_accepted: null }, () => ({ sdkId: randomUUID() })],
    ['UNREACHABLE', { api_reached: false, app_found: null, clock_right: null }, () => ({ apiUrl: DEAD_URL })],
    ['NO_PERMISSION', { app_found: true, permission_granted: false }, disabledApp],
    [
      'UNUSABLE_PUBLIC_KEY',
      { app_found: true, signature_accepted: false },
      () => {
        const sdkId = randomUUID();
        app.simulator.registerApp({ sdkId, publicKeyPem: 'no key' });
        return { sdkId };
      },
    ],
  ])('diagnoses %s', async (diagnosis, points, change) => {
    const id = await add(change());
    const { status, body } = await act(id, 'check');
    expect(status).toBe(200);
    expect(body.lastCheck).toMatchObject({ ok: false, diagnosis });
    expect(pointsOf(body)).toMatchObject({ key_readable: true, session_creation_allowed: null, ...points });
    const wrong = body.lastCheck.findings.filter(({ ok }: Any) => ok === false);
    for (const { message, fix } of wrong)
      expect([message, fix]).toEqual([expect.any(String), expect.any(String)]);
    expect(body.suspect).toBeNull();
    expect((await act(id, 'activate')).body).toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining(diagnosis),
    });
  });

  it('tells of a clock that Yoti still accepts', async () => {
    skewMs = -120_000;
    const { body } = await act(await add(), 'check');
    expect(body.lastCheck).toMatchObject({ ok: true, diagnosis: 'OK' });
    expect(body.lastCheck.clockSkewSeconds).toBeGreaterThan(100);
    expect(pointsOf(body)).toMatchObject({ clock_right: false, signature_accepted: true });
  });

  it('uses a key sealed for its own row only, and says that this one can not be opened', async () => {
    const [mine, other] = [await add(), await add({ privateKeyPem: otherKey.pem })];
    await app.sql(
      'UPDATE credentials SET private_key = (SELECT private_key FROM credentials WHERE id = $2) WHERE id = $1',
      [mine, other],
    );
    const { body } = await act(mine, 'check');
    expect(body.lastCheck).toMatchObject({ ok: false, diagnosis: 'UNREADABLE_KEY' });
    expect(pointsOf(body)).toMatchObject({ key_readable: false, api_reached: null });
  });

  it('says so when the operator no longer allows the address', async () => {
    const id = await add();
    await app.sql(`UPDATE credentials SET api_url = 'https://gone.example/idverify/v1' WHERE id = $1`, [id]);
    const { body } = await act(id, 'check');
    expect(body.lastCheck).toMatchObject({ ok: false, diagnosis: 'ADDRESS_NOT_ALLOWED' });
  });
});

describe('who may', () => {
  it('is a 404 for what there is not and for what is another tenant’s', async () => {
    const id = await add();
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
    const id = await add();
    const reader = await tenant.keyWith(['credentials:read']);
    expect((await reader.send('GET', `/v1/credentials/${id}`)).status).toBe(200);
    for (const action of ['check', 'activate', 'retire']) {
      expect((await reader.send('POST', `/v1/credentials/${id}/${action}`)).status).toBe(403);
    }
    expect((await reader.send('POST', '/v1/credentials', bodyOf())).status).toBe(403);
  });
});
