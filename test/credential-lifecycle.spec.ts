import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { loadConfig } from '../src/config.js';
import { Credentials } from '../src/credentials/credentials.service.js';
import { KeyRing } from '../src/crypto/key-ring.js';
import { starterDocument } from '../src/policies/policy.document.js';
import { registerApp, type YotiApp } from './support/simulated-yoti.js';
import { startTestApp, type TestApp } from './support/app.js';
import { createBareTenant, type BareTenant } from './support/bare-tenant.js';

let app: TestApp;
let yotiApp: YotiApp;
let tenant: BareTenant;

beforeAll(async () => {
  app = await startTestApp();
  yotiApp = registerApp(app.simulator);
});

afterAll(() => app.stop());

beforeEach(async () => {
  tenant = await createBareTenant(app);
});

const call = (caller: BareTenant, method: string, path: string, body?: unknown) =>
  caller.key.send(method, path, body);

async function add(): Promise<string> {
  const { status, body } = await call(tenant, 'POST', '/v1/credentials', {
    name: 'Production',
    sdkId: yotiApp.sdkId,
    apiUrl: app.simulator.baseUrl,
    privateKeyPem: yotiApp.pem,
  });
  expect(status).toBe(201);
  return body.id;
}

const act = (id: string, action: 'check' | 'activate' | 'retire') =>
  call(tenant, 'POST', `/v1/credentials/${id}/${action}`);

async function addActive(): Promise<string> {
  const id = await add();
  await act(id, 'check');
  expect((await act(id, 'activate')).body.status).toBe('active');
  return id;
}

async function auditActions(): Promise<string[]> {
  const rows = await app.sql<{ action: string }>(
    `SELECT action FROM audit_entries WHERE tenant_id = $1 AND object_type = 'credential' ORDER BY id`,
    [tenant.id],
  );
  return rows.map(({ action }) => action);
}

async function openSession(credentialId: string): Promise<string> {
  const policy = await call(tenant, 'POST', '/v1/policies', {
    slug: 'p',
    name: 'P',
    draft: starterDocument,
  });
  await call(tenant, 'POST', `/v1/policies/${policy.body.id}/versions/1/publish`);
  const id = uuidv7();
  await app.sql(
    `INSERT INTO sessions (tenant_id, id, policy_id, policy_version, credential_id, status, link_hash,
                           notification_path_hash, notification_token_hash)
     VALUES ($1, $2, $3, 1, $4, 'ongoing', '', '', '')`,
    [tenant.id, id, policy.body.id, credentialId],
  );
  return id;
}

describe('activating a credential', () => {
  it('needs a good check', async () => {
    const id = await add();
    const refused = await act(id, 'activate');
    expect([refused.status, refused.body.code]).toEqual([409, 'conflict']);
    expect(refused.body.detail).toContain('run check');
  });

  it('replaces the one before, and is told', async () => {
    const before = await addActive();
    const after = await addActive();
    const { body } = await call(tenant, 'GET', `/v1/credentials/${before}`);
    expect(body.status).toBe('retiring');
    expect(await auditActions()).toEqual([
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
        payload: { credentialId, status: 'active' },
      })),
    );
    expect((await act(before, 'activate')).body.code).toBe('conflict');
  });

  it('changes nothing when it is active already', async () => {
    const id = await addActive();
    const count = (await auditActions()).length;
    expect((await act(id, 'activate')).body.status).toBe('active');
    expect(await auditActions()).toHaveLength(count);
  });

  it('leaves one active when two are activated at once', async () => {
    const ids = [await add(), await add()];
    for (const id of ids) await act(id, 'check');
    const answers = await Promise.all(ids.map((id) => act(id, 'activate')));
    for (const { status } of answers) expect([200, 409]).toContain(status);
    const active = await app.sql(`SELECT id FROM credentials WHERE tenant_id = $1 AND status = 'active'`, [
      tenant.id,
    ]);
    expect(active).toHaveLength(1);
  });
});

describe('retiring a credential', () => {
  it('happens at once when no session needs it', async () => {
    const id = await addActive();
    const { body } = await act(id, 'retire');
    expect(body).toMatchObject({ status: 'retired', retiredAt: expect.any(String) });
    expect((await act(id, 'retire')).body).toEqual(body);
    expect((await act(id, 'activate')).body.code).toBe('conflict');
    expect((await auditActions()).filter((action) => action === 'credential.retired')).toHaveLength(1);
  });

  it('waits for the open sessions that it made', async () => {
    const id = await addActive();
    const session = await openSession(id);
    expect((await act(id, 'retire')).body).toMatchObject({ status: 'retiring', retiredAt: null });
    expect((await act(id, 'retire')).body.status).toBe('retiring');
    await app.sql(`UPDATE sessions SET status = 'completed' WHERE id = $1`, [session]);
    expect((await act(id, 'retire')).body.status).toBe('retired');
    expect((await auditActions()).slice(-2)).toEqual(['credential.retiring', 'credential.retired']);
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
    undefined as never,
    new KeyRing(config.encryptionKeys),
    undefined as never,
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
    expect(() => credentials.toConnection({ ...row, tenantId: 'stranger' })).toThrow('not from this place');
  });

  it('is refused once the operator no longer allows its address', () => {
    const row = { ...rowOf('tenant', 'three'), apiUrl: 'https://gone.example/idverify/v1' };
    expect(() => credentials.toConnection(row)).toThrow("doesn't allow");
  });
});
