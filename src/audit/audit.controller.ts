import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Requires } from '../auth/access.js';
import { CurrentCaller, type Caller } from '../http/caller.js';
import { Describe, Returns } from '../http/returns.js';
import { auditPageSchema, auditQuerySchema, eventPageSchema, eventQuerySchema } from './audit.schemas.js';
import { AuditService } from './audit.service.js';

@ApiTags('Audit')
@Controller('v1')
export class AuditController {
  constructor(private readonly service: AuditService) {}

  @Get('audit-entries')
  @Requires('audit:read')
  @Describe('List the audit trail', 'Newest first. Every change, and every look at a result or an image.')
  @Returns(auditPageSchema)
  listAuditEntries(
    @CurrentCaller() caller: Caller,
    @Query({ schema: auditQuerySchema }) query: z.infer<typeof auditQuerySchema>,
  ) {
    return this.service.listEntries(caller, query);
  }

  @Get('events')
  @Requires('webhooks:read')
  @Describe(
    'List events',
    'The same payloads as webhooks, in an order that can be followed: every page has a cursor, and what comes later is found after it. Of one session `data.sequence` tells the order in which things happened.',
  )
  @Returns(eventPageSchema)
  listEvents(
    @CurrentCaller() caller: Caller,
    @Query({ schema: eventQuerySchema }) query: z.infer<typeof eventQuerySchema>,
  ) {
    return this.service.listEvents(caller, query);
  }
}
