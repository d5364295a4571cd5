// What every benchmark of the product needs: its database, its settings, a tenant, and an end that leaves nothing.
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../dist/src/database/data-source.js';
import { startEmbeddedPostgres } from '../dist/src/database/embedded-postgres.js';
import { migrate } from '../dist/src/database/migrate.js';
import { TenantDb } from '../dist/src/database/tenant-db.js';
import { DemoApi } from '../dist/src/demo/demo-api.js';
import { createOperator } from '../dist/src/users/create-operator.js';

const OPERATOR = { email: 'operator@bench.example', name: 'Operator', password: randomUUID() };

/** Runs a benchmark, and then what it asked for with `onEnd`, last things first. */
export async function withEndings(run) {
  const endings = [];
  try {
    return await run((end) => endings.unshift(end));
  } finally {
    for (const end of endings) await end();
  }
}

export const medianOf = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

export const percentileOf = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)];

/** An application at Yoti, with a key of its own. */
export function newYotiApp() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { sdkId: randomUUID(), privateKeyPem };
}

/**
 * A durable database of its own, migrated, and the settings of a production server on it.
 *
 * @param {string[]} yotiUrls API bases that credentials may name
 */
export const countersignSettings = async (yotiUrls, onEnd) =>
  settingsOn(await startDatabase(onEnd), yotiUrls);

/** A durable database of its own. */
export async function startDatabase(onEnd) {
  const dataDir = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  // Started by root, PostgreSQL runs as another user, who has to pass through.
  chmodSync(dataDir, 0o755);
  onEnd(() => rmSync(dataDir, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ dataDir, log: () => undefined });
  onEnd(postgres.stop);
  return postgres;
}

/** Migrates the database. @returns the settings of a production server on it */
export async function settingsOn(postgres, yotiUrls) {
  await migrate({ url: postgres.ownerUrl });
  const options = dataSourceOptions({ databaseUrl: postgres.appUrl, databasePoolSize: 2 });
  const dataSource = await new DataSource(options).initialize();
  await createOperator(new TenantDb(dataSource), OPERATOR);
  await dataSource.destroy();
  const port = await freePort();
  return {
    DATABASE_URL: postgres.appUrl,
    ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    HOST: '127.0.0.1',
    PORT: String(port),
    YOTI_API_URLS: yotiUrls.join(','),
    RATE_LIMIT_PER_MINUTE: '100000000',
  };
}

async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/**
 * @param {string} [webhookUrl] where the tenant has the completion of its sessions told
 * @returns an API key of a new tenant that can create sessions
 */
export async function makeTenant(url, { apiUrl, sdkId, privateKeyPem }, webhookUrl) {
  const api = new DemoApi(url);
  const slug = `bench-${randomUUID().slice(0, 8)}`;
  const operator = await api.logIn(OPERATOR.email, OPERATOR.password);
  const email = `admin@${slug}.example`;
  const created = await operator.post('/v1/tenants', {
    slug,
    name: 'Bench',
    admin: { email, name: 'Admin' },
  });
  const admin = await api.logIn(email, created.admin.initialPassword);
  const credential = await admin.post('/v1/credentials', { name: 'Stand-in', sdkId, apiUrl, privateKeyPem });
  await admin.post(`/v1/credentials/${credential.id}/check`);
  await admin.post(`/v1/credentials/${credential.id}/activate`);
  const policy = await admin.post('/v1/policies', { slug: 'identity', name: 'Identity' });
  await admin.post(`/v1/policies/${policy.id}/versions/1/publish`);
  if (webhookUrl) {
    await admin.post('/v1/webhook-endpoints', { url: webhookUrl, events: ['session.completed'] });
  }
  const { key } = await admin.post('/v1/api-keys', { name: 'Bench', scopes: ['sessions:write'] });
  return key;
}

/**
 * Sessions of a new tenant, one made after the other.
 *
 * @param standIn process of `yoti-stand-in.mjs`
 * @returns their ids, and each one's notification as a request
 */
export async function makeSessions(url, standIn, count, webhookUrl) {
  const key = await makeTenant(url, { ...newYotiApp(), apiUrl: standIn.url }, webhookUrl);
  const api = new DemoApi(url).withKey(key);
  await standIn.ask('targets');
  const ids = [];
  for (let n = 0; n < count; n += 1) ids.push((await api.post('/v1/sessions', { policy: 'identity' })).id);
  const { targets } = await standIn.ask('targets');
  return { ids, targets: targets.map(notificationOf) };
}

/** Yoti's notification that a session is complete. */
export const notificationOf = ({ id, endpoint, token }) => ({
  path: new URL(endpoint).pathname,
  headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
  body: JSON.stringify({ session_id: id, topic: 'session_completion' }),
});
