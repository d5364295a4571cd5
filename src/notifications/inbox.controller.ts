import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Requires } from '../auth/access.js';
import { CurrentCaller, type Caller } from '../http/caller.js';
import { Idempotent, type IdempotentRequest } from '../http/idempotency.js';
import { Describe, Fails, Returns } from '../http/returns.js';
import { inboxQuerySchema, inboxSchema, replayedSchema, replaySchema } from './inbox.schemas.js';
import { InboxService } from './inbox.service.js';

@ApiTags('Notifications')
@Controller('v1/inbox')
export class InboxController {
  constructor(private readonly inbox: InboxService) {}

  @Get()
  @Requires('notifications:read')
  @Describe(
    'Read how the inbox is doing',
    "What came of Yoti's notifications in a period of at most 31 days, what is due and since when, and what is parked.",
  )
  @Returns(inboxSchema)
  getInbox(
    @CurrentCaller() caller: Caller,
    @Query({ schema: inboxQuerySchema }) query: z.infer<typeof inboxQuerySchema>,
  ) {
    return this.inbox.get(caller, query);
  }

  @Post('replay')
  @Requires('notifications:write')
  @Describe(
    'Replay what is parked',
    'Makes one parked session or delivery, or all of a kind, due now. What fails again is parked again.',
  )
  @Returns(replayedSchema)
  @Fails('not_found', 'conflict')
  replayParked(
    @CurrentCaller() caller: Caller,
    @Idempotent() idempotent: IdempotentRequest | null,
    @Body({ schema: replaySchema }) body: z.infer<typeof replaySchema>,
  ) {
    return this.inbox.replay(caller, idempotent, body);
  }
}
