import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { checkKeyRing } from '../../src/crypto/check-key-ring.js';
import { KeyRing, keyIdOf } from '../../src/crypto/key-ring.js';
import { sealedColumns } from '../../src/crypto/sealed-columns.js';
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
import { expectInvariants } from '../support/invariants.js';
import { ServerProcess } from '../support/server-process.js';

const SCRIPT = fileURLToPath(new URL('../../dist/scripts/rewrap.js', import.meta.url));

/** Between two journeys, so that the traffic leaves the servers time to start. */
const PAUSE_MS = 20;

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

/** Keeps making and reading sessions, at whichever server takes requests, and remembers what went wrong. */
class Traffic {
  readonly failures: unknown[] = [];
  readonly sessions: string[] = [];
  private readonly lanes: { url: string }[] = [];
  private readonly ended: Promise<void>[] = [];
  private stopped = false;

  constructor(
    private readonly apiKey: string,
    private url: string,
  ) {
    for (let n = 0; n < 2; n += 1) {
      const lane = { url };
      this.lanes.push(lane);
      this.ended.push(this.drive(lane));
    }
  }

  /** From now on at another server; resolves when nothing is asked of the one before. */
  async moveTo(url: string): Promise<void> {
    this.url = url;
    await eventually(async () => this.lanes.every((lane) => lane.url === url), 60_000);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.ended);
  }

  private async drive(lane: { url: string }): Promise<void> {
    while (!this.stopped) {
      lane.url = this.url;
      const caller = new Client(lane.url, bearer(this.apiKey));
      await sleep(PAUSE_MS);
      await this.journey(caller).catch((error: unknown) => this.failures.push(String(error)));
    }
  }

  private async journey(caller: Client): Promise<void> {
    const body = { policy: 'identity', metadata: { order: randomUUID() } };
    const { id } = expectStatus(await caller.post('/v1/sessions', body), 201);
    this.sessions.push(id as string);
    const earlier = this.sessions[Math.floor(Math.random() * this.sessions.length)];
    expectStatus(await caller.get(`/v1/sessions/${earlier}`), 200);
    expectStatus(await caller.get(`/v1/sessions/${earlier}/link`), 200);
  }
}

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

  function rewrap(keys: Keys): ChildProcess {
    const env = { PATH: process.env.PATH, ...settings(keys) };
    return spawn(process.execPath, [SCRIPT], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  }

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
    const traffic = new Traffic(tenant.apiKey, app.url);
    let server: Awaited<ReturnType<typeof startWith>> = { url: app.url, stop: () => app.server.stop() };
    const replaceBy = async (keys: Keys) => {
      const next = await startWith(keys);
      await traffic.moveTo(next.url);
      await server.stop();
      server = next;
      serving = next.url;
    };

    await replaceBy([newKey, old]);
    await killHalfWay();
    expect(await keysOf({ table: 'credentials', column: 'private_key' })).toEqual([newKey.id]);
    expect(await keysOf({ table: 'sessions', column: 'data_key' })).toContain(old.id);
    expect(await knownKeys()).toEqual([newKey.id, old.id]);

    const again = rewrap([newKey, old]);
    const [printed, [code]] = await Promise.all([text(again), once(again, 'exit')]);
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
    for (const id of [...traffic.sessions.slice(0, 20), ...traffic.sessions.slice(-20)]) {
      const { metadata } = expectStatus(await caller.get(`/v1/sessions/${id}`), 200);
      expect(metadata).toEqual({ order: expect.any(String) });
    }
  }, 300_000);

  /** Kills the re-wrapping when it has done the credentials and waits for the secrets. */
  async function killHalfWay(): Promise<void> {
    const other = new pg.Client({ connectionString: app.database.adminUrl });
    await other.connect();
    await other.query('BEGIN; LOCK TABLE secrets IN EXCLUSIVE MODE');
    const process = rewrap([newKey, old]);
    const exit = once(process, 'exit');
    await eventually(async () => {
      const waiting = await app.sql(
        `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'secrets'::regclass`,
      );
      return waiting.length > 0 || process.exitCode !== null;
    }, 60_000);
    process.kill('SIGKILL');
    await exit;
    await other.end();
  }
});

async function text(child: ChildProcess): Promise<string> {
  let printed = '';
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) printed += chunk.toString();
  return printed;
}
