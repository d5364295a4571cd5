import type { MigrationInterface, QueryRunner } from 'typeorm';
import { definerFunction } from '../src/database/rls.js';

/** Form of a `traceparent` of version 00 (W3C Trace Context). */
const TRACEPARENT = '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$';

/** The trace that sessions and events belong to, and how full the queues are. */
export class Observing1763800000011 implements MigrationInterface {
  name = 'Observing1763800000011';

  async up(q: QueryRunner): Promise<void> {
    for (const table of ['sessions', 'events']) {
      // Not valid: rows of before have none, so that there is nothing to look through; new ones are checked.
      await q.query(`
        ALTER TABLE ${table} ADD COLUMN trace_context text;
        ALTER TABLE ${table} ADD CONSTRAINT ${table}_trace_context
          CHECK (trace_context ~ '${TRACEPARENT}') NOT VALID;`);
    }
    await q.query(
      definerFunction(
        'queue_depths()',
        'TABLE (kind text, due bigint, lag double precision, leased bigint, parked bigint)',
        [
          depth('sessions', 'next_sync_at', 'true'),
          // What is parked for good counts for 30 days; then it is history.
          depth('deliveries', 'next_attempt_at', `finished_at > now() - interval '30 days'`),
          depth('credentials', 'next_look_at', null),
          depth('emails', 'next_attempt_at', `finished_at > now() - interval '30 days'`),
        ].join(' UNION ALL '),
      ),
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}

/**
 * Counts a queue by its index of due times, tenant by tenant, so that what isn't due is not looked at.
 *
 * @param parked which parked rows count; null when the table has none
 */
function depth(table: string, due: string, parked: string | null): string {
  const free = '(d.lease_until IS NULL OR d.lease_until <= now())';
  const countParked =
    parked === null
      ? '0::bigint'
      : `(SELECT count(*) FROM ${table} p WHERE p.parked_reason IS NOT NULL AND ${parked})`;
  return `(
    WITH RECURSIVE tenants_due AS (
      (SELECT t.tenant_id FROM ${table} t WHERE t.${due} IS NOT NULL ORDER BY t.tenant_id LIMIT 1)
      UNION ALL
      SELECT (SELECT t.tenant_id FROM ${table} t
               WHERE t.${due} IS NOT NULL AND t.tenant_id > d.tenant_id ORDER BY t.tenant_id LIMIT 1)
        FROM tenants_due d WHERE d.tenant_id IS NOT NULL
    )
    SELECT '${table}'::text,
           count(*) FILTER (WHERE ${free}),
           coalesce(extract(epoch FROM now() - min(d.${due}) FILTER (WHERE ${free})), 0)::double precision,
           count(*) FILTER (WHERE NOT ${free}),
           ${countParked}
      FROM tenants_due t
      JOIN LATERAL (SELECT r.${due}, r.lease_until FROM ${table} r
                     WHERE r.tenant_id = t.tenant_id AND r.${due} <= now()) d ON true
     WHERE t.tenant_id IS NOT NULL)`;
}
