import { DataSource } from 'typeorm';
import { migrations } from '../../migrations/index.js';

/** One number for everybody who migrates this database, so that of several starters one works and the rest wait. */
const MIGRATION_LOCK = 4_273_118_951;

/**
 * Brings the schema to this version, under an advisory lock.
 *
 * @param options.url connection of the owner role
 * @param options.log receives a line per applied step
 * @returns how many steps were applied; 0 when the schema was up to date
 * @throws when the `countersign_app` role doesn't exist or a step fails (that step is rolled back)
 */
export async function migrate(options: { url: string; log?: (line: string) => void }): Promise<number> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: options.url,
    migrations,
    migrationsTransactionMode: 'each',
    extra: { max: 2 },
  });
  await dataSource.initialize();
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const applied = await dataSource.runMigrations();
    for (const step of applied) options.log?.(`applied ${step.name}`);
    return applied.length;
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lock.release();
    await dataSource.destroy();
  }
}
