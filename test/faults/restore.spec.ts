import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StartError } from '../../src/config.js';
import { startServer, type RunningServer } from '../../src/server.js';
import { eventually, startTestApp, type TestApp } from '../support/app.js';
import { ArchivedPostgres } from '../support/archived-postgres.js';
import type { Any } from '../support/client.js';
import {
  createReadyTenant,
  createSession,
  expectStatus,
  finishSession,
  type TestTenant,
} from '../support/factories.js';
import { expectInvariants } from '../support/invariants.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

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
    const session = await createSession(tenant);
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

  it('row 61: without a key what it sealed is lost and nothing else: the server refuses to start or serves the rest, and all is back with the key', async () => {
    const [older, newer] = kept;
    const began = await serve(restored, second).then(
      () => undefined,
      (error: Error) => error,
    );
    if (began) {
      expect(began).toBeInstanceOf(StartError);
      expect(began.message).toMatch(/key/i);
    } else {
      expect(await resultOf(newer!.tenant, newer!.session)).toEqual(newer!.result);
      const lost = await older!.tenant.key.get(`/v1/sessions/${older!.session.id}/result`);
      expect(lost.status).toBeGreaterThanOrEqual(400);
      expect((await app.anonymous.get('/health/ready')).status).toBe(200);
    }
    await serve(restored, second, first);
    for (const { tenant, session, result } of kept) expect(await resultOf(tenant, session)).toEqual(result);
    await expectInvariants({ url: app.url, appUrl: restored.appUrl, sql: restored.sql.bind(restored) });
  }, 60_000);

  /** Whether a check of the tenant's credential can open its key, and Yoti takes what it signs. */
  async function opensKey(tenant: TestTenant): Promise<boolean> {
    const { items } = expectStatus(await tenant.admin.get('/v1/credentials'), 200);
    const path = `/v1/credentials/${items[0].id}/check`;
    return expectStatus(await tenant.admin.post(path, { depth: 'basic' }), 200).lastCheck.ok;
  }
});
