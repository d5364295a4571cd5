import { z } from 'zod';

const documentFilter = z.looseObject({
  document_types: z.array(z.string()).optional(),
  country_codes: z.array(z.string()).optional(),
});

const reportSchema = z.looseObject({
  recommendation: z.looseObject({
    value: z.string(),
    reason: z.string().optional(),
    recovery_suggestion: z.string().optional(),
  }),
  breakdown: z.array(
    z.looseObject({
      sub_check: z.string(),
      result: z.string(),
      process: z.string().optional(),
      details: z.array(z.looseObject({ name: z.string(), value: z.string() })).default([]),
    }),
  ),
});

const checkEntry = z.looseObject({
  result: z.looseObject({
    report: reportSchema,
    document_fields: z.record(z.string(), z.unknown()).optional(),
  }),
  document_filter: documentFilter.optional(),
});

const taskEntry = z.looseObject({
  document_filter: documentFilter.optional(),
  result: z.looseObject({
    document_fields: z.record(z.string(), z.unknown()).optional(),
    document_id_photo: z.looseObject({ content_type: z.string(), data: z.base64() }).optional(),
    recommendation: z
      .looseObject({
        value: z.enum(['PROGRESS', 'SHOULD_TRY_AGAIN', 'MUST_TRY_AGAIN']),
        reason: z.looseObject({ value: z.string(), detail: z.string() }).optional(),
      })
      .optional(),
  }),
});

const oneOrMany = z.preprocess(
  (value) => (value === undefined || Array.isArray(value) ? value : [value]),
  z.array(checkEntry),
);

/** The sandbox's `response-config` body: results per task and check type. A single check entry counts as a list of one. */
export const responseConfigSchema = z.strictObject({
  task_results: z.record(z.string(), z.array(taskEntry)).optional(),
  check_reports: z
    .looseObject({ async_report_delay: z.number().min(0).optional() })
    .catchall(oneOrMany)
    .optional(),
});

export type ResponseConfig = z.infer<typeof responseConfigSchema>;
export type CheckEntry = z.infer<typeof checkEntry>;
export type TaskEntry = z.infer<typeof taskEntry>;

type Presented = { documentType: string; country: string };

/** The entries of a check type; `async_report_delay` shares the object and is no list. */
export function checkEntries(config: ResponseConfig, type: string): CheckEntry[] {
  const entries: unknown = config.check_reports?.[type];
  return Array.isArray(entries) ? (entries as CheckEntry[]) : [];
}

/** Whether an entry is meant for the document presented; without a filter it's meant for any. */
export function isFor(
  entry: { document_filter?: z.infer<typeof documentFilter> },
  document: Presented | undefined,
): boolean {
  const filter = entry.document_filter;
  if (!filter || !document) return !filter;
  return (
    (filter.document_types?.includes(document.documentType) ?? true) &&
    (filter.country_codes?.includes(document.country) ?? true)
  );
}
