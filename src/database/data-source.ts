import type { DataSourceOptions } from 'typeorm';
import type { Config } from '../config.js';
import { entities } from './entities.js';
import { SnakeCaseNaming } from './naming.js';
import { StatementClient } from './statement-client.js';

/**
 * Connection of the application role. Every wait has an end: for a free connection, for a statement, and for a
 * transaction that its process forgot.
 */
export function dataSourceOptions(
  config: Pick<Config, 'databaseUrl' | 'databasePoolSize'> & { databasePrepare?: boolean },
): Extract<DataSourceOptions, { type: 'postgres' }> {
  return {
    type: 'postgres',
    url: config.databaseUrl,
    entities,
    namingStrategy: new SnakeCaseNaming(),
    synchronize: false,
    migrationsRun: false,
    poolSize: config.databasePoolSize,
    connectTimeoutMS: 5000,
    applicationName: 'countersign',
    extra: {
      // Statements of one transaction that don't need each other's answers share a round trip.
      pipeline: true,
      ...(config.databasePrepare === false ? {} : { Client: StatementClient }),
      statement_timeout: 15_000,
      lock_timeout: 5000,
      idle_in_transaction_session_timeout: 15_000,
    },
  };
}
