/**
 * SQL for a tenant table: the table itself, row-level security enabled and forced, the isolation policy, and the
 * application role's rights. Every tenant table is made by this helper, so none can be made without isolation.
 *
 * The policy reads the setting without `missing_ok`: a forgotten tenant is a loud error, never rows.
 *
 * @param name table name
 * @param columns column and constraint definitions after `tenant_id`; the primary key starts with `tenant_id`
 * @param rights what the application role may do
 */
export function tenantTable(
  name: string,
  columns: string,
  rights: ('SELECT' | 'INSERT' | 'UPDATE' | 'DELETE')[],
): string {
  return `
    CREATE TABLE ${name} (
      tenant_id uuid NOT NULL REFERENCES tenants (id),
      ${columns}
    );
    ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE ${name} FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenant_isolation ON ${name} FOR ALL TO countersign_app
      USING (tenant_id = current_setting('app.tenant_id')::uuid)
      WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid);
    GRANT ${rights.join(', ')} ON ${name} TO countersign_app;`;
}

/**
 * A policy that lets the owner's SECURITY DEFINER functions see rows of every tenant, because row-level security is
 * forced on the owner too. Only the look-ups that happen before a tenant is known need it.
 */
export function definerPolicy(table: string, command: 'SELECT' | 'UPDATE'): string {
  const check = command === 'UPDATE' ? ' WITH CHECK (true)' : '';
  return `CREATE POLICY definer_${command.toLowerCase()} ON ${table} FOR ${command} TO CURRENT_USER USING (true)${check};`;
}

/** Makes a function run with the owner's rights, callable by the application role and by nobody else. */
export function definerFunction(signature: string, returns: string, body: string, language = 'sql'): string {
  const name = signature.replace(/\(.*/s, '');
  const types = signature
    .replace(/^[^(]*\(/, '')
    .replace(/\)$/, '')
    .split(',')
    .map((parameter) => parameter.trim().replace(/^\S+\s+/, ''))
    .join(', ');
  return `
    CREATE FUNCTION ${signature} RETURNS ${returns}
      LANGUAGE ${language} SECURITY DEFINER SET search_path = public, pg_temp AS $$ ${body} $$;
    REVOKE ALL ON FUNCTION ${name} (${types}) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION ${name} (${types}) TO countersign_app;`;
}

/**
 * A new body for a function that `definerFunction` made. Servers of the release before call it too, so the signature, the
 * answer and what callers rely on stay.
 */
export function newDefinerBody(signature: string, returns: string, body: string): string {
  return definerFunction(signature, returns, body).replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION');
}

/**
 * Columns that make a row due work: when it is due, who holds it until when, and how often it was tried.
 *
 * @param due name of the due-time column
 */
export function dueWorkColumns(due: string): string {
  return `
      ${due} timestamptz,
      lease_token uuid,
      lease_until timestamptz,
      work_attempts integer NOT NULL DEFAULT 0,
      parked_reason text`;
}

/**
 * Index and claim function of a due-work table. The claim is fair: at most two rows of each tenant first, then first
 * come first served up to the limit, so that a tenant with a long queue doesn't keep the others waiting. Times are the
 * database's, so a worker's wrong clock can't end another's lease.
 */
export function dueWork(table: string, due: string): string {
  const isDue = `${due} <= now() AND (lease_until IS NULL OR lease_until <= now())`;
  return `
    CREATE INDEX ${table}_due ON ${table} (tenant_id, ${due}) WHERE ${due} IS NOT NULL;
    ${definerPolicy(table, 'SELECT')}
    ${definerPolicy(table, 'UPDATE')}
    ${definerFunction(
      `claim_due_${table}(p_limit integer, p_lease interval)`,
      'TABLE (tenant_id uuid, id uuid, lease_token uuid, attempts integer)',
      `
      WITH RECURSIVE tenants_due AS (
        (SELECT t.tenant_id FROM ${table} t WHERE t.${due} IS NOT NULL ORDER BY t.tenant_id LIMIT 1)
        UNION ALL
        SELECT (SELECT t.tenant_id FROM ${table} t
                 WHERE t.${due} IS NOT NULL AND t.tenant_id > d.tenant_id ORDER BY t.tenant_id LIMIT 1)
          FROM tenants_due d WHERE d.tenant_id IS NOT NULL
      ), fair AS (
        SELECT r.* FROM tenants_due d CROSS JOIN LATERAL (
          SELECT t.tenant_id, t.id, t.${due} AS due_at FROM ${table} t
           WHERE t.tenant_id = d.tenant_id AND ${isDue}
           ORDER BY t.${due} LIMIT 2 FOR UPDATE SKIP LOCKED) r
         WHERE d.tenant_id IS NOT NULL
         ORDER BY r.due_at LIMIT p_limit
      ), more AS (
        SELECT t.tenant_id, t.id, t.${due} AS due_at FROM ${table} t
         WHERE ${isDue} AND (SELECT count(*) FROM fair) < p_limit
           AND NOT EXISTS (SELECT 1 FROM fair f WHERE f.tenant_id = t.tenant_id AND f.id = t.id)
         ORDER BY t.${due} LIMIT p_limit FOR UPDATE SKIP LOCKED
      ), chosen AS (
        SELECT tenant_id, id FROM (SELECT * FROM fair UNION ALL SELECT * FROM more) a LIMIT p_limit
      )
      UPDATE ${table} t
         SET lease_token = gen_random_uuid(), lease_until = now() + p_lease, work_attempts = t.work_attempts + 1
        FROM chosen c WHERE t.tenant_id = c.tenant_id AND t.id = c.id
      RETURNING t.tenant_id, t.id, t.lease_token, t.work_attempts`,
    )}`;
}

/**
 * What workers do with the leases of a due-work table, beside `dueWork`:
 *
 * - `claim_due_<table>` with two more parameters: `p_cap`, the most rows of one tenant that a worker has in hand, and
 *   `p_busy`, the tenants of those it has in hand already, once for each row. First at most two rows of each tenant, then
 *   first come first served, and never more of a tenant than its room.
 * - `renew_leases_<table>` prolongs what is still held by these tokens and answers their ids. A row that its own effect
 *   has locked is held, and is not waited for.
 * - `return_leases_<table>` gives back what is still held by these tokens: due at once, and the try isn't counted.
 */
export function dueWorkLeases(table: string, due: string): string {
  return [cappedClaim(table, due), leaseRenewal(table), leaseReturn(table)].join('\n');
}

function cappedClaim(table: string, due: string): string {
  const isDue = `t.${due} <= now() AND (t.lease_until IS NULL OR t.lease_until <= now())`;
  return definerFunction(
    `claim_due_${table}(p_limit integer, p_lease interval, p_cap integer, p_busy uuid[])`,
    'TABLE (tenant_id uuid, id uuid, lease_token uuid, attempts integer)',
    `
      WITH RECURSIVE tenants_due AS (
        (SELECT t.tenant_id FROM ${table} t WHERE t.${due} IS NOT NULL ORDER BY t.tenant_id LIMIT 1)
        UNION ALL
        SELECT (SELECT t.tenant_id FROM ${table} t
                 WHERE t.${due} IS NOT NULL AND t.tenant_id > d.tenant_id ORDER BY t.tenant_id LIMIT 1)
          FROM tenants_due d WHERE d.tenant_id IS NOT NULL
      ), rooms AS (
        SELECT d.tenant_id, p_cap - (SELECT count(*) FROM unnest(p_busy) b WHERE b = d.tenant_id) AS room
          FROM tenants_due d WHERE d.tenant_id IS NOT NULL
      ), fair AS (
        SELECT r.* FROM rooms d CROSS JOIN LATERAL (
          SELECT t.tenant_id, t.id, t.${due} AS due_at FROM ${table} t
           WHERE t.tenant_id = d.tenant_id AND ${isDue}
           ORDER BY t.${due} LIMIT greatest(least(d.room, 2), 0) FOR UPDATE SKIP LOCKED) r
         ORDER BY r.due_at LIMIT p_limit
      ), more AS (
        SELECT r.* FROM rooms d CROSS JOIN LATERAL (
          SELECT t.tenant_id, t.id, t.${due} AS due_at FROM ${table} t
           WHERE t.tenant_id = d.tenant_id AND ${isDue} AND (SELECT count(*) FROM fair) < p_limit
             AND NOT EXISTS (SELECT 1 FROM fair f WHERE f.tenant_id = t.tenant_id AND f.id = t.id)
           ORDER BY t.${due} LIMIT greatest(d.room - 2, 0) FOR UPDATE SKIP LOCKED) r
         ORDER BY r.due_at LIMIT p_limit
      ), chosen AS (
        SELECT tenant_id, id FROM (SELECT * FROM fair UNION ALL SELECT * FROM more) a LIMIT p_limit
      )
      UPDATE ${table} t
         SET lease_token = gen_random_uuid(), lease_until = now() + p_lease, work_attempts = t.work_attempts + 1
        FROM chosen c WHERE t.tenant_id = c.tenant_id AND t.id = c.id
      RETURNING t.tenant_id, t.id, t.lease_token, t.work_attempts`,
  );
}

/** How many rows a claim chooses beyond what it is to take: as many as others who claim at that moment may have locked. */
const SPARE = 16;

/**
 * The claim of `dueWorkLeases`, which locks what it takes and next to nothing else: it chooses rows without a lock, then
 * locks them one after the other until it has enough. What another transaction has locked is passed over, so it
 * chooses some more than it needs; of a tenant also more than its room, which are come to last, and only in the place of
 * rows within a room. In the end no tenant gets more than its room.
 *
 * The lock asks once more whether the row is due: it may have been taken between choosing and locking.
 */
export function frugalClaim(table: string, due: string): string {
  const isDue = `t.${due} <= now() AND (t.lease_until IS NULL OR t.lease_until <= now())`;
  return newDefinerBody(
    `claim_due_${table}(p_limit integer, p_lease interval, p_cap integer, p_busy uuid[])`,
    'TABLE (tenant_id uuid, id uuid, lease_token uuid, attempts integer)',
    `
      WITH RECURSIVE tenants_due AS (
        (SELECT t.tenant_id FROM ${table} t WHERE t.${due} IS NOT NULL ORDER BY t.tenant_id LIMIT 1)
        UNION ALL
        SELECT (SELECT t.tenant_id FROM ${table} t
                 WHERE t.${due} IS NOT NULL AND t.tenant_id > d.tenant_id ORDER BY t.tenant_id LIMIT 1)
          FROM tenants_due d WHERE d.tenant_id IS NOT NULL
      ), rooms AS (
        SELECT d.tenant_id, p_cap - (SELECT count(*) FROM unnest(p_busy) b WHERE b = d.tenant_id) AS room
          FROM tenants_due d WHERE d.tenant_id IS NOT NULL
      ), fair AS MATERIALIZED (
        SELECT r.*, d.room FROM rooms d CROSS JOIN LATERAL (
          SELECT t.tenant_id, t.id, t.${due} AS due_at, row_number() OVER (ORDER BY t.${due}) AS nth FROM ${table} t
           WHERE t.tenant_id = d.tenant_id AND ${isDue}
           ORDER BY t.${due} LIMIT 2) r
         WHERE d.room > 0
      ), more AS MATERIALIZED (
        SELECT r.*, d.room FROM rooms d CROSS JOIN LATERAL (
          SELECT t.tenant_id, t.id, t.${due} AS due_at, 2 + row_number() OVER (ORDER BY t.${due}) AS nth FROM ${table} t
           WHERE t.tenant_id = d.tenant_id AND ${isDue}
             AND NOT EXISTS (SELECT 1 FROM fair f WHERE f.tenant_id = t.tenant_id AND f.id = t.id)
           ORDER BY t.${due} LIMIT least(d.room, p_limit) + ${SPARE}) r
         WHERE d.room > 0 AND (SELECT count(*) FROM fair) < p_limit + ${SPARE}
      ), candidates AS MATERIALIZED (
        SELECT a.tenant_id, a.id, a.room, a.nth <= a.room AS within,
               row_number() OVER (ORDER BY a.nth > a.room, a.nth > 2, a.due_at) AS turn
          FROM (SELECT * FROM fair UNION ALL SELECT * FROM more) a
         ORDER BY turn LIMIT p_limit + ${SPARE}
      ), locked AS MATERIALIZED (
        SELECT c.tenant_id, c.id, c.room, c.turn
          FROM candidates c JOIN ${table} t ON t.tenant_id = c.tenant_id AND t.id = c.id
         WHERE ${isDue}
         ORDER BY c.turn
         LIMIT least(p_limit, (SELECT count(*) FROM candidates WHERE within))
           FOR UPDATE OF t SKIP LOCKED
      ), chosen AS (
        SELECT l.tenant_id, l.id
          FROM (SELECT *, row_number() OVER (PARTITION BY tenant_id ORDER BY turn) AS nth FROM locked) l
         WHERE l.nth <= l.room
      )
      UPDATE ${table} t
         SET lease_token = gen_random_uuid(), lease_until = now() + p_lease, work_attempts = t.work_attempts + 1
        FROM chosen c WHERE t.tenant_id = c.tenant_id AND t.id = c.id
      RETURNING t.tenant_id, t.id, t.lease_token, t.work_attempts`,
  );
}

const heldRows = (table: string) => `unnest(p_tenants, p_ids, p_tokens) AS l (tenant_id, id, token)
        JOIN ${table} t ON t.tenant_id = l.tenant_id AND t.id = l.id AND t.lease_token = l.token`;

function leaseRenewal(table: string): string {
  const held = heldRows(table);
  return definerFunction(
    `renew_leases_${table}(p_tenants uuid[], p_ids uuid[], p_tokens uuid[], p_lease interval)`,
    'TABLE (id uuid)',
    `
      WITH held AS (SELECT t.id FROM ${held}
      ), free AS (
        SELECT t.tenant_id, t.id FROM ${held} FOR UPDATE OF t SKIP LOCKED
      ), renewed AS (
        UPDATE ${table} t SET lease_until = now() + p_lease
          FROM free f WHERE t.tenant_id = f.tenant_id AND t.id = f.id
      )
      SELECT id FROM held`,
  );
}

function leaseReturn(table: string): string {
  return definerFunction(
    `return_leases_${table}(p_tenants uuid[], p_ids uuid[], p_tokens uuid[])`,
    'void',
    `
      WITH free AS (
        SELECT t.tenant_id, t.id FROM ${heldRows(table)} FOR UPDATE OF t SKIP LOCKED
      )
      UPDATE ${table} t
         SET lease_token = NULL, lease_until = NULL, work_attempts = greatest(t.work_attempts - 1, 0)
        FROM free f WHERE t.tenant_id = f.tenant_id AND t.id = f.id`,
  );
}
