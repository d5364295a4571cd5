import { Global, Module } from '@nestjs/common';
import { AuditController } from './audit.controller.js';
import { AuditService } from './audit.service.js';
import { Events } from './events.service.js';

@Global()
@Module({ controllers: [AuditController], providers: [AuditService, Events], exports: [Events] })
export class AuditModule {}
