import { Module } from '@nestjs/common';
import { YotiModule } from '../yoti/yoti.module.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { Metrics } from './metrics.js';

@Module({
  imports: [YotiModule],
  controllers: [HealthController],
  providers: [HealthService, Metrics],
  exports: [HealthService, Metrics],
})
export class HealthModule {}
