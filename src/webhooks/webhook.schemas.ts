import { z } from 'zod';
import { eventNames, eventSchema } from '../audit/event-types.js';
import { givenTimeSchema, httpUrlSchema, idSchema, timestampSchema } from '../http/common.schemas.js';
import { pageOf, pageQuery } from '../http/pagination.js';
import { signatureKinds } from './webhook-signature.js';
import { deliveryDetailExample, deliveryExample, endpointExample } from './webhook.examples.js';

export const endpointStatuses = ['enabled', 'disabled'] as const;
export const disabledReasons = ['by_hand', 'gone', 'failing'] as const;
export const deliveryStatuses = ['pending', 'delivered', 'failed', 'cancelled'] as const;

/** Why an attempt failed. */
export const errorClasses = [
  'timeout',
  'dns',
  'connect',
  'tls',
  'address_refused',
  'bad_response',
  'http_3xx',
  'http_4xx',
  'http_5xx',
] as const;

export type ErrorClass = (typeof errorClasses)[number];

const MAX_DESCRIPTION = 200;

/** A test goes to one endpoint because somebody asked for it; nobody subscribes to it. */
const subscribable = eventNames.filter((name) => name !== 'endpoint.test');

const eventsSchema = z
  .array(z.enum(subscribable))
  .min(1)
  .max(subscribable.length)
  .refine((names) => new Set(names).size === names.length, 'Name each event once.')
  .describe('Which events it hears of');

const urlSchema = httpUrlSchema.describe('https address; http only in networks that the operator opened');
const descriptionSchema = z.string().max(MAX_DESCRIPTION).describe('For people');

const signatureSchema = z
  .enum(signatureKinds)
  .describe('hmac: v1, by a secret that both sides know; ed25519: v1a, checked with a public key');

export const createWebhookEndpointSchema = z
  .strictObject({
    url: urlSchema,
    description: descriptionSchema.optional(),
    events: eventsSchema,
    signature: signatureSchema.optional(),
  })
  .meta({
    id: 'CreateWebhookEndpoint',
    example: { url: 'https://hooks.example/countersign', events: ['session.completed', 'review.decided'] },
  });

export const updateWebhookEndpointSchema = z
  .strictObject({
    url: urlSchema.optional(),
    description: descriptionSchema.optional(),
    events: eventsSchema.optional(),
    status: z
      .enum(endpointStatuses)
      .optional()
      .describe('Disabling cancels the deliveries that are pending; enabling sends what was missed'),
    replaySince: givenTimeSchema
      .optional()
      .describe(
        'For an endpoint that is disabled, with status enabled: send the events since then that it has not had. ' +
          'Unless given, all it has missed; no more than 30 days in any case. For one that is enabled: 409, see replay',
      ),
  })
  .refine((change) => Object.keys(change).length > 0, 'Name at least one field to change.')
  .refine((change) => change.replaySince === undefined || change.status === 'enabled', {
    path: ['replaySince'],
    message: 'Only together with the status enabled.',
  })
  .meta({ id: 'UpdateWebhookEndpoint', example: { status: 'disabled' } });

const publicKeySchema = z
  .string()
  .nullable()
  .describe('Key that checks its ed25519 signatures, whpk_…; null for hmac');

const retiringSecretSchema = z
  .object({
    id: idSchema,
    signature: signatureSchema,
    publicKey: publicKeySchema,
    endsAt: timestampSchema.describe('When it signs no more'),
  })
  .meta({ id: 'RetiringWebhookSecret' });

const endpointShape = {
  id: idSchema,
  url: z.string().describe('Where events are sent'),
  description: z.string().describe('For people'),
  events: z.array(z.enum(eventNames)).describe('Which events it hears of'),
  status: z.enum(endpointStatuses).describe('Disabled endpoints are sent nothing'),
  disabledReason: z
    .enum(disabledReasons)
    .nullable()
    .describe('by_hand: somebody disabled it; gone: it answered 410; failing: 5 days with failures only'),
  disabledAt: timestampSchema.nullable(),
  signature: signatureSchema,
  publicKey: publicKeySchema,
  retiringSecrets: z.array(retiringSecretSchema).describe('Secrets before a rotation that sign as well'),
  failingSince: timestampSchema.nullable().describe('First failure since the last success'),
  failureCount: z.number().int().describe('Attempts that failed since the last success'),
  disablesAt: timestampSchema.nullable().describe('When it is disabled unless a delivery succeeds'),
  pausedUntil: timestampSchema.nullable().describe('Nothing is sent until then, after failures in a row'),
  replayFrom: timestampSchema
    .nullable()
    .describe('Events since then may be unsent: it is disabled, or a long replay goes on by itself'),
  version: z.number().int().describe('The ETag, as a number'),
  createdAt: timestampSchema,
  updatedAt: timestampSchema,
};

export const webhookEndpointSchema = z
  .object(endpointShape)
  .meta({ id: 'WebhookEndpoint', example: endpointExample });
export const webhookEndpointPageSchema = pageOf(webhookEndpointSchema).meta({ id: 'WebhookEndpointPage' });

export const webhookEndpointWithSecretSchema = z
  .object({
    ...endpointShape,
    secret: z
      .string()
      .nullable()
      .describe('Signing secret of Standard Webhooks, whsec_…; shown this once. Null for ed25519'),
  })
  .meta({ id: 'WebhookEndpointWithSecret', example: { ...endpointExample, secret: 'whsec_EXAMPLE' } });

const MAX_OVERLAP_SECONDS = 7 * 24 * 60 * 60;

export const rotateSecretSchema = z
  .strictObject({
    overlapSeconds: z
      .number()
      .int()
      .min(0)
      .max(MAX_OVERLAP_SECONDS)
      .optional()
      .describe(
        'How long the secrets before sign as well: a day unless given, at most 7; 0 ends them at once',
      ),
    signature: signatureSchema
      .optional()
      .describe('Kind of the new secret; that of the old one unless given'),
  })
  .meta({ id: 'RotateWebhookSecret', example: { overlapSeconds: 86_400 } })
  .optional();

const typesSchema = eventsSchema.describe('Only these; all that it hears of unless given');

export const replaySchema = z
  .strictObject({
    from: givenTimeSchema.describe('First time of the events, at most 30 days ago'),
    to: givenTimeSchema.optional().describe('Time before which they happened, now unless given'),
    types: typesSchema.optional(),
  })
  .refine(({ from, to }) => to === undefined || to > from, { path: ['to'], message: 'After `from`.' })
  .meta({ id: 'ReplayEvents', example: { from: '2026-03-04T10:00:00.000Z', types: ['session.decided'] } });

export const recoverSchema = z
  .strictObject({ since: givenTimeSchema.describe('First time of the events, at most 30 days ago') })
  .meta({ id: 'RecoverEvents', example: { since: '2026-03-04T10:00:00.000Z' } });

export const replayedSchema = z
  .object({
    deliveries: z.number().int().describe('How many will be sent, at most 1000 at once'),
    next: timestampSchema
      .nullable()
      .describe('There are more: repeat the request from this time on. Null when that was all'),
  })
  .meta({ id: 'Replayed', example: { deliveries: 128, next: null } });

const deliveryShape = {
  id: idSchema,
  endpointId: idSchema.describe('To which endpoint'),
  eventId: idSchema.describe('Which event; also the webhook-id header'),
  eventType: z.enum(eventNames).describe('What happened'),
  sessionId: idSchema.nullable().describe('The session it concerns'),
  status: z
    .enum(deliveryStatuses)
    .describe('Failed: every attempt has failed; cancelled: the endpoint was disabled or deleted meanwhile'),
  attemptCount: z.number().int().describe('Attempts made'),
  nextAttemptAt: timestampSchema
    .nullable()
    .describe('When it is tried next, null when it is not; sooner if it waits for a place at its endpoint'),
  parkedReason: z.string().nullable().describe('Why the server stopped before the schedule ended'),
  createdAt: timestampSchema,
  finishedAt: timestampSchema.nullable().describe('When it was delivered, failed or cancelled'),
};

export const deliverySchema = z.object(deliveryShape).meta({ id: 'Delivery', example: deliveryExample });
export const deliveryPageSchema = pageOf(deliverySchema).meta({ id: 'DeliveryPage' });

const attemptSchema = z
  .object({
    attempt: z.number().int().describe('Counted from 1'),
    startedAt: timestampSchema,
    durationMs: z.number().int().describe('How long it took, in milliseconds'),
    statusCode: z.number().int().nullable().describe('HTTP status of the answer, null when there was none'),
    errorClass: z.enum(errorClasses).nullable().describe('Why it failed; null when it was delivered'),
    responseExcerpt: z.string().nullable().describe("The answer's first 2 kB"),
  })
  .meta({ id: 'DeliveryAttempt' });

export const deliveryDetailSchema = z
  .object({
    ...deliveryShape,
    attempts: z.array(attemptSchema).describe('Oldest first; the latest 100'),
    payload: eventSchema.describe('What is sent'),
  })
  .meta({ id: 'DeliveryDetail', example: deliveryDetailExample });

export const deliveryQuerySchema = z.strictObject({
  ...pageQuery,
  endpointId: idSchema.optional().describe('Only to this endpoint'),
  status: z.enum(deliveryStatuses).optional().describe('Only with this status'),
  eventId: idSchema.optional().describe('Only of this event'),
  sessionId: idSchema.optional().describe('Only of the events of this session'),
});
