import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { checkKeyRing } from '../../src/crypto/check-key-ring.js';
import { KeyRing, keyIdOf } from '../../src/crypto/key-ring.js';
import { countLeft } from '../../src/crypto/rewrap.js';
import { sealedColumns } from '../../src/crypto/sealed-columns.js';
import { dataSourceOptions } from '../../src/database/data-source.js';
import { TenantDb } from '../../src/database/tenant-db.js';
import { eventually, freePort, startTestApp, type TestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import {
  bearer,
  createReadyTenant,
  createSession,
  expectStatus,
  type TestTenant,
} from '../support/factories.js';
import { secretPlace } from '../../src/webhooks/webhook-signature.js';
import { SessionTraffic } from '../support/session-traffic.js';
import { expectInvariants } from '../support/invariants.js';
import { startScript } from '../support/run-script.js';
import { ServerProcess } from '../support/server-process.js';

/** What is stored as bytes and not sealed by the ring: hashes, and what a session's data key seals. */
const OTHER_BYTES = [
  'api_keys.key_hash',
  'emails.address',
  'emails.link_hash',
  'encryption_keys.check_value',
  'ended_links.link_hash',
  'idempotency_keys.fingerprint',
  'operator_idempotency_keys.fingerprint',
  'reviews.note',
  'sessions.client_token',
  'sessions.link',
  'sessions.link_hash',
  'sessions.metadata',
  'sessions.notification_path_hash',
  'sessions.notification_token_hash',
  'sessions.result',
  'sessions.result_hash',
  'user_sessions.token_hash',
];

type Keys = { id: string; key: Buffer }[];

describe('row 51: the keys of the key ring', () => {
  const newKey = { id: 'new', key: randomBytes(32) };
  let app: TestApp;
  const old = { id: 'old', key: randomBytes(32) };
  let tenant: TestTenant;
  /** Where the server is that takes requests. */
  let serving: string;
  const running: ServerProcess[] = [];

  beforeAll(async () => {
    // The first step of a rotation: every server can open what the next ones will seal.
    app = await startTestApp({ config: { encryptionKeys: [old, newKey] } });
    tenant = await createReadyTenant(app);
    serving = app.url;
  });

  afterEach(() => expectInvariants({ ...app, url: serving }));

  afterAll(async () => {
    for (const server of running) await server.kill();
    await app.stop();
  });

  const settings = (keys: Keys) => ({
    DATABASE_URL: app.appUrl,
    ...app.database.settings,
    PUBLIC_URL: app.url,
    ENCRYPTION_KEYS: keys.map(({ id, key }) => `${id}:${key.toString('base64')}`).join(),
  });

  /** A further server on the same database, in a process of its own. */
  async function startWith(keys: Keys): Promise<{ url: string; stop: () => Promise<unknown> }> {
    const port = await freePort();
    const server = await ServerProcess.start({
      ...settings(keys),
      HOST: '127.0.0.1',
      PORT: String(port),
      YOTI_API_URLS: app.simulator.baseUrl,
      RATE_LIMIT_PER_MINUTE: '1000000',
      SHUTDOWN_NOTICE_SECONDS: '0',
      LOG_LEVEL: 'silent',
    });
    running.push(server);
    return { url: `http://127.0.0.1:${port}`, stop: () => server.terminate() };
  }

  /** What a server does with its keys before it serves. */
  const check = (keys: Keys) => checkKeyRing(app.server.app.get(TenantDb), new KeyRing(keys));

  const rewrap = (keys: Keys, ...args: string[]) => startScript('scripts/rewrap', args, settings(keys));

  /** The keys that a server's ring has to have. */
  const knownKeys = async () =>
    (await app.sql<{ id: string }>('SELECT id FROM encryption_keys ORDER BY id')).map(({ id }) => id);

  /** Ids of the keys that a table's values are sealed under. */
  async function keysOf({ table, column }: { table: string; column: string }): Promise<string[]> {
    const rows = await app.sql<{ value: Buffer }>(
      `SELECT ${column} AS value FROM ${table} WHERE length(${column}) > 0`,
    );
    return [...new Set(rows.map(({ value }) => keyIdOf(value)))].toSorted();
  }

  it('are named with every column whose values they seal', async () => {
    const columns = await app.sql<{ name: string }>(
      `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type = 'bytea'`,
    );
    const sealed = sealedColumns.map(({ table, column }) => `${table}.${column}`);
    expect(columns.map(({ name }) => name).toSorted()).toEqual([...sealed, ...OTHER_BYTES].toSorted());
  });

  it('have to be those of the database: a server with another or without one does not start', async () => {
    await createSession(tenant);
    const wrong = [newKey, { id: old.id, key: randomBytes(32) }];
    const [another, lacking] = [`The key "${old.id}" of ENCRYPTION_KEYS is not`, `lacks the key "${old.id}"`];
    await expect(startWith(wrong)).rejects.toThrow(another);
    await expect(check(wrong)).rejects.toThrow(another);
    await expect(check([newKey])).rejects.toThrow(lacking);
    // A database that has never met a server which looks.
    await app.sql('DELETE FROM encryption_keys');
    await expect(check(wrong)).rejects.toThrow(another);
    await expect(check([newKey])).rejects.toThrow(lacking);
    expect(await app.sql('SELECT 1 FROM encryption_keys')).toEqual([]);
    await check([old, newKey]);
    expect(await knownKeys()).toEqual([newKey.id, old.id]);
  });

  it('are those of one server when two begin at once with different ones; the other leaves no trace', async () => {
    await app.sql('UPDATE sessions SET data_key = NULL');
    for (let round = 0; round < 5; round += 1) {
      await app.sql('DELETE FROM encryption_keys');
      const rings: Keys[] = ['a', 'b', 'c'].map((id) => [{ id, key: randomBytes(32) }]);
      const begun = await Promise.allSettled(rings.map((keys) => check(keys)));
      const winners = rings.filter((_, n) => begun[n]?.status === 'fulfilled');
      expect(await knownKeys()).toEqual(winners.flat().map(({ id }) => id));
      expect(winners).toHaveLength(1);
      await check(winners[0] ?? []);
    }
    await app.sql('DELETE FROM encryption_keys');
    await check([old, newKey]);
  });

  it('are looked at on a database that takes no changes', async () => {
    const options = dataSourceOptions({
      databaseUrl: app.config.databaseListenUrl,
      databasePoolSize: 1,
      databasePrepare: false,
    });
    const dataSource = await new DataSource(options).initialize();
    await dataSource.query('SET default_transaction_read_only = on');
    try {
      await checkKeyRing(new TenantDb(dataSource), new KeyRing([old, newKey]));
    } finally {
      await dataSource.destroy();
    }
  });

  it('are counted in steps, none of which reads a whole table', async () => {
    for (let n = 0; n < 5; n += 1) await createSession(tenant);
    const [stored] = await app.sql('SELECT count(*)::int AS count FROM sessions WHERE data_key IS NOT NULL');
    for (const batch of [1, 2, 1000]) {
      const db = app.server.app.get(TenantDb);
      const left = await countLeft({ db, ring: new KeyRing([newKey, old]), batch });
      expect(left).toContainEqual({ keyId: old.id, table: 'sessions', ...stored });
      expect(left).toContainEqual({ keyId: old.id, table: 'credentials', count: 1 });
    }
  });

  it('are not given up while the ring has them, nor when the database does not need them', async () => {
    const unknown = await rewrap([old, newKey], '--give-up', 'elsewhere').ended;
    expect(unknown).toMatchObject({
      code: 1,
      printed: expect.stringContaining('does not need a key "elsewhere"'),
    });
    for (const { id } of [old, newKey]) {
      const refused = await rewrap([old, newKey], '--give-up', id).ended;
      expect(refused).toMatchObject({
        code: 1,
        printed: expect.stringContaining(`ENCRYPTION_KEYS has the key "${id}"`),
      });
    }
    const wrong = await rewrap([{ id: old.id, key: randomBytes(32) }], '--give-up', newKey.id).ended;
    expect(wrong).toMatchObject({ code: 1, printed: expect.stringContaining(`The key "${old.id}" of`) });
    expect(await rewrap([old], '--forget', newKey.id).ended).toMatchObject({
      code: 1,
      printed: expect.stringContaining('Usage:'),
    });
    expect(await knownKeys()).toEqual([newKey.id, old.id]);
  });

  it('are rotated under traffic without a failed request, also when the re-wrapping is killed half-way', async () => {
    expectStatus(await tenant.admin.send('PUT', '/v1/secrets/watchlist', { value: 'a-key-elsewhere' }), 200);
    const endpoint = { url: 'https://hooks.example/', events: ['policy.published'] };
    const { id } = expectStatus(await tenant.key.post('/v1/webhook-endpoints', endpoint), 201);
    // Two secrets of one endpoint that were sealed for it and still sign.
    const rotate = `/v1/webhook-endpoints/${id}/rotate-secret`;
    expectStatus(await tenant.key.post(rotate, {}), 200);
    expectStatus(await tenant.key.post(rotate, {}), 200);
    const secrets = `SELECT array_agg(secret ORDER BY id) AS secrets FROM webhook_retiring_secrets WHERE endpoint_id = $1`;
    const open = async (keys: Keys) => {
      const [row] = await app.sql<{ secrets: Buffer[] }>(secrets, [id]);
      const place = secretPlace({ tenantId: tenant.id, id: id as string });
      return row?.secrets.map((secret) => new KeyRing(keys).open(secret, place).toString());
    };
    const retiring = await open([old]);
    const keyed = { 'idempotency-key': randomUUID() };
    const first = expectStatus(
      await tenant.key.with(keyed).post('/v1/sessions', { policy: 'identity' }),
      201,
    );
    const admin = { email: 'admin@keyed.example', name: 'Admin' };
    const made = { slug: `keyed-${randomUUID()}`, name: 'Keyed', admin };
    expectStatus(await app.operator.with(keyed).post('/v1/tenants', made), 201);
    const traffic = new SessionTraffic(tenant.apiKey, app.url);
    let server: Awaited<ReturnType<typeof startWith>> = { url: app.url, stop: () => app.server.stop() };
    const replaceBy = async (keys: Keys) => {
      const next = await startWith(keys);
      await traffic.moveTo(next.url);
      await server.stop();
      server = next;
      serving = next.url;
    };

    await replaceBy([newKey, old]);
    // A credential that the traffic has locked at that moment is left for later.
    await eventually(async () => {
      await killHalfWay();
      const keys = await keysOf({ table: 'credentials', column: 'private_key' });
      return keys.join() === newKey.id;
    }, 120_000);
    expect(await keysOf({ table: 'sessions', column: 'data_key' })).toContain(old.id);
    expect(await knownKeys()).toEqual([newKey.id, old.id]);

    const { printed, code } = await rewrap([newKey, old]).ended;
    expect(printed).toContain(`Nothing needs the key "${old.id}" any more.`);
    expect(code).toBe(0);
    expect(await knownKeys()).toEqual([newKey.id]);
    await replaceBy([newKey]);
    const before = traffic.sessions.length;
    await eventually(async () => traffic.sessions.length > before, 60_000);
    await traffic.stop();
    expect(traffic.failures).toEqual([]);
    for (const column of sealedColumns) {
      expect([column.table, await keysOf(column)]).toEqual([column.table, [newKey.id]]);
    }
    expect(await open([newKey])).toEqual(retiring);
    const caller = new Client(server.url, bearer(tenant.apiKey));
    const replay = await caller.with(keyed).post('/v1/sessions', { policy: 'identity' });
    expect([replay.body.id, replay.headers.get('idempotency-replayed')]).toEqual([first.id, 'true']);
    for (const sessionId of [...traffic.sessions.slice(0, 20), ...traffic.sessions.slice(-20)]) {
      const { metadata } = expectStatus(await caller.get(`/v1/sessions/${sessionId}`), 200);
      expect(metadata).toEqual({ order: expect.any(String) });
    }
  }, 300_000);

  /** Kills the re-wrapping when it has done the credentials and waits for the secrets. */
  async function killHalfWay(): Promise<void> {
    const other = new pg.Client({ connectionString: app.database.adminUrl });
    await other.connect();
    await other.query('BEGIN; LOCK TABLE secrets IN EXCLUSIVE MODE');
    const { child, ended } = rewrap([newKey, old]);
    await eventually(async () => {
      const waiting = await app.sql(
        `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'secrets'::regclass`,
      );
      return waiting.length > 0 || child.exitCode !== null;
    }, 60_000);
    child.kill('SIGKILL');
    await ended;
    await other.end();
  }
});
