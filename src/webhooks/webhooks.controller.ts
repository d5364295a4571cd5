import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Requires } from '../auth/access.js';
import { CurrentCaller, type Caller } from '../http/caller.js';
import { idSchema } from '../http/common.schemas.js';
import { HeedsIfMatch, IfMatch, Versioned } from '../http/etag.js';
import { Idempotent, type IdempotentRequest } from '../http/idempotency.js';
import { pageQuerySchema } from '../http/pagination.js';
import { Describe, Fails, Returns, ReturnsNothing } from '../http/returns.js';
import { DeliveriesService } from './deliveries.service.js';
import { ReplayService } from './replay.service.js';
import { WebhookEndpointsService } from './webhook-endpoints.service.js';
import { WebhookSecretsService } from './webhook-secrets.service.js';
import {
  createWebhookEndpointSchema,
  deliveryDetailSchema,
  deliveryPageSchema,
  deliveryQuerySchema,
  deliverySchema,
  recoverSchema,
  replayedSchema,
  replaySchema,
  rotateSecretSchema,
  updateWebhookEndpointSchema,
  webhookEndpointPageSchema,
  webhookEndpointSchema,
  webhookEndpointWithSecretSchema,
} from './webhook.schemas.js';

@ApiTags('Webhooks')
@Controller('v1')
export class WebhooksController {
  constructor(
    private readonly endpoints: WebhookEndpointsService,
    private readonly secrets: WebhookSecretsService,
    private readonly replays: ReplayService,
    private readonly deliveries: DeliveriesService,
  ) {}

  @Get('webhook-endpoints')
  @Requires('webhooks:read')
  @Describe('List webhook endpoints', 'Newest first.')
  @Returns(webhookEndpointPageSchema)
  listWebhookEndpoints(
    @CurrentCaller() caller: Caller,
    @Query({ schema: pageQuerySchema }) query: z.infer<typeof pageQuerySchema>,
  ) {
    return this.endpoints.list(caller, query);
  }

  @Post('webhook-endpoints')
  @Requires('webhooks:write')
  @Versioned()
  @Describe('Create a webhook endpoint', 'The signing secret is in this answer and in no other.')
  @Returns(webhookEndpointWithSecretSchema, 201, 'Created')
  @Fails('conflict')
  createWebhookEndpoint(
    @CurrentCaller() caller: Caller,
    @Idempotent() idem: IdempotentRequest | null,
    @Body({ schema: createWebhookEndpointSchema }) body: z.infer<typeof createWebhookEndpointSchema>,
  ) {
    return this.endpoints.create(caller, idem, body);
  }

  @Get('webhook-endpoints/:id')
  @Requires('webhooks:read')
  @Versioned()
  @Describe('Get a webhook endpoint')
  @Returns(webhookEndpointSchema)
  @Fails('not_found')
  getWebhookEndpoint(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    return this.endpoints.get(caller, id);
  }

  @Patch('webhook-endpoints/:id')
  @Requires('webhooks:write')
  @Versioned()
  @HeedsIfMatch()
  @Describe(
    'Change, disable or enable a webhook endpoint',
    'An endpoint that is enabled again is sent what it has missed.',
  )
  @Returns(webhookEndpointSchema)
  @Fails('not_found', 'version_mismatch', 'conflict')
  updateWebhookEndpoint(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @IfMatch() expected: number | null,
    @Body({ schema: updateWebhookEndpointSchema }) body: z.infer<typeof updateWebhookEndpointSchema>,
  ) {
    return this.endpoints.update(caller, id, expected, body);
  }

  @Delete('webhook-endpoints/:id')
  @Requires('webhooks:write')
  @HeedsIfMatch()
  @Describe(
    'Delete a webhook endpoint',
    'Cancels its pending deliveries; past ones stay to be looked at, and count as parked no longer.',
  )
  @ReturnsNothing()
  @Fails('not_found', 'version_mismatch')
  async deleteWebhookEndpoint(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @IfMatch() expected: number | null,
  ) {
    await this.endpoints.remove(caller, id, expected);
  }

  @Post('webhook-endpoints/:id/rotate-secret')
  @Requires('webhooks:write')
  @Versioned()
  @ApiBody({ required: false })
  @Describe(
    'Make a new signing secret',
    'Signs from now on; the one before signs as well until the overlap ends. Shown in this answer only.',
  )
  @Returns(webhookEndpointWithSecretSchema)
  @Fails('not_found', 'conflict')
  rotateWebhookSecret(
    @CurrentCaller() caller: Caller,
    @Idempotent() idem: IdempotentRequest | null,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: rotateSecretSchema }) body: z.infer<typeof rotateSecretSchema>,
  ) {
    return this.secrets.rotate(caller, idem, id, body);
  }

  @Delete('webhook-endpoints/:id/secrets/:secretId')
  @Requires('webhooks:write')
  @Describe('End a signing secret before its time', 'One that a rotation has replaced and that still signs.')
  @ReturnsNothing()
  @Fails('not_found')
  async endWebhookSecret(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Param('secretId', { schema: idSchema }) secretId: string,
  ) {
    await this.secrets.end(caller, id, secretId);
  }

  @Post('webhook-endpoints/:id/replay')
  @Requires('webhooks:write')
  @Describe(
    'Send the events of a time range again',
    'Under the webhook-ids they had, delivered or not; what is on its way goes on as it is. An event from before ' +
      'the endpoint was made is sent too.',
  )
  @Returns(replayedSchema, 202, 'Will be sent')
  @Fails('not_found', 'conflict')
  replayEvents(
    @CurrentCaller() caller: Caller,
    @Idempotent() idem: IdempotentRequest | null,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: replaySchema }) body: z.infer<typeof replaySchema>,
  ) {
    return this.replays.replay(caller, idem, id, body);
  }

  @Post('webhook-endpoints/:id/recover')
  @Requires('webhooks:write')
  @Describe(
    'Send what has failed since a time again',
    'The events whose delivery failed or was cancelled, under the webhook-ids they had.',
  )
  @Returns(replayedSchema, 202, 'Will be sent')
  @Fails('not_found', 'conflict')
  recoverEvents(
    @CurrentCaller() caller: Caller,
    @Idempotent() idem: IdempotentRequest | null,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: recoverSchema }) body: z.infer<typeof recoverSchema>,
  ) {
    return this.replays.recover(caller, idem, id, body);
  }

  @Post('webhook-endpoints/:id/test')
  @Requires('webhooks:write')
  @Describe(
    'Send a test event',
    'Sends `endpoint.test` to this endpoint only. Read the delivery to see what came of it.',
  )
  @Returns(deliverySchema, 202, 'Will be sent')
  @Fails('not_found', 'conflict')
  testWebhookEndpoint(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Idempotent() idem: IdempotentRequest | null,
  ) {
    return this.deliveries.test(caller, id, idem);
  }

  @Get('deliveries')
  @Requires('webhooks:read')
  @Describe('List deliveries', 'Newest first: what was and will be sent to which endpoint.')
  @Returns(deliveryPageSchema)
  listDeliveries(
    @CurrentCaller() caller: Caller,
    @Query({ schema: deliveryQuerySchema }) query: z.infer<typeof deliveryQuerySchema>,
  ) {
    return this.deliveries.list(caller, query);
  }

  @Get('deliveries/:id')
  @Requires('webhooks:read')
  @Describe('Get a delivery', 'With its attempts and the payload that is sent.')
  @Returns(deliveryDetailSchema)
  @Fails('not_found')
  getDelivery(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    return this.deliveries.get(caller, id);
  }

  @Post('deliveries/:id/retry')
  @Requires('webhooks:write')
  @Describe('Send a delivery again', 'Now, with the same webhook-id, whether or not it was delivered before.')
  @Returns(deliverySchema, 202, 'Will be sent')
  @Fails('not_found', 'conflict')
  retryDelivery(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Idempotent() idem: IdempotentRequest | null,
  ) {
    return this.deliveries.retry(caller, id, idem);
  }
}
