import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A migration and the SQL that it sends. */
export interface RecordedMigration {
  name: string;
  /** Whether it runs in one transaction. */
  transactional: boolean;
  /** What each call of `query` sends: one statement or several. */
  queries: string[];
}

/** Runs a migration against nothing and keeps what it would have sent. @throws when it uses anything but `query` */
export async function record(step: new () => MigrationInterface): Promise<RecordedMigration> {
  const migration = new step();
  const queries: string[] = [];
  const runner = new Proxy({} as QueryRunner, {
    get: (_, method) => {
      if (method === 'query') {
        return async (sql: string) => {
          queries.push(sql);
          return [];
        };
      }
      throw new Error(`${step.name} uses ${String(method)}(): write SQL and send it with query().`);
    },
  });
  await migration.up(runner);
  return { name: migration.name ?? step.name, transactional: migration.transaction !== false, queries };
}
