import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { SELECT_SESSION } from '../src/sessions/session.row.js';
import { startTestApp, type TestApp } from './support/app.js';
import type { Any } from './support/client.js';
import { createReadyTenant, createSession, type TestTenant } from './support/factories.js';
import { rowsLookedAt } from './support/plans.js';

const OPEN = 1_000;
const COMPLETED = 4_000;
const RARE = 3;

describe.each([
  ['with statistics', true],
  ['without statistics', false],
])('the database of a tenant with many sessions, %s', (_, analysed) => {
  let app: TestApp;
  let tenant: TestTenant;
  let session: Any;
  let client: pg.Client;

  beforeAll(async () => {
    app = await startTestApp({ config: { role: 'api' } });
    await app.sql('ALTER TABLE sessions SET (autovacuum_enabled = false)');
    tenant = await createReadyTenant(app);
    session = await createSession(tenant);
    // The rare ones are the oldest: what walks the key meets all the others first.
    const copy = (count: number, offset: number, status: string, outcome: string | null) =>
      app.sql(
        `INSERT INTO sessions (tenant_id, id, policy_id, policy_version, credential_id, status, outcome, link_hash,
                               notification_path_hash, notification_token_hash, next_sync_at)
         SELECT tenant_id, ('00000000-0000-7000-8000-' || lpad((n + $3)::text, 12, '0'))::uuid, policy_id, policy_version,
                credential_id, $4, $5, decode(md5((n + $3)::text), 'hex'), decode(md5((n + $3)::text), 'hex'), 'token',
                CASE WHEN $4 = 'ongoing' THEN now() + interval '1 hour' END
           FROM sessions, generate_series(1, $2::int) n WHERE id = $1`,
        [session.id, count, offset, status, outcome],
      );
    await copy(RARE, 0, 'failed', null);
    await copy(RARE, 10, 'completed', 'in_review');
    await copy(OPEN, 1_000, 'ongoing', null);
    await copy(COMPLETED, 10_000, 'completed', 'approved');
    if (analysed) await app.sql('ANALYZE sessions');
    client = new pg.Client({ connectionString: app.config.databaseUrl });
    await client.connect();
  }, 60_000);

  afterAll(async () => {
    await client.end();
    await app.stop();
  });

  const looksAt = (sql: string, values: string[], plans: 'custom' | 'generic') =>
    rowsLookedAt(client, { tenantId: tenant.id, table: 'sessions', sql, values, plans });

  const one = 'WHERE tenant_id = $1 AND id = $2';
  it.each([
    ['ends its creation', `UPDATE sessions SET sequence = 1 ${one} AND status = 'creating'`],
    ['is made due', `UPDATE sessions SET sequence = 1 ${one} AND status = 'ongoing'`],
    ['is told of', `UPDATE sessions SET sequence = 1 ${one} AND status IN ('ongoing', 'completed')`],
    ['is worked on', `SELECT 1 FROM sessions ${one} AND lease_token IS NULL FOR UPDATE`],
    ['is read', `${SELECT_SESSION} s.tenant_id = $1 AND s.id = $2`],
  ])('looks at one when it %s', async (_what, sql) => {
    for (const plans of ['custom', 'generic'] as const) {
      expect(await looksAt(sql, [tenant.id, session.id], plans)).toBeLessThanOrEqual(1);
    }
  });

  it.each([
    [`s.status = 'failed'`, RARE],
    [`s.status = 'cancelled'`, 0],
    [`s.outcome = 'in_review'`, RARE],
    [`s.status = 'completed' AND s.outcome = 'in_review'`, RARE],
  ])('looks at none that it does not list, where %s', async (condition, most) => {
    const sql = `${SELECT_SESSION} s.tenant_id = $1 AND ${condition} ORDER BY s.id DESC LIMIT 51`;
    expect(await looksAt(sql, [tenant.id], 'custom')).toBeLessThanOrEqual(most);
  });

  it('looks at none that are not the credential’s', async () => {
    const sql = `SELECT 1 FROM sessions
                  WHERE tenant_id = $1 AND credential_id = $2 AND status IN ('creating', 'ongoing') LIMIT 1`;
    expect(await looksAt(sql, [tenant.id, session.id], 'custom')).toBe(0);
  });
});
