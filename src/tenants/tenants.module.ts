import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { TenantsController } from './tenants.controller.js';
import { TenantsService } from './tenants.service.js';

@Module({
  imports: [UsersModule],
  controllers: [TenantsController, ApiKeysController],
  providers: [TenantsService, ApiKeysService],
})
export class TenantsModule {}
