import { Module } from '@nestjs/common';
import { YotiModule } from '../yoti/yoti.module.js';
import { CredentialHealth } from './credential-health.js';
import { DatabaseGauges } from './database-gauges.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { Metrics } from './metrics.js';
import { PlatformHealthController } from './platform-health.controller.js';

@Module({
  imports: [YotiModule],
  controllers: [HealthController, PlatformHealthController],
  providers: [HealthService, CredentialHealth, DatabaseGauges, Metrics],
  exports: [HealthService, Metrics],
})
export class HealthModule {}
