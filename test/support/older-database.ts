import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { migrations } from '../../migrations/index.js';
import { createDatabase } from '../../src/database/embedded-postgres.js';
import { migrate } from '../../src/database/migrate.js';
import { dropDatabase } from './database.js';

/** A database whose schema is that of an earlier release. */
export interface OlderDatabase {
  ownerUrl: string;
  appUrl: string;
  /** Runs SQL as the superuser. */
  sql<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
  /**
   * Reads a table in a transaction that stays open, as `slow reader`.
   *
   * @returns a function that ends it, however often it is called
   */
  holdTable(table: string): Promise<() => Promise<void>>;
  drop(): Promise<void>;
}

/** @param steps how many of the migrations it has had */
export async function createOlderDatabase(steps: number): Promise<OlderDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const inside = (variable: string) => {
    const url = new URL(process.env[variable] ?? '');
    url.pathname = name;
    return url.href;
  };
  await createDatabase(process.env.TEST_ADMIN_URL ?? '', name);
  const ownerUrl = inside('TEST_OWNER_URL');
  await migrate({ url: ownerUrl, steps: migrations.slice(0, steps) });
  const pool = new pg.Pool({ connectionString: inside('TEST_ADMIN_URL'), max: 2 });
  pool.on('error', () => undefined);
  return {
    ownerUrl,
    appUrl: inside('TEST_APP_URL'),
    sql: async <Row>(text: string, values: unknown[] = []) => (await pool.query(text, values)).rows as Row[],
    holdTable: async (table) => {
      const reader = new pg.Client({
        connectionString: inside('TEST_APP_URL'),
        application_name: 'slow reader',
      });
      reader.on('error', () => undefined);
      await reader.connect();
      await reader.query(`BEGIN; SET LOCAL app.tenant_id = '${randomUUID()}'; SELECT count(*) FROM ${table}`);
      let ended: Promise<void> | undefined;
      return () => (ended ??= reader.end());
    },
    drop: async () => {
      await pool.end();
      await dropDatabase(process.env.TEST_ADMIN_URL ?? '', name);
    },
  };
}

type Source = Pick<OlderDatabase, 'sql'>;

/**
 * Moves an installation's rows into a database of an older schema, as that release had written them: what it has no
 * column for is left out.
 */
export async function copyRows(from: Source, to: Source): Promise<void> {
  const columns = `SELECT c.table_name AS "table", array_agg(c.column_name::text) AS columns FROM information_schema.columns c
     WHERE c.table_schema = 'public' AND c.table_name <> 'migrations' GROUP BY c.table_name`;
  const known = new Map(
    (await from.sql<{ table: string; columns: string[] }>(columns)).map((row) => [row.table, row.columns]),
  );
  for (const { table, columns: wanted } of await to.sql<{ table: string; columns: string[] }>(columns)) {
    const shared = wanted.filter((column) => known.get(table)?.includes(column)).join(', ');
    const [row] = await from.sql<{ rows: string }>(
      `SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]')::text AS rows FROM ${table} t`,
    );
    // Foreign keys aren't looked at, because the tables come in no order.
    await to.sql(
      `WITH unchecked AS MATERIALIZED (SELECT set_config('session_replication_role', 'replica', false))
       INSERT INTO ${table} (${shared})
       SELECT ${shared} FROM unchecked, jsonb_populate_recordset(NULL::${table}, $1::jsonb)`,
      [row?.rows],
    );
  }
}

/**
 * Adds closed sessions, each with its event, audit entry and delivery, by the columns of the first release.
 *
 * @param like a session of that tenant whose policy, credential and endpoint they share
 */
export async function populate(database: Source, like: string, count: number): Promise<void> {
  await database.sql(
    `WITH pattern AS (
       SELECT s.*, w.id AS endpoint_id FROM sessions s JOIN webhook_endpoints w ON w.tenant_id = s.tenant_id WHERE s.id = $1 LIMIT 1
     ), added AS (
       INSERT INTO sessions (tenant_id, id, policy_id, policy_version, credential_id, reference, status, outcome, progress,
                             link_hash, notification_path_hash, notification_token_hash, sequence, closed_at)
       SELECT tenant_id, uuid_v7(), policy_id, policy_version, credential_id, 'order-' || n, 'completed', 'approved', 'submitted',
              uuid_send(gen_random_uuid()), uuid_send(gen_random_uuid()), uuid_send(gen_random_uuid()), 1, now()
         FROM pattern, generate_series(1, $2::int) n RETURNING tenant_id, id
     ), told AS (
       INSERT INTO events (tenant_id, id, name, session_id, sequence, payload)
       SELECT tenant_id, uuid_v7(), 'session.completed', id, 1, '{}' FROM added RETURNING tenant_id, id, session_id
     ), audited AS (
       INSERT INTO audit_entries (tenant_id, id, actor_type, action, object_type, object_id, session_id)
       SELECT tenant_id, uuid_v7(), 'system', 'session.completed', 'session', session_id, session_id FROM told
     )
     INSERT INTO deliveries (tenant_id, id, endpoint_id, event_id, status, attempts, finished_at)
     SELECT t.tenant_id, uuid_v7(), p.endpoint_id, t.id, 'delivered', 1, now() FROM told t, pattern p`,
    [like, count],
  );
}
