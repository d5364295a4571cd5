import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { loadConfig } from '../src/config.js';
import { Credentials } from '../src/credentials/credentials.service.js';
import { KeyRing } from '../src/crypto/key-ring.js';
import { starterDocument } from '../src/policies/policy.document.js';
import { registerApp, type YotiApp } from './support/simulated-yoti.js';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import { createBareTenant, type BareTenant } from './support/bare-tenant.js';
import type { Any } from './support/client.js';
import { credentialDesk, type CredentialDesk } from './support/credentials.js';
import { expectStatus } from './support/factories.js';

let app: TestApp;
let yotiApp: YotiApp;
let tenant: BareTenant;
let desk: CredentialDesk;

beforeAll(async () => {
  app = await startTestApp();
  yotiApp = registerApp(app.simulator);
});

afterAll(() => app.stop());

beforeEach(async () => {
  tenant = await createBareTenant(app);
  desk = credentialDesk(app, tenant, yotiApp);
});

/** Publishes a policy. @returns its slug */
async function publishPolicy(): Promise<string> {
  const { body } = await tenant.key.post('/v1/policies', { slug: 'p', name: 'P', draft: starterDocument });
  expectStatus(await tenant.key.post(`/v1/policies/${body.id}/versions/1/publish`), 201);
  return 'p';
}

const createSession = (body: object = {}) => tenant.key.post('/v1/sessions', { policy: 'p', ...body });

/** Lets the time until the worker's next look pass. */
const letLook = (id: string) => app.sql('UPDATE credentials SET next_look_at = now() WHERE id = $1', [id]);

describe('activating a credential', () => {
  it('needs a good check', async () => {
    const id = await desk.add();
    const refused = await desk.act(id, 'activate');
    expect([refused.status, refused.body.code]).toEqual([409, 'conflict']);
    expect(refused.body.detail).toContain('run check');
  });

  it('replaces the one before, and is told', async () => {
    const before = await desk.addActive();
    const after = await desk.addActive();
    expect((await desk.get(before)).status).toBe('retiring');
    expect(await desk.auditActions()).toEqual([
      'credential.created',
      'credential.checked',
      'credential.activated',
      'credential.created',
      'credential.checked',
      'credential.retiring',
      'credential.activated',
    ]);
    const events = await app.sql('SELECT name, payload FROM events WHERE tenant_id = $1 ORDER BY id', [
      tenant.id,
    ]);
    expect(events).toEqual(
      [before, after].map((credentialId) => ({
        name: 'credential.activated',
        payload: { credentialId, environment: 'simulator', status: 'active', diagnosis: null },
      })),
    );
    expect((await desk.act(before, 'activate')).body.code).toBe('conflict');
  });

  it('changes nothing when it is active already', async () => {
    const id = await desk.addActive();
    const count = (await desk.auditActions()).length;
    expect((await desk.act(id, 'activate')).body.status).toBe('active');
    expect(await desk.auditActions()).toHaveLength(count);
  });

  it('replaces one by the other when two are activated at once', async () => {
    const ids = [await desk.add(), await desk.add()];
    for (const id of ids) await desk.act(id, 'check');
    const answers = await Promise.all(ids.map((id) => desk.act(id, 'activate')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const active = await app.sql(`SELECT id FROM credentials WHERE tenant_id = $1 AND status = 'active'`, [
      tenant.id,
    ]);
    expect(active).toHaveLength(1);
  });

  it('leaves the active one of another environment as it is', async () => {
    const [live, simulator] = [await desk.addActive(), await desk.add()];
    await app.sql(`UPDATE credentials SET environment = 'live' WHERE id = $1`, [live]);
    await desk.act(simulator, 'check');
    expect((await desk.act(simulator, 'activate')).body.status).toBe('active');
    expect((await desk.get(live)).status).toBe('active');
  });
});

describe('the environment of a session', () => {
  async function activeIn(environment: string): Promise<string> {
    const id = await desk.addActive();
    await app.sql('UPDATE credentials SET environment = $2 WHERE id = $1', [id, environment]);
    return id;
  }

  it('is that of the only active credential', async () => {
    await publishPolicy();
    expect((await createSession()).body.code).toBe('no_active_credential');
    await activeIn('sandbox');
    const session = expectStatus(await createSession(), 201);
    expect(session.environment).toBe('sandbox');
    expect((await tenant.key.get(`/v1/sessions/${session.id}`)).body.environment).toBe('sandbox');
    const other = await createSession({ environment: 'live' });
    expect([other.status, other.body.code]).toEqual([409, 'no_active_credential']);
    expect(other.body.detail).toContain('live');
  });

  it('has to be named where there are several and none is live', async () => {
    await publishPolicy();
    await activeIn('sandbox');
    await activeIn('simulator');
    const { status, body } = await createSession();
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'environment_required', '/environment']);
    expect((await createSession({ environment: 'simulator' })).body.environment).toBe('simulator');
    expect((await createSession({ environment: 'sandbox' })).body.environment).toBe('sandbox');
  });

  it('is live unless another is named, and filters the list', async () => {
    await publishPolicy();
    await activeIn('live');
    await activeIn('simulator');
    const live = expectStatus(await createSession(), 201);
    const simulated = expectStatus(await createSession({ environment: 'simulator' }), 201);
    expect([live.environment, simulated.environment]).toEqual(['live', 'simulator']);
    for (const { environment, id } of [live, simulated]) {
      const { body } = await tenant.key.get(`/v1/sessions?environment=${environment}`);
      expect(body.items.map((item: Any) => item.id)).toEqual([id]);
    }
    expect((await tenant.key.get('/v1/sessions?environment=sandbox')).body.items).toEqual([]);
  });
});

describe('retiring a credential', () => {
  it('happens at once when no session needs it', async () => {
    const id = await desk.addActive();
    const { body } = await desk.act(id, 'retire');
    expect(body).toMatchObject({ status: 'retired', retiredAt: expect.any(String) });
    expect((await desk.act(id, 'retire')).body).toEqual(body);
    expect((await desk.act(id, 'activate')).body.code).toBe('conflict');
    expect(await desk.eventNames()).toEqual(['credential.activated', 'credential.retired']);
    expect((await desk.auditActions()).filter((action) => action === 'credential.retired')).toHaveLength(1);
  });

  it('waits for the open sessions that it made, and ends by itself', async () => {
    await publishPolicy();
    const id = await desk.addActive();
    const sessions = [expectStatus(await createSession(), 201), expectStatus(await createSession(), 201)];
    const retiring = { status: 'retiring', retiredAt: null };
    expect((await desk.act(id, 'retire')).body).toMatchObject({ ...retiring, openSessions: 2 });
    for (const [index, session] of sessions.entries()) {
      expect(await desk.get(id)).toMatchObject({ ...retiring, openSessions: 2 - index });
      await letLook(id);
      // The worker has looked once the next look is later.
      await eventually(async () => {
        const [row] = await app.sql('SELECT 1 FROM credentials WHERE id = $1 AND next_look_at > now()', [id]);
        return row;
      });
      expectStatus(await tenant.key.post(`/v1/sessions/${session.id}/cancel`), 200);
    }
    await letLook(id);
    const retired = await eventually(async () => {
      const credential = await desk.get(id);
      return credential.status === 'retired' && credential;
    });
    expect(retired).toMatchObject({ retiredAt: expect.any(String), openSessions: null });
    expect((await desk.auditActions()).slice(-2)).toEqual(['credential.retiring', 'credential.retired']);
    expect(await desk.eventNames()).toEqual(['credential.activated', 'credential.retired']);
  });

  it('can be ended by hand as soon as the last session has closed', async () => {
    await publishPolicy();
    const id = await desk.addActive();
    const session = expectStatus(await createSession(), 201);
    expect((await desk.act(id, 'retire')).body.status).toBe('retiring');
    expect((await desk.act(id, 'retire')).body.status).toBe('retiring');
    expectStatus(await tenant.key.post(`/v1/sessions/${session.id}/cancel`), 200);
    expect((await desk.act(id, 'retire')).body.status).toBe('retired');
  });
});

describe('the connection of a credential', () => {
  const apiUrl = 'https://yoti.example/idverify/v1';
  const config = loadConfig({
    DATABASE_URL: 'postgres://nowhere/none',
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    PUBLIC_URL: 'http://localhost',
    YOTI_API_URLS: apiUrl,
  });
  const credentials = new Credentials(
    { run: async () => undefined } as never,
    new KeyRing(config.encryptionKeys),
    { wake: () => undefined } as never,
    config,
  );
  const rowOf = (tenantId: string, id: string) => ({
    tenantId,
    id,
    sdkId: yotiApp.sdkId,
    apiUrl,
    privateKey: credentials.seal(tenantId, id, yotiApp.pem),
  });

  it('opens the key once', () => {
    const row = rowOf('tenant', 'one');
    const connection = credentials.toConnection(row);
    expect(connection.privateKey.export({ type: 'pkcs8', format: 'pem' })).toBe(yotiApp.pem);
    expect(credentials.toConnection({ ...row, privateKey: Buffer.alloc(0) })).toBe(connection);
  });

  it('belongs to one tenant', () => {
    const row = rowOf('tenant', 'two');
    credentials.toConnection(row);
    expect(() => credentials.toConnection({ ...row, tenantId: 'stranger' })).toThrow(
      'The stored private key can not be opened.',
    );
  });

  it('is refused once the operator no longer allows its address', () => {
    const row = { ...rowOf('tenant', 'three'), apiUrl: 'https://gone.example/idverify/v1' };
    expect(() => credentials.toConnection(row)).toThrow("doesn't allow");
  });
});
