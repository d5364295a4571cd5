import { Module } from '@nestjs/common';
import { PoliciesController } from './policies.controller.js';
import { PoliciesService } from './policies.service.js';
import { PublishPolicy } from './publish-policy.js';

@Module({ controllers: [PoliciesController], providers: [PoliciesService, PublishPolicy] })
export class PoliciesModule {}
