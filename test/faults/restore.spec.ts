import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StartError } from '../../src/config.js';
import { startServer, type RunningServer } from '../../src/server.js';
import { eventually, startTestApp, type TestApp } from '../support/app.js';
import { archiveCommand, ArchivedPostgres } from '../support/archived-postgres.js';
import type { Any } from '../support/client.js';
import {
  activateCredential,
  createReadyTenant,
  createSession,
  expectStatus,
  finishSession,
  type TestTenant,
} from '../support/factories.js';
import { expectInvariants } from '../support/invariants.js';
import { startScript } from '../support/run-script.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

const metadata = { branch: 'north' };
const key = (id: string) => ({ id, key: randomBytes(32) });

/** A tenant and its session that has ended, with what the API told of its result. */
interface Kept {
  tenant: TestTenant;
  session: Any;
  result: Any;
}

describe('row 61: backup, restore to a moment, and lost keys', () => {
  const first = key('first');
  const second = key('second');
  let primary: ArchivedPostgres;
  let restored: ArchivedPostgres;
  let app: TestApp;
  let server: RunningServer | undefined;
  let receiver: WebhookReceiver;
  /** One sealed under each key, and one that was written after the backup. */
  const kept: Kept[] = [];
  /** Ids of sessions whose creation was answered 201 before the moment of the restore. */
  let acknowledged: { tenant: TestTenant; id: string }[] = [];
  let open: Any;

  beforeAll(async () => {
    primary = await ArchivedPostgres.start();
    receiver = await WebhookReceiver.start();
    app = await startTestApp({ database: primary, config: { encryptionKeys: [first] } });
  }, 60_000);

  afterAll(async () => {
    await server?.stop();
    await receiver?.close();
    await app?.stop();
    await restored?.drop();
    await primary?.drop();
  });

  /** The server with these keys, where the one before was. */
  async function serve(database: ArchivedPostgres, ...encryptionKeys: { id: string; key: Buffer }[]) {
    await app.server.stop();
    await server?.stop();
    server = undefined;
    server = await startServer({ ...app.config, databaseUrl: database.appUrl, encryptionKeys });
  }

  /** A session of the tenant that has been through everything. */
  async function finished(tenant: TestTenant): Promise<Kept> {
    const session = await createSession(tenant, { metadata });
    await finishSession(app, tenant, session);
    await eventually(
      async () => (await tenant.key.get(`/v1/sessions/${session.id}`)).body.status === 'completed',
    );
    return { tenant, session, result: await resultOf(tenant, session) };
  }

  const resultOf = async (tenant: TestTenant, { id }: Any): Promise<Any> =>
    expectStatus(await tenant.key.get(`/v1/sessions/${id}/result`), 200);

  /** Creates sessions until it is stopped; what isn't answered 201 doesn't count. */
  function createSteadily(tenant: TestTenant) {
    const ids: { tenant: TestTenant; id: string }[] = [];
    let over = false;
    const work = (async () => {
      while (!over) {
        const answer = await tenant.key.post('/v1/sessions', { policy: 'identity' }).catch(() => undefined);
        if (answer?.status === 201) ids.push({ tenant, id: answer.body.id });
      }
    })();
    return {
      ids,
      stop: async () => {
        over = true;
        await work;
      },
    };
  }

  it('row 61: a table that was dropped under load is back as it was at the moment before, and the work goes on', async () => {
    const older = await createReadyTenant(app);
    kept.push(await finished(older));
    await serve(primary, second, first);
    const newer = await createReadyTenant(app);
    const endpoint = { url: receiver.at('/restored'), events: ['session.completed'] };
    expectStatus(await newer.key.post('/v1/webhook-endpoints', endpoint), 201);
    kept.push(await finished(newer));
    const load = [createSteadily(older), createSteadily(newer)];
    const created = (count: number) => eventually(async () => load.every(({ ids }) => ids.length >= count));
    await created(3);
    const backup = await primary.backUp();
    kept.push(await finished(older));
    open = await createSession(newer);
    await created(10);

    acknowledged = load.flatMap(({ ids }) => ids.slice());
    const [moment] = await primary.sql<{ now: string }>('SELECT clock_timestamp()::text AS now');
    // Of a drop and a request that wait for each other, either may be given up.
    await eventually(() =>
      primary.sql('DROP TABLE sessions CASCADE').then(
        () => true,
        () => false,
      ),
    );
    for (const { stop } of load) await stop();
    await server?.stop();
    await primary.flushArchive();
    await primary.stop();

    restored = await primary.restore(backup, moment?.now ?? '');
    await serve(restored, second, first);
    const found = await Promise.all(
      acknowledged.map(async ({ tenant, id }) => (await tenant.key.get(`/v1/sessions/${id}`)).status),
    );
    expect(found).toEqual(acknowledged.map(() => 200));
    const [audit] = await restored.sql(
      `SELECT count(*)::int AS count FROM audit_entries WHERE action = 'session.created' AND session_id = ANY ($1)`,
      [acknowledged.map(({ id }) => id)],
    );
    expect(audit).toEqual({ count: acknowledged.length });
    for (const { tenant, session, result } of kept) expect(await resultOf(tenant, session)).toEqual(result);
    for (const tenant of [older, newer]) expect(await opensKey(tenant)).toBe(true);

    await finishSession(app, newer, open);
    await eventually(async () => receiver.received.some(({ text }) => text.includes(open.id)));
    await expectInvariants({ url: app.url, appUrl: restored.appUrl, sql: restored.sql.bind(restored) });
  }, 120_000);

  it('row 61: without a key the server says how to go on without it, and then only what it sealed is lost', async () => {
    const [older, newer, later] = kept as [Kept, Kept, Kept];
    const lacking = serve(restored, second);
    await expect(lacking).rejects.toThrow(StartError);
    await expect(lacking).rejects.toThrow('npm run rewrap -- --give-up first');
    expect(await giveUp('first')).toEqual({
      code: 0,
      printed: expect.stringMatching(/^credentials: 1 values are lost with it\nsessions: \d+ values are/m),
    });
    await serve(restored, second);
    expect((await app.anonymous.get('/health/ready')).status).toBe(200);
    expect(await resultOf(newer.tenant, newer.session)).toEqual(newer.result);
    expect(await resultOf(later.tenant, later.session)).toEqual(later.result);

    const lost = `/v1/sessions/${older.session.id}`;
    const caller = older.tenant.key;
    expect(expectStatus(await caller.get(lost), 200)).toMatchObject({ status: 'completed', metadata: null });
    expect(expectStatus(await caller.get(`/v1/sessions/${later.session.id}`), 200)).toMatchObject({
      metadata,
    });
    const { items } = expectStatus(await caller.get('/v1/sessions?limit=100'), 200);
    expect(items).toContainEqual(expect.objectContaining({ id: later.session.id, metadata }));
    for (const path of [`${lost}/result`, `${lost}/media`]) {
      expect(await caller.get(path)).toMatchObject({ status: 410, body: { code: 'data_unreadable' } });
    }
    const waiting = expectStatus(await caller.get(`/v1/sessions?status=ongoing&limit=100`), 200).items;
    expect(waiting.length).toBeGreaterThan(0);
    for (const { id } of waiting) {
      expect((await caller.get(`/v1/sessions/${id}`)).status).toBe(200);
    }
    await activateCredential(app, older.tenant);
    const again = await finished(older.tenant);
    expect(again.result.checks).toHaveLength(older.result.checks.length);
    // Nothing but what was lost is left, however often it is looked for.
    expect(await rewrap()).toEqual({
      code: 0,
      printed: expect.stringMatching(/^sessions: \d+ values are lost with the key "first"/m),
    });
    await expectInvariants({ url: app.url, appUrl: restored.appUrl, sql: restored.sql.bind(restored) });
  }, 60_000);

  it('row 61: when the lost key is found, everything opens again', async () => {
    await serve(restored, second, first);
    for (const { tenant, session, result } of kept) expect(await resultOf(tenant, session)).toEqual(result);
    await expectInvariants({ url: app.url, appUrl: restored.appUrl, sql: restored.sql.bind(restored) });
  }, 60_000);

  it('row 61: the archive takes a file again that it has, and never another one in its place', async () => {
    const guide = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    expect(guide).toContain(`archive_command = '${archiveCommand('/backup/wal')}'`);
    const directory = mkdtempSync(join(tmpdir(), 'countersign-test-'));
    const archive = (path: string) => {
      const command = archiveCommand(directory).replaceAll('%p', path).replaceAll('%f', 'segment');
      return spawnSync('sh', ['-c', command]).status;
    };
    try {
      const [one, another] = ['one', 'another'].map((name) => join(directory, name)) as [string, string];
      writeFileSync(one, 'written');
      writeFileSync(another, 'other');
      expect([archive(one), archive(one), archive(another)]).toEqual([0, 0, 1]);
      expect(readFileSync(join(directory, 'segment'), 'utf8')).toBe('written');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  const rewrap = (...args: string[]) =>
    startScript('scripts/rewrap', args, {
      DATABASE_URL: restored.appUrl,
      PUBLIC_URL: app.url,
      ENCRYPTION_KEYS: `${second.id}:${second.key.toString('base64')}`,
    }).ended;
  const giveUp = (id: string) => rewrap('--give-up', id);

  /** Whether a check of the tenant's credential can open its key, and Yoti takes what it signs. */
  async function opensKey(tenant: TestTenant): Promise<boolean> {
    const { items } = expectStatus(await tenant.admin.get('/v1/credentials'), 200);
    const path = `/v1/credentials/${items[0].id}/check`;
    return expectStatus(await tenant.admin.post(path, { depth: 'basic' }), 200).lastCheck.ok;
  }
});
