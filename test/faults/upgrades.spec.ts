import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { createIndexConcurrently } from '../../src/database/concurrent-index.js';
import { migrate } from '../../src/database/migrate.js';
import { startServer, type RunningServer } from '../../src/server.js';
import { eventually, startTestApp, type TestApp } from '../support/app.js';
import { Client, type Any } from '../support/client.js';
import {
  bearer,
  createReadyTenant,
  createSession,
  expectStatus,
  finishSession,
} from '../support/factories.js';
import { expectInvariants, type Watched } from '../support/invariants.js';
import { copyRows, createOlderDatabase, populate, type OlderDatabase } from '../support/older-database.js';
import { StatementTraffic } from '../support/statement-traffic.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

const SESSIONS = 15_000;

/** What a later release could add. */
class Later1799000000001 implements MigrationInterface {
  async up(q: QueryRunner): Promise<void> {
    await q.query(`ALTER TABLE sessions ADD COLUMN later text NOT NULL DEFAULT 'none'`);
    await q.query('ALTER TABLE deliveries ADD COLUMN later timestamptz');
    await q.query(`ALTER TABLE sessions ADD CONSTRAINT sessions_later CHECK (later <> '') NOT VALID`);
  }
  down = async () => undefined;
}

class LaterIndex1799000000002 implements MigrationInterface {
  transaction = false;
  async up(q: QueryRunner): Promise<void> {
    await createIndexConcurrently(q, 'sessions_later_index', 'sessions (tenant_id, later)');
    await q.query('ALTER TABLE sessions VALIDATE CONSTRAINT sessions_later');
  }
  down = async () => undefined;
}

const LATER = [...migrations, Later1799000000001, LaterIndex1799000000002];

describe('row 53: an upgrade of a populated database while traffic runs', () => {
  let app: TestApp;
  let receiver: WebhookReceiver;
  let apiKey: string;
  let tenant: Awaited<ReturnType<typeof createReadyTenant>>;
  let finished: Any;
  /** One for each test: a session is finished at Yoti only once. */
  const open: Any[] = [];
  let before: Any;
  let watched: Watched;
  const ends: (() => Promise<unknown>)[] = [];

  /** An installation with a session that has ended, its result, and one that is going on. */
  beforeAll(async () => {
    app = await startTestApp();
    receiver = await WebhookReceiver.start();
    tenant = await createReadyTenant(app);
    ({ apiKey } = tenant);
    expectStatus(
      await tenant.key.post('/v1/webhook-endpoints', {
        url: receiver.at('/upgrade'),
        events: ['session.completed'],
      }),
      201,
    );
    finished = await createSession(tenant);
    await finishSession(app, tenant, finished);
    await eventually(async () => receiver.received.length > 0);
    await eventually(
      async () => (await app.sql(`SELECT 1 FROM deliveries WHERE status <> 'delivered'`)).length === 0,
    );
    for (let i = 0; i < 3; i += 1) open.push(await createSession(tenant));
    before = await resultOf(tenant.key);
    await app.server.stop();
  });

  afterEach(async () => {
    try {
      await expectInvariants(watched);
    } finally {
      for (const end of ends.splice(0).toReversed()) await end();
    }
  });

  afterAll(async () => {
    await receiver?.close();
    await app?.stop();
  });

  const resultOf = async (key: Client): Promise<Any> => ({
    session: pick(expectStatus(await key.get(`/v1/sessions/${finished.id}`), 200)),
    result: expectStatus(await key.get(`/v1/sessions/${finished.id}/result`), 200),
  });

  /** The server of this version on a database, where the one before it was. */
  async function serve(database: OlderDatabase): Promise<{ server: RunningServer; key: Client }> {
    const server = await startServer({ ...app.config, databaseUrl: database.appUrl });
    watched = { ...database, url: app.url };
    ends.push(() => server.stop());
    return { server, key: new Client(app.url, bearer(apiKey)) };
  }

  /** Finishes an open session at Yoti: the due work of before the upgrade goes on after it. */
  async function goesOn(key: Client): Promise<void> {
    const announced = receiver.received.length;
    const session = open.pop();
    await finishSession(app, tenant, session);
    await eventually(async () => (await key.get(`/v1/sessions/${session.id}`)).body.status === 'completed');
    await eventually(async () => receiver.received.length > announced);
  }

  it.each([3, 7])(
    'row 53: from the schema of %i steps, with four migrators at once and a reader who is slow to go, fails no statement and loses no row',
    async (steps) => {
      const older = await createOlderDatabase(steps);
      ends.push(() => older.drop());
      await copyRows(app, older);
      await populate(older, finished.id, SESSIONS);
      const [counts] = await older.sql(COUNTS);
      const traffic = await StatementTraffic.start(older.appUrl, tenant.id);
      const limit = await traffic.lockLimit();
      const release = await older.holdTable('sessions');
      ends.push(release);
      const lines: string[] = [];
      const runs = await Promise.all(
        Array.from({ length: 4 }, () =>
          migrate({
            url: older.ownerUrl,
            steps: LATER,
            log: (line) => {
              lines.push(line);
              if (line.includes('(slow reader')) void release();
            },
          }),
        ),
      );
      await traffic.more(50);
      const report = await traffic.stop();
      // A statement that was held up for longer has failed. A pooler has the limit of the role.
      expect(limit).toBe(process.env.TEST_LISTEN_URL ? '5s' : '2s');
      expect(report.errors).toEqual([]);
      expect(runs.toSorted((a, b) => a - b)).toEqual([0, 0, 0, LATER.length - steps]);
      expect(lines.filter((line) => line.startsWith('applied')).map((line) => line.slice(8))).toEqual(
        LATER.slice(steps).map(({ name }) => name),
      );
      expect(lines).toContainEqual(
        expect.stringMatching(/did not get its locks .* process \d+ \(slow reader/),
      );
      expect(await older.sql(COUNTS)).toEqual([counts]);
      await older.sql('UPDATE sessions SET lease_until = NULL, lease_token = NULL');
      const { key } = await serve(older);
      expect(await resultOf(key)).toEqual(before);
      await goesOn(key);
    },
    120_000,
  );

  it('row 53: while the server answers, a later release adds to its schema: no request fails, and it starts on what is ahead of it', async () => {
    const current = await createOlderDatabase(migrations.length);
    ends.push(() => current.drop());
    await copyRows(app, current);
    const { server, key } = await serve(current);
    const statuses = new Set<string>();
    const answered = new Map<string, number>();
    let over = false;
    const ask = async (name: string, call: () => Promise<{ status: number }>) => {
      while (!over) {
        const { status } = await call();
        statuses.add(`${name} ${status}`);
        answered.set(name, (answered.get(name) ?? 0) + 1);
      }
    };
    const callers = [
      ask('list', () => key.get('/v1/sessions?limit=20')),
      ask('result', () => key.get(`/v1/sessions/${finished.id}/result`)),
      ask('create', () => key.post('/v1/sessions', { policy: 'identity' })),
      ask('deliveries', () => key.get('/v1/deliveries')),
    ];
    const eachAgain = (count: number) => {
      const soFar = new Map(answered);
      const isAgain = (name: string) => (answered.get(name) ?? 0) >= (soFar.get(name) ?? 0) + count;
      return eventually(async () => ['list', 'result', 'create', 'deliveries'].every(isAgain), 60_000);
    };
    // Often enough that every statement is prepared on several connections.
    await eachAgain(10);
    await migrate({ url: current.ownerUrl, steps: LATER });
    await eachAgain(5);
    over = true;
    await Promise.all(callers);
    expect([...statuses].toSorted()).toEqual(['create 201', 'deliveries 200', 'list 200', 'result 200']);
    await server.stop();
    const again = await serve(current);
    expect((await again.key.get('/health/ready')).status).toBe(200);
    expect(await resultOf(again.key)).toEqual(before);
    await goesOn(again.key);
  }, 120_000);
});

const COUNTS = `SELECT (SELECT count(*) FROM sessions) AS sessions, (SELECT count(*) FROM events) AS events,
  (SELECT count(*) FROM deliveries) AS deliveries, (SELECT count(*) FROM audit_entries) AS audit`;

/** What an upgrade keeps of a session: what was true before is true after. */
const pick = ({ id, status, outcome, reference, policy, decision, createdAt }: Any): Any => ({
  id,
  status,
  outcome,
  reference,
  policy,
  decision,
  createdAt,
});
