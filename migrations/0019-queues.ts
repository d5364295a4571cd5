import type { MigrationInterface, QueryRunner } from 'typeorm';
import { frugalClaim, newDefinerBody } from '../src/database/rls.js';

/** Claims that lock what they take, and counts of parked work that somebody can still do something about. */
export class Queues1763800000019 implements MigrationInterface {
  name = 'Queues1763800000019';

  async up(q: QueryRunner): Promise<void> {
    for (const [table, due] of Object.entries(DUE)) await q.query(frugalClaim(table, due));
    await q.query(
      newDefinerBody(
        'queue_depths()',
        'TABLE (kind text, due bigint, lag double precision, leased bigint, parked bigint)',
        Object.entries(DUE)
          .map(([table, due]) => depth(table, due, PARKED[table]))
          .join(' UNION ALL '),
      ),
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}

/** The queues, and what each calls its due time. */
export const DUE = {
  sessions: 'next_sync_at',
  deliveries: 'next_attempt_at',
  credentials: 'next_look_at',
  emails: 'next_attempt_at',
};

/**
 * Which parked rows count, so that the alert about them ends with what is done about them. Sessions and deliveries: what a
 * replay would take up. E-mails: what the server could not even try. A refusal by the mail server and a link that ended
 * are ordinary ends. What was sent anew, or whose session has closed, is settled; everything is history after 30 days.
 */
export const PARKED: Record<string, string> = {
  sessions: `p.status IN ('creating', 'ongoing')`,
  deliveries: `p.status = 'failed' AND p.created_at > now() - interval '30 days'`,
  emails: `p.parked_reason = 'server_failed' AND p.finished_at > now() - interval '30 days'
           AND EXISTS (SELECT 1 FROM sessions s
                        WHERE s.tenant_id = p.tenant_id AND s.id = p.session_id AND s.status = 'ongoing')
           AND NOT EXISTS (SELECT 1 FROM emails l
                            WHERE l.tenant_id = p.tenant_id AND l.session_id = p.session_id AND l.id > p.id)`,
};

/** Counts a queue by its index of due times, tenant by tenant, so that what isn't due is not looked at. */
export function depth(table: string, due: string, parked: string | undefined): string {
  const free = '(d.lease_until IS NULL OR d.lease_until <= now())';
  const countParked =
    parked === undefined
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
