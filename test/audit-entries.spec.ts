import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { startTestApp, type TestApp } from './support/app.js';
import { createBareTenant, type BareTenant } from './support/bare-tenant.js';
import { expectStatus } from './support/factories.js';
import { rowsLookedAt } from './support/plans.js';

const HOUR_MS = 3_600_000;
const NOON = Date.parse('2026-03-04T12:00:00Z');

describe('the audit trail', () => {
  let app: TestApp;
  let tenant: BareTenant;

  beforeAll(async () => {
    app = await startTestApp({ config: { role: 'api' } });
  });

  beforeEach(async () => {
    tenant = await createBareTenant(app);
  });

  afterAll(() => app.stop());

  /** An entry of a moment, made by a server whose clock is so far ahead. */
  async function happen(action: string, ms: number, aheadMs = 0, object = 'object-1'): Promise<void> {
    await app.sql(
      `INSERT INTO audit_entries (tenant_id, id, at, actor_type, action, object_type, object_id)
       VALUES ($1, $2, $3, 'user', $4, 'policy', $5)`,
      [tenant.id, uuidv7({ msecs: ms + aheadMs }), new Date(ms).toISOString(), action, object],
    );
  }

  const list = async (query: string): Promise<string[]> =>
    expectStatus(await tenant.key.get(`/v1/audit-entries?${query}`), 200).items.map(
      ({ action }: { action: string }) => action,
    );

  it('is listed within a period, to the millisecond, whatever the clocks that made its ids', async () => {
    await happen('before', NOON - 1, HOUR_MS);
    await happen('first', NOON, -HOUR_MS);
    await happen('last', NOON + HOUR_MS - 1, HOUR_MS);
    await happen('after', NOON + HOUR_MS, -1.5 * HOUR_MS);
    const [from, to] = [NOON, NOON + HOUR_MS].map((ms) => new Date(ms).toISOString());
    expect(await list(`from=${from}&to=${to}`)).toEqual(['last', 'first']);
    expect(await list(`from=${from}`)).toEqual(['last', 'after', 'first']);
    expect(await list(`to=${to}`)).toEqual(['last', 'before', 'first']);
  });

  it('is listed for one object by its id, by an index', async () => {
    for (let n = 0; n < 4; n += 1) await happen(`made.${n}`, NOON + n, 0, `object-${n % 2}`);
    expect(await list('objectId=object-1')).toEqual(['made.3', 'made.1']);
    const indexes = await app.sql<{ columns: string }>(
      `SELECT indexdef AS columns FROM pg_indexes WHERE tablename = 'audit_entries' AND indexdef LIKE '%object_id%'`,
    );
    expect(indexes.map(({ columns }) => columns.replace(/.*\(/, '('))).toEqual([
      '(tenant_id, object_id, id)',
    ]);
  });

  it.each([
    ['without statistics', false],
    ['with statistics', true],
  ])('is listed for who did it without a look at what others did, %s', async (_, analysed) => {
    await app.sql('ALTER TABLE audit_entries SET (autovacuum_enabled = false)');
    const [rare, frequent] = [uuidv7(), uuidv7()];
    // The rare one's are the oldest: what walks the trail meets all the others first.
    for (const [actor, count, action] of [
      [rare, 3, 'policy.read'],
      [frequent, 3000, 'policy.read'],
      [null, 3000, 'session.completed'],
    ]) {
      await app.sql(
        `INSERT INTO audit_entries (tenant_id, id, actor_type, actor_id, action, object_type, object_id)
         SELECT $1, uuid_v7(), CASE WHEN $2::text IS NULL THEN 'yoti' ELSE 'user' END, $2, $4, 'policy', n::text
           FROM generate_series(1, $3::int) n`,
        [tenant.id, actor, count, action],
      );
    }
    if (analysed) await app.sql('ANALYZE audit_entries');
    expect(await list(`actorId=${rare}`)).toEqual(['policy.read', 'policy.read', 'policy.read']);
    const client = new pg.Client({ connectionString: app.config.databaseUrl });
    await client.connect();
    try {
      for (const [condition, values] of [
        ['', []],
        ['AND a.action = $3', ['policy.published']],
      ] as const) {
        const sql = `SELECT a.* FROM audit_entries a
                      WHERE a.tenant_id = $1 AND a.actor_id = $2 ${condition} ORDER BY a.id DESC LIMIT 51`;
        for (const plans of ['custom', 'generic'] as const) {
          const looked = { tenantId: tenant.id, table: 'audit_entries', plans };
          const looks = await rowsLookedAt(client, { ...looked, sql, values: [tenant.id, rare, ...values] });
          expect(looks).toBeLessThanOrEqual(3);
        }
      }
    } finally {
      await client.end();
    }
  });
});
