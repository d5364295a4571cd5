import pg from 'pg';

/** A statement of the server's, and for whom it runs. */
interface Looked {
  tenantId: string;
  sql: string;
  values: string[];
  /** The table whose rows are counted. */
  table: string;
  /** Planned for these values, or for any, as for a statement that is kept prepared. */
  plans: 'custom' | 'generic';
}

/** A step of a plan as PostgreSQL tells it. */
interface Step {
  'Relation Name'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  Plans?: Step[];
}

/**
 * The most rows of a table that a step of a statement looks at, as the server runs it for a tenant. Has no effect.
 *
 * @param client connected as the server's role
 */
export async function rowsLookedAt(
  client: pg.Client,
  { tenantId, sql, values, table, plans }: Looked,
): Promise<number> {
  await client.query(
    `BEGIN; SET LOCAL app.tenant_id = '${tenantId}'; SET LOCAL plan_cache_mode = force_${plans}_plan`,
  );
  try {
    await client.query(`PREPARE looked_at AS ${sql}`);
    const given = values.map((value) => client.escapeLiteral(value)).join(', ');
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Step }] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE looked_at (${given})`,
    );
    const steps = flat(rows[0]!['QUERY PLAN'][0].Plan);
    return Math.max(0, ...steps.filter((step) => step['Relation Name'] === table).map(rowsOf));
  } finally {
    await client.query('ROLLBACK; DEALLOCATE ALL');
  }
}

const flat = (step: Step): Step[] => [step, ...(step.Plans ?? []).flatMap(flat)];
const rowsOf = (step: Step) =>
  ((step['Actual Rows'] ?? 0) + (step['Rows Removed by Filter'] ?? 0)) * (step['Actual Loops'] ?? 1);
