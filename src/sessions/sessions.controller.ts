import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Requires } from '../auth/access.js';
import { CurrentCaller, type Caller } from '../http/caller.js';
import { idSchema } from '../http/common.schemas.js';
import { Idempotent, type IdempotentRequest } from '../http/idempotency.js';
import { pageQuerySchema } from '../http/pagination.js';
import { Describe, Fails, Returns } from '../http/returns.js';
import { sessionResultSchema } from '../yoti/result.js';
import { CreateSession } from './create-session.js';
import { SessionDevices } from './session-devices.js';
import {
  createSessionSchema,
  deviceListSchema,
  sessionPageSchema,
  sessionQuerySchema,
  sessionSchema,
  timelineSchema,
} from './session.schemas.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('Sessions')
@Controller('v1/sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly create: CreateSession,
    private readonly devices: SessionDevices,
  ) {}

  @Post()
  @Requires('sessions:write')
  @Describe(
    'Create a session',
    'Starts one verification by a published policy. Send an Idempotency-Key: a repeated request then answers the same session.',
  )
  @Returns(sessionSchema, 201, 'Created')
  @Fails(
    'not_found',
    'policy_not_published',
    'policy_invalid',
    'no_active_credential',
    'environment_required',
    'credential_invalid',
    'credential_suspect',
    'data_unreadable',
    'yoti_refused',
    'yoti_bad_response',
    'yoti_unavailable',
  )
  createSession(
    @CurrentCaller() caller: Caller,
    @Body({ schema: createSessionSchema }) body: z.infer<typeof createSessionSchema>,
    @Idempotent() idempotent: IdempotentRequest | null,
  ) {
    return this.create.run(caller, body, idempotent);
  }

  @Get()
  @Requires('sessions:read')
  @Describe('List sessions', 'Newest first.')
  @Returns(sessionPageSchema)
  listSessions(
    @CurrentCaller() caller: Caller,
    @Query({ schema: sessionQuerySchema }) query: z.infer<typeof sessionQuerySchema>,
  ) {
    return this.sessions.list(caller, query);
  }

  @Get(':id')
  @Requires('sessions:read')
  @Describe('Read a session')
  @Returns(sessionSchema)
  @Fails('not_found')
  getSession(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    return this.sessions.get(caller, id);
  }

  @Post(':id/cancel')
  @Requires('sessions:write')
  @Describe(
    'Cancel a session',
    'The hosted page ends and the token is no longer shown; the session at Yoti runs out by itself. Only an open session can be cancelled.',
  )
  @Returns(sessionSchema)
  @Fails('not_found', 'conflict')
  cancelSession(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Idempotent() idempotent: IdempotentRequest | null,
  ) {
    return this.sessions.cancel(caller, id, idempotent);
  }

  @Post(':id/sync')
  @Requires('sessions:write')
  @Describe('Sync a session', 'Asks Yoti now, without waiting for a notification.')
  @Returns(sessionSchema)
  @Fails(
    'not_found',
    'data_unreadable',
    'credential_invalid',
    'credential_suspect',
    'yoti_refused',
    'yoti_bad_response',
    'yoti_unavailable',
  )
  syncSession(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    return this.sessions.sync(caller, id);
  }

  @Get(':id/result')
  @Requires('results:read')
  @Describe(
    'Read the result',
    'Checks, reports, identity profiles and extracted fields with their sources. The look is recorded in the audit trail.',
  )
  @Returns(sessionResultSchema)
  @Fails('not_found', 'result_not_available', 'session_erased', 'data_unreadable')
  getSessionResult(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    return this.sessions.result(caller, id);
  }

  @Get(':id/devices')
  @Requires('results:read')
  @Describe(
    'Read the devices of a session',
    'Where and with what the person was, with internet addresses if Yoti tracks them; read from Yoti. The look is recorded in the audit trail.',
  )
  @Returns(deviceListSchema)
  @Fails(
    'not_found',
    'result_not_available',
    'session_erased',
    'data_unreadable',
    'yoti_refused',
    'yoti_bad_response',
    'yoti_unavailable',
    'credential_invalid',
    'credential_suspect',
  )
  getSessionDevices(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    return this.devices.list(caller, id);
  }

  @Get(':id/timeline')
  @Requires('sessions:read')
  @Describe('Read the timeline', 'What was done with the session and what Yoti told, oldest first.')
  @Returns(timelineSchema)
  @Fails('not_found')
  getSessionTimeline(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Query({ schema: pageQuerySchema }) query: z.infer<typeof pageQuerySchema>,
  ) {
    return this.sessions.timeline(caller, id, query);
  }
}
