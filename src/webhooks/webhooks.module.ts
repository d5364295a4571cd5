import { Module } from '@nestjs/common';
import { DeliveriesService } from './deliveries.service.js';
import { DeliveryLog } from './delivery-log.js';
import { EndpointTrouble } from './endpoint-trouble.js';
import { ReplayService } from './replay.service.js';
import { WebhookEndpointsService } from './webhook-endpoints.service.js';
import { WebhookSecretsService } from './webhook-secrets.service.js';
import { WebhookSender } from './webhook-sender.js';
import { WebhooksController } from './webhooks.controller.js';

@Module({
  controllers: [WebhooksController],
  providers: [
    WebhookEndpointsService,
    WebhookSecretsService,
    ReplayService,
    DeliveriesService,
    DeliveryLog,
    EndpointTrouble,
    WebhookSender,
  ],
})
export class WebhooksModule {}
