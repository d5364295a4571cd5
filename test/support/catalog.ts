import type { Client } from 'pg';

/** What PostgreSQL's catalog says about the `public` schema. */
export interface Catalog {
  tables: { name: string; hasTenant: boolean; enabled: boolean; forced: boolean }[];
  columns: { table: string; name: string; type: string; nullable: boolean; hasDefault: boolean }[];
  policies: {
    table: string;
    roles: string[];
    command: string;
    using: string | null;
    check: string | null;
    permissive: boolean;
  }[];
  /** Also those behind primary keys and unique constraints; a column that is an expression is null. */
  indexes: { table: string; name: string; columns: (string | null)[]; unique: boolean; primary: boolean }[];
  foreignKeys: { from: string; to: string; columns: string[]; target: string[] }[];
  /** Of everybody but the tables' owner and superusers, columns' own rights left out. */
  rights: { table: string; grantee: string; right: string }[];
  functions: {
    name: string;
    definer: boolean;
    owner: string;
    settings: string[] | null;
    callers: string[];
  }[];
}

const PUBLIC = `'public'::regnamespace`;

const columnNames = (relation: string, numbers: string) =>
  `(SELECT array_agg(a.attname::text ORDER BY k.i) FROM unnest(${numbers}) WITH ORDINALITY AS k (n, i)
      LEFT JOIN pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.n)`;

const queries: Record<keyof Catalog, string> = {
  tables: `
    SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
           EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') AS "hasTenant"
      FROM pg_class c WHERE c.relnamespace = ${PUBLIC} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1`,
  columns: `
    SELECT c.relname AS table, a.attname AS name, NOT a.attnotnull AS nullable, a.atthasdef AS "hasDefault",
           replace(format_type(a.atttypid, a.atttypmod), 'timestamp with time zone', 'timestamptz') AS type
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = ${PUBLIC} AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped`,
  policies: `
    SELECT tablename AS table, roles::text[], cmd AS command, qual AS using, with_check AS check,
           permissive = 'PERMISSIVE' AS permissive
      FROM pg_policies WHERE schemaname = 'public'`,
  indexes: `
    SELECT t.relname AS table, i.relname AS name, x.indisunique AS unique, x.indisprimary AS primary,
           ${columnNames('t.oid', 'x.indkey::int2[]')} AS columns
      FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
     WHERE t.relnamespace = ${PUBLIC}`,
  foreignKeys: `
    SELECT f.relname AS from, t.relname AS to, ${columnNames('f.oid', 'k.conkey')} AS columns,
           ${columnNames('t.oid', 'k.confkey')} AS target
      FROM pg_constraint k JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
     WHERE k.contype = 'f' AND f.relnamespace = ${PUBLIC}`,
  rights: `
    SELECT c.relname AS table, CASE WHEN r.grantee = 0 THEN 'PUBLIC' ELSE r.grantee::regrole::text END AS grantee,
           r.privilege_type AS right
      FROM pg_class c, aclexplode(c.relacl) r WHERE c.relnamespace = ${PUBLIC} AND r.grantee <> c.relowner`,
  functions: `
    SELECT p.oid::regprocedure::text AS name, p.prosecdef AS definer, p.proowner::regrole::text AS owner,
           p.proconfig AS settings,
           (SELECT array_agg(g ORDER BY g) FROM (
              SELECT CASE WHEN r.grantee = 0 THEN 'PUBLIC' ELSE r.grantee::regrole::text END AS g
                FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) r
               WHERE r.privilege_type = 'EXECUTE') callers) AS callers
      FROM pg_proc p WHERE p.pronamespace = ${PUBLIC} ORDER BY 1`,
};

/** Reads the catalog as a superuser. */
export async function readCatalog(client: Client): Promise<Catalog> {
  const parts: [string, unknown[]][] = [];
  for (const [part, sql] of Object.entries(queries)) parts.push([part, (await client.query(sql)).rows]);
  return Object.fromEntries(parts) as unknown as Catalog;
}
