import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Public, Requires } from '../auth/access.js';
import { CurrentCaller, type Caller } from '../http/caller.js';
import { Describe, Returns } from '../http/returns.js';
import { notificationPageSchema, notificationQuerySchema } from './notification.schemas.js';
import { NotificationsService } from './notifications.service.js';

@ApiTags('Notifications')
@Controller()
export class NotificationsController {
  constructor(private readonly notifications: NotificationsService) {}

  /** Yoti counts exactly 200 with an empty body as received. */
  @Post('hooks/yoti/:opaque')
  @Public()
  @HttpCode(200)
  @ApiExcludeEndpoint()
  receive(
    @Param('opaque') opaque: string,
    @Headers('authorization') authorization: string | undefined,
    @Body() body: unknown,
  ): Promise<void> {
    return this.notifications.receive(opaque, authorization, body);
  }

  @Get('v1/notifications')
  @Requires('notifications:read')
  @Describe("List Yoti's notifications", 'Newest first, as they were received.')
  @Returns(notificationPageSchema)
  listNotifications(
    @CurrentCaller() caller: Caller,
    @Query({ schema: notificationQuerySchema }) query: z.infer<typeof notificationQuerySchema>,
  ) {
    return this.notifications.list(caller, query);
  }
}
