import { z } from 'zod';
import { clockSchema, scenarioSchema } from '../scenario.schema.js';

/** The shapes of the control API. Times are RFC 3339 in UTC by the simulator's own clock. */

const time = z.iso.datetime();
const json = z.record(z.string(), z.unknown());
const sdkId = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\w-]+$/, 'must be letters, digits, - and _');

export const errorSchema = z.object({
  code: z.string().describe('Stable; see the codes of each operation.'),
  message: z.string(),
  errors: z
    .array(
      z.object({
        property: z.string().describe('Path such as `scenario.user[2].outcome` or `query.limit`.'),
        message: z.string(),
      }),
    )
    .optional()
    .describe('Every place at fault.'),
});

export const newAppSchema = z.strictObject({
  sdkId: sdkId.describe('Client SDK id, free to choose.'),
  publicKeyPem: z
    .string()
    .min(1)
    .max(20_000)
    .describe(
      'PEM of the RSA public key. An unusable one is kept, and calls are refused with BAD_PUBLIC_KEY.',
    ),
  enabled: z.boolean().optional().describe('A disabled app is refused with INSUFFICIENT_PERMISSION.'),
});
export const appChangeSchema = z.strictObject({ enabled: z.boolean() });
export const appSchema = z.object({
  sdkId: z.string(),
  enabled: z.boolean(),
  keyFingerprint: z.string().nullable().describe('SHA-256 of the public key; null when it cannot be used.'),
  scenario: z.string().nullable().describe('Scenario of this app; null: the default one.'),
  sessions: z.int().describe('How many the simulator holds.'),
});
export const appListSchema = z.object({ items: z.array(appSchema) });

const limit = z.coerce.number().int().min(1).max(500).default(100).describe('At most this many items.');

export const sessionQuerySchema = z.strictObject({
  sdkId: z.string().optional(),
  state: z.enum(['ONGOING', 'COMPLETED', 'EXPIRED']).optional(),
  text: z.string().max(200).optional().describe('Part of the session id or of `user_tracking_id`.'),
  limit,
});

const scenarioSource = z
  .enum(['session', 'trigger', 'app', 'default'])
  .describe('Who chose it: the session, a trigger in `user_tracking_id`, its app, or nobody.');

export const sessionSummarySchema = z.object({
  sessionId: z.string(),
  sdkId: z.string(),
  userTrackingId: z.string().nullable(),
  state: z.enum(['ONGOING', 'COMPLETED', 'EXPIRED']),
  person: z.enum(['not_started', 'capturing', 'finished']).describe('How far the person is.'),
  scenario: z.string(),
  scenarioSource,
  clientError: z.int().nullable().describe('The code the client ended with.'),
  createdAt: time,
  expiresAt: time.describe("End of the client token's life."),
});
export const sessionListSchema = z.object({ items: z.array(sessionSummarySchema) });

export const sessionSchema = sessionSummarySchema.extend({
  finishedAt: time.nullable(),
  completedAt: time.nullable(),
  retainedUntil: time.describe('Everything is erased then.'),
  specification: json.describe('As it was received, secrets hidden.'),
  result: json.describe('What `GET /sessions/{id}` answers now, the client token hidden.'),
  configuration: json.describe('What the client is told to capture.'),
  trackedDevices: z.array(json),
  timeline: z
    .array(
      z.object({
        at: time,
        kind: z.enum(['session', 'person', 'document', 'task', 'liveness', 'face', 'check', 'notification']),
        title: z.string(),
        detail: z.string().optional(),
        tone: z.enum(['good', 'bad', 'open']).optional(),
      }),
    )
    .describe('What happened and what is still due, oldest first.'),
  scenarioDocument: scenarioSchema.describe('The scenario the session follows.'),
});

export const journeySchema = z.strictObject({
  documents: z
    .array(
      z.strictObject({
        country: z.string().optional().describe('Issuing country, alpha-3.'),
        type: z.string().optional().describe('Such as `PASSPORT`.'),
        captureMethod: z.enum(['CAMERA', 'UPLOAD']).optional(),
      }),
    )
    .max(20)
    .optional()
    .describe('Identity documents to present, in order; left out: what the session allows.'),
});
export const journeyEndSchema = z.object({
  end: z
    .union([z.enum(['finished', 'abandoned']), z.int(), z.null()])
    .describe(
      '`finished`, `abandoned`, the code the client ended with, or null while the scenario has the person think.',
    ),
  session: sessionSummarySchema,
});

export const clockAnswerSchema = z.object({
  now: time,
  aheadSeconds: z.number().describe('How far the clock is from real time.'),
  frozen: z.boolean(),
});
export { clockSchema as clockChangeSchema };

export const scenarioListSchema = z.object({
  default: z.string().describe('Name of the scenario for everybody who has none of their own.'),
  items: z.array(scenarioSchema).describe('The ready-made ones.'),
});
const target = {
  sessionId: z.string().optional().describe('For this session alone.'),
  sdkId: z.string().optional().describe('For the sessions of this app.'),
};
const onlyOne = ({ sessionId, sdkId: app }: { sessionId?: string | undefined; sdkId?: string | undefined }) =>
  sessionId === undefined || app === undefined;
const ONLY_ONE = 'must name a session or an app, not both';
export const scenarioChoiceSchema = z
  .strictObject({
    scenario: z.union([z.string().describe('Name of a ready-made one.'), scenarioSchema]),
    ...target,
  })
  .refine(onlyOne, ONLY_ONE);
export const scenarioTargetSchema = z.strictObject(target).refine(onlyOne, ONLY_ONE);

export const notificationQuerySchema = z.strictObject({
  sessionId: z.string().optional(),
  state: z.enum(['pending', 'delivered', 'failed', 'dropped']).optional(),
  limit,
});
export const notificationSchema = z.object({
  id: z.string(),
  sessionId: z.string(),
  endpoint: z.string().describe('Where it goes, without query and log-in.'),
  body: json,
  state: z.enum(['pending', 'delivered', 'failed', 'dropped']),
  attempts: z.array(
    z.object({
      at: time,
      status: z.int().optional().describe('What the receiver answered.'),
      error: z.string().optional().describe('Why there was no answer.'),
    }),
  ),
});
export const knobsSchema = scenarioSchema.shape.notifications.unwrap();
export const notificationListSchema = z.object({
  knobs: knobsSchema.describe('How deliveries misbehave.'),
  items: z.array(notificationSchema),
});

export const faultsSchema = z.strictObject({ items: scenarioSchema.shape.faults.unwrap() });

export const requestQuerySchema = z.strictObject({
  sdkId: z.string().optional(),
  sessionId: z.string().optional(),
  limit,
});
export const requestListSchema = z.object({
  items: z.array(
    z.object({
      id: z.int(),
      at: time,
      method: z.string(),
      path: z.string().describe('Without the query.'),
      status: z.int().nullable().describe('Null when the connection ended without an answer.'),
      code: z.string().nullable().describe('The code of the error.'),
      durationMs: z.number(),
      sdkId: z.string().nullable(),
      sessionId: z.string().nullable(),
    }),
  ),
});

export const resetSchema = z.strictObject({
  keepApps: z.boolean().default(false).describe('Applications stay registered.'),
});

export type ControlApp = z.infer<typeof appSchema>;
export type SessionSummary = z.infer<typeof sessionSummarySchema>;
export type SessionDetail = z.infer<typeof sessionSchema>;
export type ControlNotification = z.infer<typeof notificationSchema>;
export type ControlRequest = z.infer<typeof requestListSchema>['items'][number];
export type JourneyEnd = z.infer<typeof journeyEndSchema>;
export type Knobs = z.infer<typeof knobsSchema>;
export type Faults = z.infer<typeof faultsSchema>['items'];
export type ScenarioList = z.infer<typeof scenarioListSchema>;
export type ClockAnswer = z.infer<typeof clockAnswerSchema>;
