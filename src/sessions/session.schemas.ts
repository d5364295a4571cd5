import { z } from 'zod';
import { environmentSchema } from '../credentials/credential.schemas.js';
import {
  givenTimeSchema,
  httpUrlSchema,
  idSchema,
  slugSchema,
  timestampSchema,
} from '../http/common.schemas.js';
import { pageOf, pageQuery } from '../http/pagination.js';
import { trackedDeviceSchema } from '../yoti/tracked-devices.js';
import { clientErrorKinds, retries } from './client-errors.js';
import {
  deviceListExample,
  mediaListExample,
  sessionExample,
  sessionItemExample,
  timelineExample,
} from './session.examples.js';

export const sessionStatuses = [
  'creating',
  'ongoing',
  'completed',
  'expired',
  'cancelled',
  'failed',
  'erased',
] as const;
export const sessionOutcomes = ['approved', 'rejected', 'in_review'] as const;
export const sessionProgress = ['not_started', 'capturing', 'submitted'] as const;

const metadataSchema = z
  .record(z.string().min(1).max(64), z.string().max(500))
  .refine((metadata) => Object.keys(metadata).length <= 20, 'At most 20 entries.')
  .describe('Your own key-value pairs, returned as given; stored encrypted');

export const createSessionSchema = z
  .strictObject({
    policy: z.string().min(1).max(63).describe('Slug or id of a published policy'),
    reference: z.string().min(1).max(200).optional().describe('Your own opaque reference; no personal data'),
    metadata: metadataSchema.optional(),
    environment: environmentSchema
      .optional()
      .describe(
        'Whose active credential makes it; without one that of live, or the only active one that there is',
      ),
    locale: z
      .string()
      .regex(/^[a-z]{2}(-[A-Z]{2}|-\d{3})?$/, 'A language tag such as en-GB.')
      .optional()
      .describe('Language of the person'),
    successUrl: httpUrlSchema.optional().describe('Where the hosted page sends the person at the end'),
    errorUrl: httpUrlSchema
      .optional()
      .describe('Where the hosted page sends the person when it can not go on'),
    presetCountry: z
      .string()
      .regex(/^[A-Z]{3}$/, 'An ISO 3166-1 alpha-3 code.')
      .optional()
      .describe('Issuing country to begin with'),
    subject: z
      .strictObject({
        subjectId: z
          .string()
          .regex(/^[\x21-\x7e]{1,200}$/, 'Visible ASCII characters, at most 200.')
          .describe('Your own opaque id of the person, sent to Yoti; no personal data'),
      })
      .optional()
      .describe('Whom an identity profile is about; Yoti wants it for those'),
  })
  .meta({ id: 'CreateSession', example: { policy: 'identity', reference: 'customer-4711' } });

export const decisionSchema = z
  .object({
    by: z.enum(['rule', 'review']).describe('Whether a rule or a person decided'),
    outcome: z.enum(sessionOutcomes).describe('What was decided'),
    rule: z.string().nullable().describe('Name of the rule that fired, null for the default'),
    reasonCodes: z.array(z.string()).describe('Why'),
    facts: z
      .array(z.string())
      .describe('The facts the rule fired on, such as ID_DOCUMENT_AUTHENTICITY.recommendation=REJECT'),
    decidedAt: timestampSchema,
  })
  .meta({ id: 'Decision' });

export const clientSchema = z
  .object({
    hostedUrl: z
      .string()
      .describe(
        'Our page for the person: send it, show it as a QR code, open it, or embed it with /embed/countersign.js',
      ),
    iframeUrl: z
      .string()
      .describe("Yoti's client for your own iframe; carries the token, keep it out of logs"),
    yotiSessionId: idSchema.describe("Yoti's session id, for native SDKs"),
    yotiSessionToken: z.string().describe("Yoti's client token, for native SDKs"),
    expiresAt: timestampSchema,
  })
  .meta({ id: 'SessionClient' });

/** What the person's client can tell; the person's page adds `opened`. */
export const clientEventTypes = ['opened', 'started', 'success', 'error'] as const;

const clientEventSchema = z
  .object({
    type: z
      .enum(clientEventTypes)
      .describe('What the client told; opened: the person took the session over to their phone'),
    code: z.number().int().nullable().describe("Yoti's client error code"),
    kind: z.enum(clientErrorKinds).nullable().describe('What kind of error it is; null for other events'),
    meaning: z.string().nullable().describe('What the error means, in a sentence for your staff'),
    retry: z
      .enum(retries)
      .nullable()
      .describe('Whether trying again helps: in the same session, with a new one, or not'),
    handOff: z.boolean().describe('Told by the phone that took the session over'),
    at: timestampSchema,
  })
  .meta({ id: 'ClientEvent' });

const sessionShape = {
  id: idSchema,
  reference: z.string().nullable().describe('Your own reference'),
  status: z.enum(sessionStatuses).describe('Where the session is'),
  outcome: z.enum(sessionOutcomes).nullable().describe('What it came to; null while there is none'),
  progress: z.enum(sessionProgress).describe('How far the person is'),
  policy: z
    .object({ id: idSchema, slug: slugSchema, name: z.string(), version: z.number().int() })
    .describe('What was asked of the person'),
  environment: environmentSchema,
  decision: decisionSchema.nullable(),
  failureCode: z.string().nullable().describe('Why the session failed'),
  reviewId: idSchema.nullable().describe('The review that a person decides'),
  lastClientEvent: clientEventSchema.nullable(),
  metadata: z
    .record(z.string(), z.string())
    .nullable()
    .describe('Your own key-value pairs; null when their encryption key was lost'),
  locale: z.string().nullable(),
  createdAt: timestampSchema,
  updatedAt: timestampSchema,
  expiresAt: timestampSchema.nullable().describe('When the person has to be done'),
  submittedAt: timestampSchema.nullable().describe('When the person had finished'),
  closedAt: timestampSchema.nullable().describe('When the session left ongoing'),
  syncedAt: timestampSchema.nullable().describe('When Yoti was asked last'),
  syncError: z
    .string()
    .nullable()
    .describe('Why Yoti could not be asked the last time, as a code; null when it could'),
  parkedReason: z.string().nullable().describe('Why the server stopped asking Yoti; a sync starts it again'),
};

export const sessionSchema = z
  .object({
    ...sessionShape,
    client: clientSchema
      .nullable()
      .describe('For callers with sessions:write, while the token lives and the link is not revoked'),
  })
  .meta({ id: 'Session', example: sessionExample });

export const sessionItemSchema = z
  .object(sessionShape)
  .meta({ id: 'SessionItem', example: sessionItemExample });
export const sessionPageSchema = pageOf(sessionItemSchema).meta({ id: 'SessionPage' });

export const sessionQuerySchema = z.strictObject({
  ...pageQuery,
  status: z.enum(sessionStatuses).optional().describe('Only with this status'),
  outcome: z
    .enum([...sessionOutcomes, 'none'])
    .optional()
    .describe('Only with this outcome, or with none'),
  policy: z.string().max(63).optional().describe('Only of this policy: slug or id'),
  environment: environmentSchema.optional().describe('Only of this environment'),
  reference: z.string().max(200).optional().describe('Only with exactly this reference'),
  createdFrom: givenTimeSchema.optional().describe('Created not before'),
  createdTo: givenTimeSchema.optional().describe('Created before'),
});

export const mediaItemSchema = z
  .object({
    id: z.string().describe("Yoti's id of the media"),
    kind: z.string().describe('document_page, document_portrait, liveness_image and so on'),
    type: z.string().describe("Yoti's media type: IMAGE, JSON, BINARY or PDF"),
    resourceId: z.string().nullable().describe('The resource it belongs to'),
  })
  .meta({ id: 'MediaItem' });

export const mediaListSchema = z
  .object({ items: z.array(mediaItemSchema) })
  .meta({ id: 'MediaList', example: mediaListExample });

export const deviceListSchema = z
  .object({ items: z.array(trackedDeviceSchema).describe('In the order of Yoti') })
  .meta({ id: 'DeviceList', example: deviceListExample });

export const timelineSchema = pageOf(
  z.object({
    at: timestampSchema,
    kind: z.enum(['audit', 'notification']).describe('Something done, or something Yoti told'),
    name: z.string().describe('Action, or topic of the notification'),
    actor: z.object({ type: z.string(), id: z.string().nullable() }),
  }),
).meta({ id: 'Timeline', example: timelineExample });
