import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { eventNames } from '../../src/audit/event-types.js';
import type { WorkKind } from '../../src/database/wake-up.js';
import { eventually } from './app.js';
import type { TestDatabase } from './database.js';
import { secretsPrinted, secretsWritten } from './secrecy.js';

/** Where the invariants are looked at: a running site and its database as the superuser sees it. */
export interface Watched {
  url: string;
  /** Connection of the server's own role. */
  appUrl: string;
  sql<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Everything that its servers have printed, where they are processes of their own. */
  output?(): string;
}

/** One invariant: the statement returns the rows that break it. */
interface Rule {
  name: string;
  sql: string;
}

const CLOSING = `('session.completed', 'session.failed', 'session.expired', 'session.cancelled')`;
/** What can happen to a session, in the only order that it can happen in. */
const FORWARD = `ARRAY['session.created', 'session.started', 'session.submitted', 'closed', 'review.opened',
  'review.decided', 'session.decided']`;

/** What holds whatever happened, at every single look. */
const RULES: Rule[] = [
  {
    name: 'I2 a session at Yoti belongs to one of ours',
    sql: `SELECT yoti_session_id FROM sessions WHERE yoti_session_id IS NOT NULL
           GROUP BY yoti_session_id HAVING count(*) > 1`,
  },
  {
    name: 'I2 an event is owed to an endpoint once',
    sql: `SELECT event_id, endpoint_id FROM deliveries GROUP BY tenant_id, event_id, endpoint_id HAVING count(*) > 1`,
  },
  {
    name: 'I2 a session in review has an open case, a decided one its outcome, and no other has a case',
    sql: `SELECT s.id, s.outcome, s.decision->>'by' AS by, r.status, r.decision
            FROM sessions s LEFT JOIN reviews r ON r.tenant_id = s.tenant_id AND r.session_id = s.id
           WHERE (s.outcome IS NOT DISTINCT FROM 'in_review') <> (r.status IS NOT DISTINCT FROM 'open')
              OR (s.decision->>'by' IS NOT DISTINCT FROM 'review') <> (r.status IS NOT DISTINCT FROM 'decided')
              OR r.decision <> s.outcome`,
  },
  {
    name: 'I3 a session goes forward only, and nothing happens to it twice',
    sql: `SELECT session_id, name, earlier FROM (
            SELECT session_id, name, rank, lag(name) OVER told AS earlier, lag(rank) OVER told AS earlier_rank FROM (
              SELECT *, array_position(${FORWARD}, CASE WHEN name IN ${CLOSING} THEN 'closed' ELSE name END) AS rank
                FROM events WHERE session_id IS NOT NULL) e
            WINDOW told AS (PARTITION BY tenant_id, session_id ORDER BY sequence)) e
           WHERE rank IS NULL OR rank <= earlier_rank`,
  },
  {
    name: 'I3 a session is in the state that its closing event tells',
    sql: `SELECT s.id, s.status, e.name FROM events e JOIN sessions s ON s.tenant_id = e.tenant_id AND s.id = e.session_id
           WHERE e.name IN ${CLOSING} AND e.name <> 'session.' || s.status`,
  },
  {
    name: 'I3 a closed session has told so',
    sql: `SELECT s.id, s.status FROM sessions s WHERE s.status NOT IN ('creating', 'ongoing') AND NOT EXISTS (
            SELECT 1 FROM events e WHERE e.session_id = s.id AND e.name = 'session.' || s.status)`,
  },
  {
    name: "I4 a session's events are numbered without gap or double",
    sql: `SELECT session_id FROM events WHERE session_id IS NOT NULL GROUP BY session_id
          HAVING count(*) <> max(sequence) OR count(DISTINCT sequence) <> count(*)`,
  },
  {
    name: 'I4 a change has one event and one audit entry',
    sql: `SELECT tenant_id, session_id, name, sum(told) AS "more events than entries" FROM (
            SELECT tenant_id, session_id, name, 1 AS told FROM events
            UNION ALL
            SELECT tenant_id, session_id, action, -1 FROM audit_entries
             WHERE action IN (${eventNames.map((name) => `'${name}'`).join(', ')})) a
           GROUP BY tenant_id, session_id, name HAVING sum(told) <> 0`,
  },
  {
    name: "I5 the server's role has no right to change an audit entry or to take one away",
    sql: `SELECT privilege FROM unnest(ARRAY['DELETE', 'TRUNCATE']) AS privilege
           WHERE has_table_privilege('countersign_app', 'audit_entries', privilege)
          UNION ALL SELECT 'UPDATE' WHERE has_any_column_privilege('countersign_app', 'audit_entries', 'UPDATE')`,
  },
  {
    name: 'I7 an open session is due at some time, or parked',
    sql: `SELECT id, status, lease_until FROM sessions
           WHERE status IN ('creating', 'ongoing') AND next_sync_at IS NULL AND parked_reason IS NULL`,
  },
  {
    name: 'I7 a delivery that is owed is due at some time',
    sql: `SELECT id, lease_until FROM deliveries WHERE status = 'pending' AND next_attempt_at IS NULL`,
  },
  {
    name: 'I7 a credential that is refused, suspect or retiring is looked at again at some time',
    sql: `SELECT id, status, refused_at, suspect_since FROM credentials
           WHERE (status = 'retiring' OR refused_at IS NOT NULL OR suspect_since IS NOT NULL) AND next_look_at IS NULL`,
  },
];

const DUE: Record<WorkKind, string> = {
  sessions: 'next_sync_at',
  deliveries: 'next_attempt_at',
  credentials: 'next_look_at',
  emails: 'next_attempt_at',
};

/** Rows that are due and in nobody's hand: the lease, if there was one, has ended. */
const LEFT_LYING = Object.entries(DUE)
  .map(
    ([table, due]) => `SELECT '${table}' AS "table", id, ${due} AS due, lease_until FROM ${table}
      WHERE ${due} <= now() AND (lease_until IS NULL OR lease_until <= now())`,
  )
  .join(' UNION ALL ');

/** A site that is an address and a database, and nothing else. */
export const siteAt = (url: string, { appUrl, adminUrl }: TestDatabase): Watched => ({
  url,
  appUrl,
  sql: async <Row>(text: string, values: unknown[] = []) => {
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    try {
      return (await client.query(text, values)).rows as Row[];
    } finally {
      await client.end();
    }
  },
});

/** Puts off what is due where no worker runs: there it is no sign of anything left lying. */
export async function putOffWork(site: Watched): Promise<void> {
  for (const [table, due] of Object.entries(DUE)) {
    await site.sql(`UPDATE ${table} SET ${due} = now() + interval '1 hour' WHERE ${due} <= now()`);
  }
}

/** Waits until all that was due is done or in hand. @returns what is left lying after all that time */
async function leftLying(site: Watched, timeoutMs: number): Promise<unknown[]> {
  let rows: unknown[] = [];
  await eventually(async () => {
    rows = await site.sql(LEFT_LYING);
    return rows.length === 0;
  }, timeoutMs).catch((error: unknown) => {
    if (rows.length === 0) throw error;
  });
  return rows;
}

/**
 * What the application's role sees of the tenant tables in a transaction of one tenant: never a row of another. Looked at
 * as two of the tenants, and as one that isn't there, who sees nothing.
 */
async function foreignRows(site: Watched): Promise<string[]> {
  const tables = await site.sql<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
      WHERE c.relkind = 'r' AND has_table_privilege('countersign_app', c.oid, 'SELECT')`,
  );
  const tenants = await site.sql<{ id: string }>('SELECT id FROM tenants ORDER BY id DESC LIMIT 2');
  const client = new pg.Client({ connectionString: site.appUrl });
  await client.connect();
  try {
    const broken: string[] = [];
    for (const id of [...tenants.map((tenant) => tenant.id), randomUUID()]) {
      await client.query(`BEGIN; SET LOCAL app.tenant_id = '${id}'`);
      for (const { name } of tables) {
        const { rows } = await client.query(`SELECT 1 FROM ${name} WHERE tenant_id <> $1 LIMIT 1`, [id]);
        if (rows.length > 0) broken.push(`${id} sees others' ${name}`);
      }
      await client.query('ROLLBACK');
    }
    return broken;
  } finally {
    await client.end();
  }
}

/**
 * Says which of the invariants that hold whatever happens don't: isolation, one effect, forward only, one event and one
 * audit entry a change, nothing secret or personal in clear, nothing left lying or never due, and the server answers.
 * First waits until nothing is due: what a fault left behind is allowed its lease and a poll. All else has to hold at
 * the first look.
 *
 * @returns the broken ones with the rows that break them; an empty object when all hold
 */
export async function brokenInvariants(site: Watched, timeoutMs = 20_000): Promise<Record<string, unknown>> {
  const broken: Record<string, unknown> = {};
  const lying = await leftLying(site, timeoutMs);
  if (lying.length > 0) broken['I7 nothing that is due is left lying'] = lying.slice(0, 5);
  for (const { name, sql } of RULES) {
    const rows = await site.sql(sql);
    if (rows.length > 0) broken[name] = rows.slice(0, 5);
  }
  const written = await secretsWritten(site);
  if (written.length > 0) broken['I6 nothing secret or personal is written in clear'] = written;
  const printed = await secretsPrinted(site);
  if (printed.length > 0) broken['I6 nothing secret or personal is printed'] = printed;
  const foreign = await foreignRows(site);
  if (foreign.length > 0) broken['I1 a tenant sees no row of another'] = foreign;
  const alive = await fetch(new URL('/health/live', site.url)).then(
    ({ status }) => status === 200,
    () => false,
  );
  if (!alive) broken['I8 the server answers'] = site.url;
  return broken;
}

/** @throws with the rows that break an invariant; see `brokenInvariants` */
export async function expectInvariants(site: Watched, timeoutMs?: number): Promise<void> {
  const broken = await brokenInvariants(site, timeoutMs);
  if (Object.keys(broken).length > 0) {
    throw new Error(`Invariants are broken: ${JSON.stringify(broken, null, 2)}`);
  }
}
