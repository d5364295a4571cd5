import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually, freePort, startTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createReadyTenant, createSession, expectStatus, finishSession } from '../support/factories.js';
import { expectInvariants } from '../support/invariants.js';
import { startPooler, type Pooler, type PoolerProgram } from '../support/pooler.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

const SESSIONS = 5;
/** What the global set-up found; the whole suite goes this way with TEST_PGBOUNCER=1. */
const program = process.env.TEST_PGBOUNCER_PROGRAM;
const title = 'row 65: PgBouncer pools by transaction between the server and its database';

if (!program) {
  it.skip(`${title} (can't run here: there is no pgbouncer in the PATH)`, () => undefined);
} else {
  describe(title, () => {
    let direct: TestDatabase;
    let pooler: Pooler;
    let app: TestApp;

    beforeAll(async () => {
      direct = await createTestDatabase();
      const upstream = direct.settings?.DATABASE_LISTEN_URL ?? direct.appUrl;
      pooler = await startPooler(JSON.parse(program) as PoolerProgram, { upstream, port: await freePort() });
      const pooled = new URL(upstream);
      pooled.port = String(pooler.port);
      const settings = { DATABASE_PREPARE: 'false', DATABASE_LISTEN_URL: upstream };
      app = await startTestApp({ database: { ...direct, appUrl: pooled.href, settings } });
    }, 60_000);

    afterEach(() => expectInvariants(app));

    afterAll(async () => {
      await app?.stop();
      await pooler?.stop();
    });

    it('row 65: tenants at the same time share its connections, and each sees its own only', async () => {
      const receiver = await WebhookReceiver.start();
      try {
        const tenants = [await createReadyTenant(app), await createReadyTenant(app)];
        for (const [index, tenant] of tenants.entries()) {
          const body = { url: receiver.at(`/${index}`), events: ['session.decided'] };
          expectStatus(await tenant.key.post('/v1/webhook-endpoints', body), 201);
        }
        const made = await Promise.all(
          tenants.flatMap((tenant) =>
            Array.from({ length: SESSIONS }, async () => {
              const session = await createSession(tenant);
              await finishSession(app, tenant, session);
              return { tenant, id: session.id as string };
            }),
          ),
        );
        for (const { tenant, id } of made) {
          await eventually(async () => {
            const session = expectStatus(await tenant.key.get(`/v1/sessions/${id}`), 200);
            return session.outcome === 'approved';
          });
        }
        for (const [index, tenant] of tenants.entries()) {
          const own = made.filter((each) => each.tenant === tenant).map(({ id }) => id);
          const listed = expectStatus(await tenant.key.get('/v1/sessions'), 200).items as { id: string }[];
          expect(listed.map(({ id }) => id).toSorted()).toEqual(own.toSorted());
          const told = await receiver.events(`/${index}`, SESSIONS);
          expect(told.map(({ event }) => String(event.data.sessionId)).toSorted()).toEqual(own.toSorted());
        }
      } finally {
        await receiver.close();
      }
    });

    it('row 65: statements and transactions have their limits there too', async () => {
      const client = new pg.Client({ connectionString: app.appUrl });
      await client.connect();
      try {
        const { rows } = await client.query(
          `SELECT name, setting::int FROM pg_settings WHERE name = ANY ($1) ORDER BY name`,
          [['idle_in_transaction_session_timeout', 'lock_timeout', 'statement_timeout']],
        );
        expect(rows).toEqual([
          { name: 'idle_in_transaction_session_timeout', setting: 15_000 },
          { name: 'lock_timeout', setting: 5000 },
          { name: 'statement_timeout', setting: 15_000 },
        ]);
      } finally {
        await client.end();
      }
    });
  });
}
