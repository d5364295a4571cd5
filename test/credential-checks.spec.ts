import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { startTestApp, type TestApp } from './support/app.js';
import { createBareTenant } from './support/bare-tenant.js';
import type { Any } from './support/client.js';
import { credentialDesk, type CredentialDesk, generateKey } from './support/credentials.js';
import { registerApp, type YotiApp } from './support/simulated-yoti.js';

let app: TestApp;
let yotiApp: YotiApp;
let desk: CredentialDesk;

const DEAD_URL = 'http://127.0.0.1:1/idverify/v1';
const otherKey = generateKey();

/** How far Yoti's clock is ahead of ours. */
let skewMs = 0;

beforeAll(async () => {
  app = await startTestApp({ simulator: { wallClock: () => Date.now() + skewMs } });
  app.config.yotiApiUrls.push(DEAD_URL);
  yotiApp = registerApp(app.simulator);
});

afterAll(() => app.stop());

beforeEach(async () => {
  desk = credentialDesk(app, await createBareTenant(app), yotiApp);
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
    const { items }: Any = await (await fetch(`${app.simulator.origin}/control/sessions`)).json();
    return items.filter(({ sdkId }: Any) => sdkId === yotiApp.sdkId).length as number;
  };

  afterEach(() => {
    skewMs = 0;
  });

  it('says that Yoti accepts it, and that sessions can be made', async () => {
    const id = await desk.add();
    const before = await sessionsAtYoti();
    const { status, body } = await desk.act(id, 'check');
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
    expect(await desk.get(id)).toEqual(body);
    expect(await desk.auditActions()).toEqual(['credential.created', 'credential.checked']);
  });

  it('makes no session when asked not to, and when sessions prove it', async () => {
    const id = await desk.add();
    const basic = await desk.act(id, 'check', { depth: 'basic' });
    expect(basic.body.lastCheck).toMatchObject({ ok: true, depth: 'basic' });
    expect(pointsOf(basic.body)).toMatchObject({ permission_granted: null, session_creation_allowed: null });
    await desk.act(id, 'activate');
    expect((await desk.act(id, 'check')).body.lastCheck.depth).toBe('basic');
    const full = await desk.act(id, 'check', { depth: 'full' });
    expect(full.body.lastCheck.depth).toBe('full');
    const other = await desk.act(id, 'check', { depth: 'other' });
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
    const id = await desk.add(change());
    const { status, body } = await desk.act(id, 'check');
    expect(status).toBe(200);
    expect(body.lastCheck).toMatchObject({ ok: false, diagnosis });
    expect(pointsOf(body)).toMatchObject({ key_readable: true, session_creation_allowed: null, ...points });
    const wrong = body.lastCheck.findings.filter(({ ok }: Any) => ok === false);
    for (const { message, fix } of wrong)
      expect([message, fix]).toEqual([expect.any(String), expect.any(String)]);
    expect(body.suspect).toBeNull();
    expect((await desk.act(id, 'activate')).body).toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining(diagnosis),
    });
  });

  it('tells of a clock that Yoti still accepts', async () => {
    skewMs = -120_000;
    const { body } = await desk.act(await desk.add(), 'check');
    expect(body.lastCheck).toMatchObject({ ok: true, diagnosis: 'OK' });
    expect(body.lastCheck.clockSkewSeconds).toBeGreaterThan(100);
    expect(pointsOf(body)).toMatchObject({ clock_right: false, signature_accepted: true });
  });

  it('uses a key sealed for its own row only, and says that this one can not be opened', async () => {
    const [mine, other] = [await desk.add(), await desk.add({ privateKeyPem: otherKey.pem })];
    await app.sql(
      'UPDATE credentials SET private_key = (SELECT private_key FROM credentials WHERE id = $2) WHERE id = $1',
      [mine, other],
    );
    const { body } = await desk.act(mine, 'check');
    expect(body.lastCheck).toMatchObject({ ok: false, diagnosis: 'UNREADABLE_KEY' });
    expect(pointsOf(body)).toMatchObject({ key_readable: false, api_reached: null });
  });

  it('says so when the operator no longer allows the address', async () => {
    const id = await desk.add();
    await app.sql(`UPDATE credentials SET api_url = 'https://gone.example/idverify/v1' WHERE id = $1`, [id]);
    const { body } = await desk.act(id, 'check');
    expect(body.lastCheck).toMatchObject({ ok: false, diagnosis: 'ADDRESS_NOT_ALLOWED' });
  });
});
