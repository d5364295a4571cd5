import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CONFIG, type Config } from '../config.js';
import { Idempotency } from '../http/idempotency.js';
import { dataSourceOptions } from './data-source.js';
import { TenantCounts } from './tenant-counts.js';
import { TenantDb } from './tenant-db.js';
import { WakeUp } from './wake-up.js';

@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [CONFIG],
      useFactory: (config: Config) => ({ ...dataSourceOptions(config), retryAttempts: 0 }),
    }),
  ],
  providers: [TenantDb, TenantCounts, Idempotency, WakeUp],
  exports: [TenantDb, TenantCounts, Idempotency, WakeUp],
})
export class DatabaseModule {}
