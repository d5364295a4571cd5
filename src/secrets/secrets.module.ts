import { Module } from '@nestjs/common';
import { SecretsController } from './secrets.controller.js';
import { Secrets } from './secrets.service.js';

@Module({ controllers: [SecretsController], providers: [Secrets] })
export class SecretsModule {}
