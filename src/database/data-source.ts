import type { DataSourceOptions } from 'typeorm';
import type { Config } from '../config.js';
import { entities } from './entities.js';
import { SnakeCaseNaming } from './naming.js';
import { StatementClient } from './statement-client.js';

/** How long a request waits for a free connection, and then for a new one to be made, in milliseconds. */
export const CONNECTION_WAIT_MS = 2000;
/**
 * How long a connection stays that nobody needs, in milliseconds. A new one takes a process of the database, and planning
 * each statement once more, just when much is asked for: what a burst needed is kept for the next.
 */
const IDLE_MS = 600_000;
/** How often a connection that stays shows that it is used, so that nothing on the way forgets it. */
const KEEP_ALIVE_MS = 60_000;
/** Nobody waits for a background statement, and it may have to go through more. */
const STATEMENT_LIMIT_MS = { api: 5000, all: 5000, worker: 60_000 };
const LOCK_LIMIT_MS = 2000;
/** What the database gets to say so itself before a connection that is silent counts as dead. */
const SILENCE_MS = 2000;

/**
 * Connection of the application role. Every wait has an end: for a connection, a lock, a statement, for a database that
 * says nothing at all, and for a transaction that its process forgot.
 */
export function dataSourceOptions(
  config: Pick<Config, 'databaseUrl' | 'databasePoolSize'> &
    Partial<Pick<Config, 'databasePrepare' | 'role'>>,
): Extract<DataSourceOptions, { type: 'postgres' }> {
  const statementLimit = STATEMENT_LIMIT_MS[config.role ?? 'all'];
  return {
    type: 'postgres',
    url: config.databaseUrl,
    entities,
    namingStrategy: new SnakeCaseNaming(),
    synchronize: false,
    migrationsRun: false,
    poolSize: config.databasePoolSize,
    connectTimeoutMS: CONNECTION_WAIT_MS,
    applicationName: 'countersign',
    extra: {
      // Statements of one transaction that don't need each other's answers share a round trip.
      pipeline: true,
      ...(config.databasePrepare === false ? {} : { Client: StatementClient }),
      statement_timeout: statementLimit,
      lock_timeout: LOCK_LIMIT_MS,
      // Together with `pipeline` this ends the connection too.
      query_timeout: statementLimit + SILENCE_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      idleTimeoutMillis: IDLE_MS,
      idle_in_transaction_session_timeout: 15_000,
    },
  };
}
