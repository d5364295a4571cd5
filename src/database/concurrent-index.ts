import type { QueryRunner } from 'typeorm';

/**
 * Builds an index while others write to its table, for a migration with `transaction = false`. It can be run again: the
 * invalid index that a failed build leaves is removed first, and a finished one is kept.
 *
 * The build waits for transactions that are older than itself without keeping anybody else waiting, so it may take its
 * time: the lock timeout of migrations doesn't apply to it.
 *
 * @param name of the index
 * @param definition what follows ON, such as `sessions (tenant_id, status)`
 * @param kind `UNIQUE INDEX` for one whose values may not repeat
 */
export async function createIndexConcurrently(
  q: QueryRunner,
  name: string,
  definition: string,
  kind: 'INDEX' | 'UNIQUE INDEX' = 'INDEX',
): Promise<void> {
  await q.query('SET lock_timeout = 0');
  const [existing] = (await q.query(
    'SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)',
    [name],
  )) as { valid: boolean }[];
  if (existing?.valid) return;
  if (existing) await q.query(`DROP INDEX CONCURRENTLY ${name}`);
  await q.query(`CREATE ${kind} CONCURRENTLY ${name} ON ${definition}`);
}
