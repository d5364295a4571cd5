import { z } from 'zod';

/**
 * The scenario language: what the checks say, what the person does, how long things take, and what goes wrong.
 * `task_results` and `check_reports` are Yoti's sandbox format (Yoti: response config), a little wider. Times are seconds.
 */

const seconds = z
  .number()
  .min(0)
  .max(400 * 86_400);

const documentFilter = z
  .looseObject({
    document_types: z.array(z.string()).optional().describe('Document types; none or empty: any.'),
    country_codes: z.array(z.string()).optional().describe('ISO 3166-1 alpha-3; none or empty: any.'),
  })
  .describe('The documents that an entry is meant for.');

const documentFields = z.record(z.string(), z.unknown()).describe('Content of the `document_fields` media.');

const reportSchema = z.looseObject({
  recommendation: z.looseObject({
    value: z
      .string()
      .describe('`APPROVE`, `REJECT`, `CONSIDER`, `NOT_AVAILABLE`, or anything to see what happens.'),
    reason: z.string().optional(),
    recovery_suggestion: z.string().optional(),
  }),
  breakdown: z
    .array(
      z.looseObject({
        sub_check: z.string(),
        result: z.string(),
        process: z.string().optional().describe('`AUTOMATED` or `EXPERT_REVIEW`.'),
        details: z.array(z.looseObject({ name: z.string(), value: z.string() })).default([]),
      }),
    )
    .optional()
    .describe('Left out: what the check usually lists for this recommendation.'),
});

const checkEntry = z.looseObject({
  document_filter: documentFilter.optional(),
  secondary_document_filter: documentFilter.optional(),
  liveness_type: z.string().optional().describe('`ZOOM` or `STATIC`; left out: either.'),
  expert_review: z
    .boolean()
    .optional()
    .describe('Automation is unsure: a person judges, where the specification allows that.'),
  result: z.union([
    z.looseObject({ report: reportSchema, document_fields: documentFields.optional() }),
    z.strictObject({ internal_error: z.literal(true).describe('The check ends without a report.') }),
  ]),
});

/** Yoti's sandbox sends a single entry of `THIRD_PARTY_IDENTITY` without its list. */
const checkEntries = z.preprocess(
  (value) => (value === undefined || Array.isArray(value) ? value : [value]),
  z.array(checkEntry),
);

const taskEntry = z.looseObject({
  document_filter: documentFilter.optional(),
  result: z.looseObject({
    document_fields: documentFields.optional(),
    document_id_photo: z.looseObject({ content_type: z.string(), data: z.base64() }).optional(),
    detected_country: z.string().optional().describe('Issuing country as read from the document, alpha-3.'),
    recommendation: z
      .looseObject({
        value: z.enum(['PROGRESS', 'SHOULD_TRY_AGAIN', 'MUST_TRY_AGAIN']),
        reason: z.looseObject({ value: z.string(), detail: z.string().optional() }).optional(),
      })
      .optional()
      .describe('What the client is told about the capture.'),
  }),
});

/** Results of text extraction by task type; of several that fit, successive attempts take successive entries. */
export const taskResultsSchema = z.record(z.string(), z.array(taskEntry));

/** Reports by check type; for `LIVENESS`, successive attempts take successive entries, and the last one repeats. */
export const checkReportsSchema = z
  .looseObject({
    async_report_delay: seconds.optional().describe('Between the person finishing and reports appearing.'),
  })
  .catchall(checkEntries);

const think = { think: seconds.optional().describe('Before the step.') };

const userStep = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('open'), ...think }).describe('The client loads.'),
  z
    .strictObject({ step: z.literal('consent'), ...think })
    .describe('Biometric consent, where it is asked for.'),
  z
    .strictObject({
      step: z.literal('present_document'),
      type: z.string().optional().describe('Left out or not allowed: the first that is.'),
      country: z.string().optional().describe('Issuing country, alpha-3.'),
      capture_method: z.enum(['CAMERA', 'UPLOAD']).optional(),
      outcome: z.enum(['ok', 'unreadable', 'wrong_type', 'expired']).default('ok'),
      ...think,
    })
    .describe('One capture for the next document that is asked for; nothing when none is.'),
  z
    .strictObject({
      step: z.literal('liveness'),
      outcome: z
        .enum(['ok', 'rejected', 'other_person'])
        .default('ok')
        .describe('`other_person`: a live face, but not the one on the document.'),
      ...think,
    })
    .describe('One attempt; nothing when no liveness check is open.'),
  z
    .strictObject({ step: z.literal('finish'), ...think })
    .describe('Supplies what is still asked for, and ends.'),
  z.strictObject({ step: z.literal('abandon'), ...think }).describe('Leaves without a word.'),
  z.strictObject({ step: z.literal('cancel'), ...think }).describe('Ends with client error 1000.'),
  z
    .strictObject({ step: z.literal('client_error'), code: z.int(), ...think })
    .describe('Ends with this code.'),
]);

const timingSchema = z.strictObject({
  extraction_delay: seconds.optional().describe('Between a document and its text.'),
  async_report_delay: seconds.optional().describe('Between the person finishing and reports appearing.'),
  manual_review_delay: seconds.optional().describe('What expert review takes on top.'),
  checks: z.record(z.string(), seconds).optional().describe('The whole delay of one check type.'),
});

/** The calls that a fault can hit. `client` is everything that the person's page asks for. */
export const faultEndpoints = [
  'any',
  'create_session',
  'get_session',
  'delete_session',
  'get_session_configuration',
  'get_media',
  'delete_media',
  'get_supported_documents',
  'create_face_capture',
  'upload_face_capture_image',
  'get_tracked_devices',
  'delete_tracked_devices',
  'client',
] as const;

const faultBase = {
  endpoint: z.enum(faultEndpoints),
  from_call: z.int().min(1).default(1).describe('The first call of this kind that is hit, counted from 1.'),
  calls: z.int().min(1).optional().describe('How many calls are hit; left out: all from then on.'),
};

const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...faultBase,
    kind: z.literal('status'),
    status: z.int().min(200).max(599).describe('Below 300: without a body, such as 204 for withheld media.'),
    code: z.string().optional().describe("The error's `code`."),
    message: z.string().optional(),
    retry_after: z.int().min(0).optional().describe('Seconds, in the `Retry-After` header.'),
  }),
  z.strictObject({ ...faultBase, kind: z.literal('latency'), seconds: seconds.describe('Real seconds.') }),
  z
    .strictObject({
      ...faultBase,
      kind: z.enum([
        'hang',
        'reset',
        'malformed_json',
        'wrong_content_type',
        'empty_body',
        'errors_not_array',
      ]),
    })
    .describe(
      '`hang` accepts and never answers, `reset` closes the connection; nothing happened then. `malformed_json`, ' +
        '`wrong_content_type` and `empty_body` spoil the answer of a call that was carried out.',
    ),
]);

const notificationsSchema = z.strictObject({
  duplicate: z.int().min(0).max(20).optional().describe('Extra copies of each notification.'),
  reorder: z.boolean().optional().describe('Newest first.'),
  delay: seconds.optional().describe('Before the first attempt.'),
  drop: z
    .union([z.literal(true), z.array(z.string())])
    .optional()
    .describe('Topics never sent; true: all.'),
  bad_auth: z
    .union([z.boolean(), z.literal('missing')])
    .optional()
    .describe('A wrong `Authorization`, or none.'),
  extra_topic: z.string().optional().describe('A topic that nobody subscribed to, sent after the others.'),
});

/** Moves or stops the service's time. */
export const clockSchema = z.strictObject({
  now: z.iso.datetime({ offset: true }).optional().describe('Not before the present time of the service.'),
  advance: seconds.optional().describe('Skips this much.'),
  freeze: z.boolean().optional().describe('Stops time, or lets it run again.'),
});

/** One whole course of events. What is left out goes the normal way: all approved, nothing wrong. */
export const scenarioSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be lower-case letters, digits and underscores'),
    title: z.string().min(1).max(100),
    description: z.string().max(1000),
    task_results: taskResultsSchema.optional(),
    check_reports: checkReportsSchema.optional(),
    user: z
      .array(userStep)
      .max(100)
      .optional()
      .describe(
        'What the person does. Left out: everything that is asked for. The last step ends the visit.',
      ),
    timing: timingSchema.optional(),
    faults: z.array(faultSchema).max(100).optional().describe('The first that fits a call acts on it.'),
    notifications: notificationsSchema.optional(),
    clock: clockSchema.optional().describe('Applied once, when the scenario is set; for the whole service.'),
  })
  .meta({
    id: 'SimulatorScenario',
    example: {
      name: 'slow_rejection',
      title: 'Slow rejection',
      description: 'The person hesitates, expert review takes an hour, and the first answers are 503.',
      user: [
        { step: 'open' },
        { step: 'consent', think: 30 },
        { step: 'present_document', type: 'PASSPORT', country: 'GBR' },
        { step: 'liveness', outcome: 'rejected' },
        { step: 'finish', think: 20 },
      ],
      check_reports: {
        ID_DOCUMENT_AUTHENTICITY: [
          {
            expert_review: true,
            result: { report: { recommendation: { value: 'REJECT', reason: 'TAMPERED' } } },
          },
        ],
      },
      timing: { manual_review_delay: 3600 },
      faults: [
        { endpoint: 'get_session', kind: 'status', status: 503, code: 'TEMPORARILY_UNAVAILABLE', calls: 2 },
      ],
      notifications: { duplicate: 1 },
    },
  });

/** A checked scenario. */
export type Scenario = z.infer<typeof scenarioSchema>;
/** A scenario as it is written down: defaults may be left out. */
export type ScenarioInput = z.input<typeof scenarioSchema>;
export type CheckEntry = z.infer<typeof checkEntry>;
export type TaskEntry = z.infer<typeof taskEntry>;
export type UserStep = z.infer<typeof userStep>;
export type Fault = z.infer<typeof faultSchema>;
export type FaultEndpoint = (typeof faultEndpoints)[number];
export type DocumentFilter = z.infer<typeof documentFilter>;
export type ScenarioNotifications = z.infer<typeof notificationsSchema>;
export type ClockChange = z.infer<typeof clockSchema>;
