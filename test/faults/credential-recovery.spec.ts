import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually, startTestApp, type TestApp } from '../support/app.js';
import type { Any } from '../support/client.js';
import { credentialDesk, type CredentialDesk } from '../support/credentials.js';
import { createTenant, expectStatus, publishPolicy, type TestTenant } from '../support/factories.js';
import { expectInvariants } from '../support/invariants.js';
import { registerApp, type YotiApp } from '../support/simulated-yoti.js';
import { YotiGate } from '../support/yoti-gate.js';
import { answering, startYotiProxy, type YotiProxy } from '../support/yoti-proxy.js';

let app: TestApp;
let gate: YotiGate;
let tenant: TestTenant;
let yotiApp: YotiApp;
let desk: CredentialDesk;
let credentialId: string;

beforeAll(async () => {
  app = await startTestApp();
  gate = await YotiGate.start(app.simulator.origin);
  app.config.yotiApiUrls.push(`${gate.origin}/idverify/v1`);
});

afterAll(async () => {
  await app.stop();
  await gate.close();
});

beforeEach(async () => {
  tenant = await createTenant(app);
  yotiApp = registerApp(app.simulator);
  await publishPolicy(tenant);
  desk = credentialDesk(app, tenant, yotiApp);
  credentialId = await desk.addActive({ apiUrl: `${gate.origin}/idverify/v1` });
});

afterEach(() => expectInvariants(app));

const create = () => tenant.key.post('/v1/sessions', { policy: 'identity' });

const enable = (enabled: boolean) =>
  app.simulator.registerApp({ sdkId: yotiApp.sdkId, publicKeyPem: yotiApp.publicKeyPem, enabled });

const whenSuspect = (id = credentialId) =>
  eventually(async () => {
    const credential = await desk.get(id);
    return credential.suspect !== null && credential;
  });

/** No probe comes between. */
const putProbeOff = () =>
  app.sql(`UPDATE credentials SET next_look_at = now() + interval '1 hour' WHERE id = $1`, [credentialId]);

async function stopWorking(): Promise<void> {
  enable(false);
  expect((await create()).status).toBe(502);
  await whenSuspect();
  await putProbeOff();
}

/** Has the worker look now, and waits until it has said when it looks next. */
async function letLook(): Promise<void> {
  await app.sql('UPDATE credentials SET next_look_at = now() WHERE id = $1', [credentialId]);
  await app.sql(`SELECT pg_notify('countersign_work', 'credentials')`);
  await eventually(async () => {
    const [row] = await app.sql(
      `SELECT 1 FROM credentials WHERE id = $1 AND lease_token IS NULL AND coalesce(next_look_at, 'infinity') > now()`,
      [credentialId],
    );
    return row;
  });
}

describe('a credential that stays bad', () => {
  it('row 14: a credential that Yoti refuses for days is still probed, and noticed when it works again', async () => {
    await stopWorking();
    for (let probes = 0; probes < 25; probes += 1) {
      const before = gate.requests;
      await letLook();
      expect(gate.requests).toBe(before + 1);
    }
    enable(true);
    await letLook();
    expect((await desk.get(credentialId)).suspect).toBeNull();
    expectStatus(await create(), 201);
  });

  it('row 14: a credential whose every look came to nothing is looked at again after an hour, and once more after the next', async () => {
    await stopWorking();
    await app.sql('UPDATE credentials SET work_attempts = 20 WHERE id = $1', [credentialId]);
    const sent = gate.requests;
    await letLook();
    expect(gate.requests).toBe(sent);
    const { nextProbeAt } = (await desk.get(credentialId)).suspect;
    expect(Date.parse(nextProbeAt) - Date.now()).toBeGreaterThan(50 * 60_000);
    enable(true);
    await letLook();
    expect((await desk.get(credentialId)).suspect).toBeNull();
  });

  it('row 14: a credential that Yoti refuses works again although somebody holds one of its sessions, and what never waited for it is left alone', async () => {
    const sessions: Any[] = [];
    for (let n = 0; n < 3; n += 1) sessions.push(expectStatus(await create(), 201));
    const [held, waiting, untouched] = sessions.map(({ id }) => id as string);
    await stopWorking();
    for (const id of [held, waiting]) {
      expect((await tenant.key.post(`/v1/sessions/${id}/sync`)).body.code).toBe('credential_suspect');
      expect((await tenant.key.get(`/v1/sessions/${id}`)).body.syncError).toBe('credential_suspect');
    }
    const holder = new pg.Client({ connectionString: app.database.adminUrl });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT 1 FROM sessions WHERE id = $1 FOR UPDATE', [held]);
      enable(true);
      expect((await desk.act(credentialId, 'check')).body.suspect).toBeNull();
      await eventually(async () => (await tenant.key.get(`/v1/sessions/${waiting}`)).body.syncError === null);
      const requestsOf = async (id?: string) =>
        (await app.sql('SELECT sync_requests FROM sessions WHERE id = $1', [id]))[0]?.sync_requests;
      expect([await requestsOf(held), await requestsOf(untouched)]).toEqual([1, 0]);
    } finally {
      await holder.end();
    }
    // Without the probe's hour it would have been put off for moments only.
    await app.sql('UPDATE sessions SET next_sync_at = now() WHERE id = $1', [held]);
    await eventually(async () => (await tenant.key.get(`/v1/sessions/${held}`)).body.syncError === null);
  });

  it('row 14: a credential whose address the operator no longer allows is suspect for that', async () => {
    const gone = 'https://gone.example/idverify/v1';
    await app.sql('UPDATE credentials SET api_url = $2 WHERE id = $1', [credentialId, gone]);
    expect((await create()).body.code).toBe('credential_invalid');
    expect((await whenSuspect()).suspect.diagnosis).toBe('ADDRESS_NOT_ALLOWED');
    expect((await create()).body.code).toBe('credential_suspect');
  });

  it('row 14: a credential that Yoti refuses is suspect for what a look at devices is refused for, and spared further ones', async () => {
    const session = expectStatus(await create(), 201);
    const look = () => tenant.key.get(`/v1/sessions/${session.id}/devices`);
    enable(false);
    expect((await look()).body.code).toBe('yoti_refused');
    expect((await whenSuspect()).suspect.diagnosis).toBe('NO_PERMISSION');
    await putProbeOff();
    const sent = gate.requests;
    const refused = await look();
    expect([refused.status, refused.body.code]).toEqual([503, 'credential_suspect']);
    expect(gate.requests).toBe(sent);
  });
});

describe('a refusal that no probe can explain', () => {
  let proxy: YotiProxy;

  beforeEach(async () => {
    proxy = await startYotiProxy(() => app.simulator.origin);
    app.config.yotiApiUrls.push(proxy.baseUrl);
  });

  afterEach(() => proxy.close());

  it('row 14: a refusal that Yoti’s failures leave unexplained is forgotten, and the next one is looked into', async () => {
    const id = await desk.addActive({ apiUrl: proxy.baseUrl });
    const refused = answering(401, { code: 'MESSAGE_SIGNING', message: 'No' });
    proxy.answer('read', answering(503));
    proxy.answer('create', refused);
    expect((await create()).body.code).toBe('yoti_refused');
    const looked = (rest: string) =>
      eventually(async () => {
        const [row] = await app.sql(
          `SELECT 1 FROM credentials WHERE id = $1 AND lease_token IS NULL AND probed_at IS NOT NULL AND ${rest}`,
          [id],
        );
        return row;
      });
    await looked('refused_at IS NOT NULL');
    await app.sql('UPDATE credentials SET work_attempts = 7, next_look_at = now() WHERE id = $1', [id]);
    await looked('refused_at IS NULL AND next_look_at IS NULL AND work_attempts = 0');
    expect((await desk.get(id)).suspect).toBeNull();

    await app.sql(`UPDATE credentials SET probed_at = now() - interval '2 minutes' WHERE id = $1`, [id]);
    proxy.answer('read', refused);
    expect((await create()).body.code).toBe('yoti_refused');
    expect((await whenSuspect(id)).suspect.diagnosis).toBe('WRONG_KEY');
  });
});

describe('a credential that is not to blame, or not needed', () => {
  it('row 14: a session whose own key is lost says nothing about its credential, and makes no other session at Yoti', async () => {
    const { id } = expectStatus(await create(), 201);
    const known = () =>
      app.sql('SELECT probed_at, refused_at, suspect_since FROM credentials WHERE id = $1', [credentialId]);
    const before = await known();
    const { creations } = gate;
    await app.sql(`UPDATE sessions SET data_key = '\\x0102' WHERE id = $1`, [id]);
    const synced = await tenant.key.post(`/v1/sessions/${id}/sync`);
    expect([synced.status, synced.body.code]).toEqual([410, 'data_unreadable']);
    // A credential that is blamed is noted as refused before the answer, and as probed when that is forgotten.
    expect(await known()).toEqual(before);
    expect(gate.creations).toBe(creations);
    expectStatus(await tenant.key.post(`/v1/sessions/${id}/cancel`), 200);
  });

  it.each<[string, string]>([
    ['whose key is lost', `private_key = '\\x0102'`],
    ['whose address the operator no longer allows', `api_url = 'https://gone.example/idverify/v1'`],
  ])('row 14: a creation that was cut short with a credential %s ends as failed', async (_, change) => {
    const { id } = expectStatus(await create(), 201);
    // Nobody has used this one, so that no connection of it is kept.
    const next = await desk.addActive({ apiUrl: `${gate.origin}/idverify/v1` });
    await app.sql(`UPDATE credentials SET ${change} WHERE id = $1`, [next]);
    await app.sql(
      `UPDATE sessions SET credential_id = $2, status = 'creating', yoti_session_id = NULL, client_token = NULL,
              next_sync_at = now() WHERE id = $1`,
      [id, next],
    );
    const ended = await eventually(async () => {
      const session = expectStatus(await tenant.key.get(`/v1/sessions/${id}`), 200);
      return session.status !== 'creating' && session;
    });
    expect(ended).toMatchObject({ status: 'failed', failureCode: 'creation_interrupted', syncError: null });
  });
});
