import { z } from 'zod';
import { idSchema, slugSchema, timestampSchema } from '../http/common.schemas.js';
import { eventExamples } from './event.examples.js';

const sessionFacts = z
  .object({
    sessionId: idSchema,
    reference: z.string().nullable().describe('Your own reference'),
    policy: z
      .object({ id: idSchema, slug: slugSchema, version: z.number().int() })
      .describe('What was asked'),
    status: z.string().describe('Status after the event'),
    outcome: z.string().nullable().describe('Outcome after the event'),
    progress: z.string().describe('How far the person is'),
    sequence: z.number().int().describe('Order of the events of one session, from 1'),
  })
  .meta({ id: 'SessionEventData' });

const reviewFacts = z
  .object({
    ...sessionFacts.shape,
    reviewId: idSchema,
    reasonCodes: z.array(z.string()).describe('Why a person decides'),
    decision: z.enum(['approved', 'rejected']).nullable().describe('What was decided'),
    reasonCode: z.string().nullable().describe('Why it was decided so'),
  })
  .meta({ id: 'ReviewEventData' });

const policyFacts = z
  .object({ policyId: idSchema, slug: slugSchema, version: z.number().int() })
  .meta({ id: 'PolicyEventData' });

const credentialFacts = z
  .object({
    credentialId: idSchema,
    environment: z.string().describe('Where its application lives'),
    status: z.string().describe('Status after the event'),
    diagnosis: z.string().nullable().describe('What a probe found, as a code such as WRONG_KEY'),
  })
  .meta({ id: 'CredentialEventData' });

const testFacts = z.object({ endpointId: idSchema }).meta({ id: 'TestEventData' });

const endpointFacts = z
  .object({
    endpointId: idSchema,
    reason: z
      .enum(['failing', 'gone'])
      .describe('failing: nothing was delivered for long; gone: it answered 410'),
    failingSince: timestampSchema.describe('First failure since the last success'),
    failures: z.number().int().describe('Attempts that failed since then'),
    disablesAt: timestampSchema
      .nullable()
      .describe('When it is disabled unless a delivery succeeds; null when it has been'),
  })
  .meta({ id: 'EndpointEventData' });

/**
 * Everything that can happen and is told to the tenant: name → what it means and the payload. Payloads are thin: ids
 * and codes, no personal data. The timeline, the webhooks, the subscriptions and the API document follow from this map.
 */
export const eventTypes = {
  'session.created': { summary: 'A session was created', data: sessionFacts },
  'session.started': { summary: 'The person has begun', data: sessionFacts },
  'session.submitted': { summary: 'The person has finished; checks are running', data: sessionFacts },
  'session.completed': { summary: 'All checks have ended', data: sessionFacts },
  'session.decided': { summary: 'The session has its final outcome', data: sessionFacts },
  'session.expired': { summary: 'Time ran out before the person finished', data: sessionFacts },
  'session.cancelled': { summary: 'The session was cancelled', data: sessionFacts },
  'session.failed': { summary: 'The session could not be created or read at Yoti', data: sessionFacts },
  'review.opened': { summary: 'A person has to decide', data: reviewFacts },
  'review.decided': { summary: 'A person has decided', data: reviewFacts },
  'policy.published': { summary: 'A policy version was published', data: policyFacts },
  'credential.activated': { summary: 'A Yoti credential is in use', data: credentialFacts },
  'credential.suspect': {
    summary: 'Yoti refuses a credential: nothing is made or read with it until it works again',
    data: credentialFacts,
  },
  'credential.recovered': { summary: 'A suspect credential works again', data: credentialFacts },
  'credential.retired': {
    summary: 'A credential is out of use, and no session needs it',
    data: credentialFacts,
  },
  'endpoint.failing': {
    summary: 'Nothing has reached a webhook endpoint for one day, and again for three',
    data: endpointFacts,
  },
  'endpoint.disabled': { summary: 'A webhook endpoint was disabled by the server', data: endpointFacts },
  'endpoint.test': { summary: 'A test of one endpoint', data: testFacts },
} as const satisfies Record<string, { summary: string; data: z.ZodType }>;

export type EventName = keyof typeof eventTypes;
export type EventData<Name extends EventName> = z.infer<(typeof eventTypes)[Name]['data']>;
export const eventNames = Object.keys(eventTypes) as [EventName, ...EventName[]];

/** What a webhook delivers, and what the event feed lists. */
export const eventSchema = z
  .object({
    id: idSchema,
    type: z.enum(eventNames).describe('What happened'),
    timestamp: timestampSchema,
    data: z.record(z.string(), z.unknown()).describe('Ids and codes; the shape depends on the type'),
  })
  .meta({ id: 'Event', example: eventExamples['session.decided'] });
