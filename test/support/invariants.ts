import pg from 'pg';
import { eventually } from './app.js';

/** Where the invariants are looked at: a running site and its database as the superuser sees it. */
export interface Watched {
  url: string;
  /** Connection of the server's own role. */
  appUrl: string;
  sql<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
}

/** One invariant: the statement returns the rows that break it. */
interface Rule {
  name: string;
  sql: string;
}

const CLOSING = `('session.completed', 'session.failed', 'session.expired', 'session.cancelled')`;

/** What holds whatever happened. */
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
    name: 'I2 a session has one review',
    sql: `SELECT session_id FROM reviews GROUP BY tenant_id, session_id HAVING count(*) > 1`,
  },
  {
    name: 'I3 a session closes once',
    sql: `SELECT session_id FROM events WHERE name IN ${CLOSING} GROUP BY session_id HAVING count(*) > 1`,
  },
  {
    name: 'I3 a session is in the state that its last closing event tells',
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
    sql: `SELECT e.session_id, e.name, count(*) FROM events e WHERE e.session_id IS NOT NULL
           GROUP BY e.tenant_id, e.session_id, e.name
          HAVING count(*) <> (SELECT count(*) FROM audit_entries a WHERE a.tenant_id = e.tenant_id
                                 AND a.session_id = e.session_id AND a.action = e.name)`,
  },
];

const STUCK = ['sessions:next_sync_at', 'deliveries:next_attempt_at', 'emails:next_attempt_at'].map(
  (pair) => {
    const [table = '', due = ''] = pair.split(':');
    return {
      name: `I7 no due row of ${table} is left lying`,
      sql: `SELECT id, ${due}, lease_until FROM ${table}
           WHERE ${due} < now() - interval '15 seconds' AND (lease_until IS NULL OR lease_until < now() - interval '15 seconds')`,
    };
  },
);

/** What the application's role sees of the tenant tables in a transaction of one tenant: never a row of another. */
async function foreignRows(site: Watched): Promise<string[]> {
  const tables = await site.sql<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
      WHERE c.relkind = 'r' AND has_table_privilege('countersign_app', c.oid, 'SELECT')`,
  );
  const [tenant] = await site.sql<{ id: string }>('SELECT id FROM tenants ORDER BY id LIMIT 1');
  if (!tenant) return [];
  const client = new pg.Client({ connectionString: site.appUrl });
  await client.connect();
  try {
    await client.query(`BEGIN; SET LOCAL app.tenant_id = '${tenant.id}'`);
    const broken: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query(`SELECT 1 FROM ${name} WHERE tenant_id <> $1 LIMIT 1`, [tenant.id]);
      if (rows.length > 0) broken.push(name);
    }
    return broken;
  } finally {
    await client.end();
  }
}

/**
 * Says which of the invariants that hold whatever happens don't: isolation, one effect, forward only, one event and one
 * audit entry a change, nothing left lying, and the server answers.
 *
 * @returns the broken ones with the rows that break them; an empty object when all hold
 */
export async function brokenInvariants(site: Watched): Promise<Record<string, unknown>> {
  const broken: Record<string, unknown> = {};
  for (const { name, sql } of [...RULES, ...STUCK]) {
    const rows = await site.sql(sql);
    if (rows.length > 0) broken[name] = rows.slice(0, 5);
  }
  const foreign = await foreignRows(site);
  if (foreign.length > 0) broken['I1 a tenant sees no row of another'] = foreign;
  const alive = await fetch(new URL('/health/live', site.url)).then(
    ({ status }) => status === 200,
    () => false,
  );
  if (!alive) broken['I8 the server answers'] = site.url;
  return broken;
}

/** Waits until the invariants hold: what is due right after a fault is allowed its lease and a poll. @throws with the rows that break them */
export async function expectInvariants(site: Watched, timeoutMs = 20_000): Promise<void> {
  let broken: Record<string, unknown> = {};
  await eventually(async () => {
    broken = await brokenInvariants(site);
    return Object.keys(broken).length === 0;
  }, timeoutMs).catch(() => {
    throw new Error(`Invariants are broken: ${JSON.stringify(broken, null, 2)}`);
  });
}
