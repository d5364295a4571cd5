import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { Events } from '../src/audit/events.service.js';
import { TenantDb } from '../src/database/tenant-db.js';
import { SYSTEM } from '../src/http/caller.js';
import { firstUnsent, oweEvents } from '../src/webhooks/owed-events.js';
import { WebhookEndpoint } from '../src/webhooks/webhook.entity.js';
import { startTestApp, type TestApp } from './support/app.js';
import { createBareTenant, type BareTenant } from './support/bare-tenant.js';
import type { Any } from './support/client.js';
import { createEndpoint } from './support/webhooks.js';

const DELIVERED = 20_000;
const PENDING = 1_000;
const RARE = 3;
const CLAIMED = 16;
/** What a statement may look at for each row that it is about: found, locked and changed. */
const STEPS = 4;

describe.each([
  ['with statistics', true],
  ['without statistics', false],
])('the database of a tenant with many deliveries, %s', (_, analysed) => {
  let app: TestApp;
  let tenant: BareTenant;
  let endpoint: Any;
  let pendingId: string;

  beforeAll(async () => {
    app = await startTestApp({ config: { role: 'api' } });
    await app.sql('ALTER TABLE deliveries SET (autovacuum_enabled = false)');
    await app.sql('ALTER TABLE events SET (autovacuum_enabled = false)');
    tenant = await createBareTenant(app);
    endpoint = await createEndpoint(tenant, 'http://127.0.0.1:1/');
    const owe = (count: number, status: string, due: string, attempts: number) =>
      app.sql<{ id: string }>(
        `WITH made AS (
           INSERT INTO events (tenant_id, id, name, payload)
           SELECT $1, uuid_v7(), 'policy.published', '{"policyId": "x"}' FROM generate_series(1, $3::int) RETURNING id
         )
         INSERT INTO deliveries (tenant_id, id, endpoint_id, event_id, status, attempts, next_attempt_at, finished_at)
         SELECT $1, uuid_v7(), $2, id, $4, $5, ${due}, CASE WHEN $4 <> 'pending' THEN now() END FROM made
         RETURNING id`,
        [tenant.id, endpoint.id, count, status, attempts],
      );
    // The rare ones are the oldest: what walks the key meets all the others first.
    await owe(RARE, 'failed', 'NULL', 10);
    await owe(RARE, 'cancelled', 'NULL', 0);
    await owe(DELIVERED, 'delivered', 'NULL', 1);
    const pending = await owe(PENDING, 'pending', 'now()', 0);
    pendingId = pending[0]!.id;
    if (analysed) await app.sql('ANALYZE deliveries, events');
  }, 120_000);

  afterAll(() => app?.stop());

  /** How many rows of a table the work looks at, as the database counts them. What it changes is undone. */
  async function looksAt(
    table: 'deliveries' | 'events',
    work: (em: EntityManager) => Promise<unknown>,
  ): Promise<number> {
    let looked = NaN;
    const undone = new Error('undone');
    const run = app.server.app.get(TenantDb).run(tenant.id, async (em) => {
      const count = async () => {
        const [row] = await em.query<{ count: number }[]>(
          `SELECT (seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS count
             FROM pg_stat_xact_user_tables WHERE relname = $1`,
          [table],
        );
        return row!.count;
      };
      const before = await count();
      await work(em);
      looked = (await count()) - before;
      throw undone;
    });
    await expect(run).rejects.toBe(undone);
    return looked;
  }

  /** The statement as it is planned for its values, and as it is planned once for all. */
  async function mostLookedAt(sql: string, values: string[]): Promise<number> {
    const looked = [];
    for (const plans of ['custom', 'generic']) {
      looked.push(
        await looksAt('deliveries', async (em) => {
          await em.query(`SET LOCAL plan_cache_mode = force_${plans}_plan`);
          await em.query(`PREPARE looked_at AS ${sql}`);
          await em.query(`EXECUTE looked_at (${values.map((value) => `'${value}'`).join(', ')})`);
          await em.query('DEALLOCATE looked_at');
        }),
      );
    }
    return Math.max(...looked);
  }

  const row = (em: EntityManager) =>
    em.findOneByOrFail(WebhookEndpoint, { tenantId: tenant.id, id: endpoint.id });
  const dayAgo = () => new Date(Date.now() - 24 * 60 * 60 * 1000);

  it.each([
    ['is read', 'SELECT 1 FROM deliveries WHERE tenant_id = $1 AND id = $2'],
    [
      'is held',
      'SELECT 1 FROM deliveries WHERE tenant_id = $1 AND id = $2 AND lease_token IS NULL FOR UPDATE',
    ],
    [
      'is sent again',
      `UPDATE deliveries SET work_attempts = 0 WHERE tenant_id = $1 AND id = $2 AND status <> 'cancelled'`,
    ],
  ])('looks at one when it %s', async (_what, sql) => {
    // Found, and locked.
    expect(await mostLookedAt(sql, [tenant.id, pendingId])).toBeLessThanOrEqual(2);
  });

  it.each(['failed', 'cancelled'])(
    'looks at none that it does not list, where they are %s',
    async (status) => {
      const sql = `SELECT d.id FROM deliveries d JOIN events e ON e.tenant_id = d.tenant_id AND e.id = d.event_id
                  WHERE d.tenant_id = $1 AND d.status = $2 AND d.status IN ('failed', 'cancelled')
                  ORDER BY d.id DESC LIMIT 51`;
      expect(await mostLookedAt(sql, [tenant.id, status])).toBeLessThanOrEqual(2 * RARE);
    },
  );

  it('looks at few when an event is published', async () => {
    const policy = { type: 'policy', id: randomUUID() } as const;
    const data = { policyId: policy.id, slug: 'identity', version: 1 };
    const publication = { actor: SYSTEM, object: policy, data };
    const publish = (em: EntityManager) =>
      app.server.app.get(Events).publish(em, tenant.id, 'policy.published', publication);
    expect(await looksAt('deliveries', publish)).toBe(0);
    const paused = async (em: EntityManager) => {
      await em.update(WebhookEndpoint, { id: endpoint.id }, { pausedUntil: () => `now() + interval '1 h'` });
      await publish(em);
    };
    expect(await looksAt('deliveries', paused)).toBeLessThanOrEqual(2);
  });

  it('looks at few that it does not send again, when what has failed is sent again', async () => {
    const recover = async (em: EntityManager) => {
      const backlog = { from: dayAgo(), to: null, types: ['policy.published'], which: 'failed' } as const;
      expect(await oweEvents(em, await row(em), backlog)).toEqual({ count: 2 * RARE, next: null });
    };
    expect(await looksAt('deliveries', recover)).toBeLessThanOrEqual(STEPS * 2 * RARE);
    expect(await looksAt('events', recover)).toBeLessThanOrEqual(STEPS * 2 * RARE);
  });

  it('looks at what is owed and was given up, when an endpoint is disabled', async () => {
    const disable = async (em: EntityManager) => {
      await em.update(WebhookEndpoint, { id: endpoint.id }, { failingSince: dayAgo() });
      await firstUnsent(em, tenant.id, endpoint.id);
    };
    expect(await looksAt('deliveries', disable)).toBeLessThanOrEqual(PENDING + 2 * RARE);
  });

  it('looks at a bounded number when what is due is claimed', async () => {
    const claim = async (em: EntityManager) => {
      const sql = `SELECT id FROM claim_due_deliveries(32, interval '30 s', ${CLAIMED}, '{}')`;
      expect(await em.query(sql)).toHaveLength(CLAIMED);
    };
    expect(await looksAt('deliveries', claim)).toBeLessThan(PENDING);
  });
});
