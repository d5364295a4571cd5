import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { eventually, startTestApp, type TestApp } from '../support/app.js';
import type { Any } from '../support/client.js';
import { credentialDesk, type CredentialDesk, generateKey } from '../support/credentials.js';
import {
  createReadyTenant,
  createSession,
  createTenant,
  expectStatus,
  finishSession,
  publishPolicy,
  type TestTenant,
} from '../support/factories.js';
import { expectInvariants } from '../support/invariants.js';
import { registerApp, type YotiApp } from '../support/simulated-yoti.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import { YotiGate } from '../support/yoti-gate.js';
import { answering, startYotiProxy, type YotiProxy } from '../support/yoti-proxy.js';

let app: TestApp;
let gate: YotiGate;
let receiver: WebhookReceiver;
let tenant: TestTenant;
let yotiApp: YotiApp;
let desk: CredentialDesk;
let credentialId: string;

/** How far Yoti's clock is ahead of ours. */
let skewMs = 0;
const otherKey = generateKey();

beforeAll(async () => {
  app = await startTestApp({ simulator: { wallClock: () => Date.now() + skewMs } });
  gate = await YotiGate.start(app.simulator.origin);
  app.config.yotiApiUrls.push(`${gate.origin}/idverify/v1`);
  receiver = await WebhookReceiver.start();
});

afterAll(async () => {
  await receiver.close();
  await app.stop();
  await gate.close();
});

beforeEach(async () => {
  tenant = await createTenant(app);
  yotiApp = registerApp(app.simulator);
  tenant.yoti = yotiApp;
  await publishPolicy(tenant);
  desk = credentialDesk(app, tenant, yotiApp);
  credentialId = await desk.addActive({ apiUrl: `${gate.origin}/idverify/v1` });
});

afterEach(async () => {
  skewMs = 0;
  await expectInvariants(app);
});

const create = () => tenant.key.post('/v1/sessions', { policy: 'identity' });

const enable = (enabled: boolean) =>
  app.simulator.registerApp({ sdkId: yotiApp.sdkId, publicKeyPem: yotiApp.publicKeyPem, enabled });

/** The credential, once it is suspect or works again. */
const whenSuspect = (suspect: boolean) =>
  eventually(async () => {
    const credential = await desk.get(credentialId);
    return (credential.suspect !== null) === suspect && credential;
  });

/** Puts the next probe off, or makes it due. */
const probeIn = (interval: string) =>
  app.sql('UPDATE credentials SET next_look_at = now() + $2::interval WHERE id = $1', [
    credentialId,
    interval,
  ]);

const refusal = (status: number, code: string) => answering(status, { code, message: 'No' });

async function stopWorking(): Promise<void> {
  enable(false);
  expect((await create()).status).toBe(502);
  await whenSuspect(true);
}

describe('a credential that Yoti begins to refuse', () => {
  it.each<[string, () => Promise<unknown> | void]>([
    ['NO_PERMISSION', () => enable(false)],
    [
      'WRONG_KEY',
      () => app.simulator.registerApp({ sdkId: yotiApp.sdkId, publicKeyPem: otherKey.publicKeyPem }),
    ],
    ['UNUSABLE_PUBLIC_KEY', () => app.simulator.registerApp({ sdkId: yotiApp.sdkId, publicKeyPem: 'none' })],
    [
      'UNKNOWN_APP',
      () => app.sql('UPDATE credentials SET sdk_id = $2 WHERE id = $1', [credentialId, randomUUID()]),
    ],
    [
      'CLOCK_SKEW',
      () => {
        skewMs = 3_600_000;
      },
    ],
    [
      'UNREADABLE_KEY',
      () => app.sql(`UPDATE credentials SET private_key = '\\x0102' WHERE id = $1`, [credentialId]),
    ],
  ])(
    'row 14: a credential that Yoti refuses is suspect for %s, and says what to do',
    async (diagnosis, breakIt) => {
      await breakIt();
      expect((await create()).status).toBeGreaterThanOrEqual(500);
      expect((await whenSuspect(true)).suspect).toEqual({
        since: expect.any(String),
        diagnosis,
        message: expect.any(String),
        fix: expect.any(String),
        nextProbeAt: expect.any(String),
      });
      const refused = await create();
      expect([refused.status, refused.body.code]).toEqual([503, 'credential_suspect']);
      expect(await desk.eventNames()).toEqual(['credential.activated', 'credential.suspect']);
    },
  );

  it('row 14: a credential that Yoti refuses is spared calls until a probe finds that it works again', async () => {
    const url = receiver.at(`/${tenant.slug}`);
    const events = ['credential.suspect', 'credential.recovered'];
    expectStatus(await tenant.key.post('/v1/webhook-endpoints', { url, events }), 201);
    const session = expectStatus(await create(), 201);
    await finishLater();
    await stopWorking();

    await probeIn('1 hour');
    const sent = gate.requests;
    for (let n = 0; n < 5; n += 1) {
      const answer = await create();
      expect([answer.status, answer.body.code]).toEqual([503, 'credential_suspect']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const synced = await tenant.key.post(`/v1/sessions/${session.id}/sync`);
    expect([synced.status, synced.body.code]).toEqual([503, 'credential_suspect']);
    await app.sql('UPDATE sessions SET next_sync_at = now() WHERE id = $1', [session.id]);
    await eventually(async () => {
      const [row] = await app.sql(
        `SELECT 1 FROM sessions WHERE id = $1 AND lease_token IS NULL AND next_sync_at > now() + interval '30 minutes'`,
        [session.id],
      );
      return row;
    });
    expect(gate.requests).toBe(sent);

    for (let probes = 0; probes < 2; probes += 1) {
      await probeIn('0 seconds');
      await eventually(async () => {
        const { nextProbeAt } = (await desk.get(credentialId)).suspect;
        return Date.parse(nextProbeAt) > Date.now();
      });
    }
    expect(gate.requests).toBe(sent + 2);
    expect((await tenant.key.get(`/v1/sessions/${session.id}`)).body).toMatchObject({
      status: 'ongoing',
      parkedReason: null,
    });

    enable(true);
    await probeIn('0 seconds');
    await whenSuspect(false);
    expectStatus(await create(), 201);
    await eventually(
      async () => (await tenant.key.get(`/v1/sessions/${session.id}`)).body.status === 'completed',
    );
    expect(await desk.eventNames()).toEqual(['credential.activated', ...events]);
    expect((await desk.auditActions()).slice(-2)).toEqual(events);
    const told = await eventually(async () => {
      const mine = receiver.received.filter(({ path }) => path === `/${tenant.slug}`);
      return mine.length === 2 && mine;
    });
    const facts = { credentialId, environment: 'simulator', status: 'active' };
    expect(new Map(told.map(({ event }) => [event.type, event.data]))).toEqual(
      new Map([
        ['credential.suspect', { ...facts, diagnosis: 'NO_PERMISSION' }],
        ['credential.recovered', { ...facts, diagnosis: 'OK' }],
      ]),
    );

    /** The person finishes, but no notification of it comes. */
    async function finishLater() {
      await app.sql(`UPDATE sessions SET notification_path_hash = '' WHERE id = $1`, [session.id]);
      await finishSession(app, tenant, session);
    }
  });

  it('row 14: a credential that Yoti refuses is suspect for what a sync is refused for', async () => {
    const session = expectStatus(await create(), 201);
    enable(false);
    const synced = await tenant.key.post(`/v1/sessions/${session.id}/sync`);
    expect([synced.status, synced.body.code]).toEqual([502, 'yoti_refused']);
    expect((await whenSuspect(true)).suspect.diagnosis).toBe('NO_PERMISSION');
  });

  it('row 14: a credential that Yoti refuses is used again at once when a check by hand finds it good', async () => {
    await stopWorking();
    await probeIn('1 hour');
    const bad = await desk.act(credentialId, 'check');
    expect(bad.body).toMatchObject({ lastCheck: { ok: false, depth: 'full' } });
    expect(bad.body.suspect).not.toBeNull();
    enable(true);
    const good = await desk.act(credentialId, 'check', { depth: 'basic' });
    expect(good.body).toMatchObject({ suspect: null, lastCheck: { ok: true, depth: 'full' } });
    expectStatus(await create(), 201);
  });

  it('row 14: a credential that Yoti refuses is suspect at once when a check by hand finds it bad', async () => {
    enable(false);
    const { body } = await desk.act(credentialId, 'check');
    expect(body.suspect.diagnosis).toBe('NO_PERMISSION');
    expect((await create()).body.code).toBe('credential_suspect');
  });

  it('row 14: a credential that Yoti refuses is replaced by activating another, and is no longer suspect once it is retired', async () => {
    await stopWorking();
    const next = registerApp(app.simulator);
    await credentialDesk(app, tenant, next).addActive();
    expectStatus(await create(), 201);
    const { body } = await desk.act(credentialId, 'retire');
    expect(body).toMatchObject({ status: 'retired', suspect: null });
  });

  it('row 14: a credential that Yoti refuses shows to the operator and in the metrics, and leaves the server ready and other tenants alone', async () => {
    const other = await createReadyTenant(app);
    await stopWorking();
    const health = expectStatus(await app.operator.get('/v1/health'), 200);
    expect(health.status).toBe('ok');
    const mine = health.suspectCredentials.filter(({ tenantId }: Any) => tenantId === tenant.id);
    const whose = { tenantId: tenant.id, tenant: tenant.slug, environment: 'simulator' };
    const what = { diagnosis: 'NO_PERMISSION', message: expect.any(String), count: 1 };
    expect(mine).toEqual([{ ...whose, ...what, since: expect.any(String) }]);
    expect((await tenant.admin.get('/v1/health')).status).toBe(403);
    expect((await app.anonymous.get('/health/ready')).status).toBe(200);
    const { body: metrics } = await app.anonymous.get<string>('/metrics');
    expect(metrics).toMatch(/^countersign_suspect_credentials\{environment="simulator"\} [1-9]/m);
    expect(metrics).toContain('countersign_suspect_credentials{environment="live"} 0');

    await createSession(other);
    const { body } = await other.key.get('/v1/credentials');
    expect(body.items.map(({ suspect }: Any) => suspect)).toEqual([null]);
    const { body: feed } = await other.key.get('/v1/events?type=credential.suspect');
    expect(feed.items).toEqual([]);
  });
});

describe('through a proxy', () => {
  let proxy: YotiProxy;
  let id: string;

  beforeEach(async () => {
    proxy = await startYotiProxy(() => app.simulator.origin);
    app.config.yotiApiUrls.push(proxy.baseUrl);
    id = await desk.addActive({ apiUrl: proxy.baseUrl });
  });

  afterEach(() => proxy.close());

  it.each([
    [401, 'KEY_WITHDRAWN', 'WRONG_KEY'],
    [403, 'APPLICATION_PAUSED', 'NO_PERMISSION'],
  ])(
    'row 14: %i %s, which Yoti does not document, makes a credential suspect',
    async (status, code, diagnosis) => {
      for (const call of ['create', 'read'] as const) proxy.answer(call, refusal(status, code));
      expect((await create()).body.code).toBe('yoti_refused');
      const { suspect } = await eventually(async () => {
        const credential = await desk.get(id);
        return credential.suspect !== null && credential;
      });
      expect(suspect.diagnosis).toBe(diagnosis);
    },
  );

  it('row 14: one refusal is looked into, and forgotten when the credential works', async () => {
    proxy.answerCreations((response) => {
      proxy.answerCreations(undefined);
      refusal(401, 'MESSAGE_SIGNING')(response);
    });
    expect((await create()).body.code).toBe('yoti_refused');
    await eventually(async () => {
      const [row] = await app.sql(
        'SELECT 1 FROM credentials WHERE id = $1 AND probed_at IS NOT NULL AND refused_at IS NULL',
        [id],
      );
      return row;
    });
    expect((await desk.get(id)).suspect).toBeNull();
    expectStatus(await create(), 201);
    expect(await desk.eventNames()).not.toContain('credential.suspect');
  });
});
