import { z } from 'zod';
import {
  checkReportsSchema,
  taskResultsSchema,
  type CheckEntry,
  type DocumentFilter,
  type Scenario,
  type TaskEntry,
} from './scenario.schema.js';

/** Yoti: the sandbox's `response-config` body, results per task and check type. */
export const responseConfigSchema = z.strictObject({
  task_results: taskResultsSchema.optional(),
  check_reports: checkReportsSchema.optional(),
});

export type ResponseConfig = z.infer<typeof responseConfigSchema>;

/** A response configuration is a scenario that says nothing but results. */
export const scenarioOf = (config: ResponseConfig): Scenario => ({
  name: 'response_config',
  title: 'Response configuration',
  description: "Results set through the sandbox's response-config.",
  ...config,
});

type Results = Pick<Scenario, 'task_results' | 'check_reports'>;
type Presented = { documentType: string; country: string };

/** What decides which of several entries is meant. */
export interface EntrySubject {
  type: string;
  /** Earlier attempts of the same kind. */
  attempt: number;
  document?: Presented;
  /** The second document of a comparison. */
  secondaryDocument?: Presented;
  livenessType?: string;
}

/** Whether a filter lets a document through; a missing or empty list lets any. Without a document only no filter fits. */
export function isFor(filter: DocumentFilter | undefined, document: Presented | undefined): boolean {
  if (!filter || !document) return !filter;
  const { document_types: types, country_codes: countries } = filter;
  return (
    (!types?.length || types.includes(document.documentType)) &&
    (!countries?.length || countries.includes(document.country))
  );
}

/** Every entry of a check type; `async_report_delay` shares the object and is no list. */
function checkEntries({ check_reports: reports }: Results, type: string): CheckEntry[] {
  const entries: unknown = reports?.[type];
  return Array.isArray(entries) ? (entries as CheckEntry[]) : [];
}

/** The entry for a check: liveness attempts take one after the other, everything else the first that fits. */
export function checkEntryFor(results: Results, subject: EntrySubject): CheckEntry | undefined {
  const fitting = checkEntries(results, subject.type).filter(
    (entry) =>
      isFor(entry.document_filter, subject.document) &&
      isFor(entry.secondary_document_filter, subject.secondaryDocument) &&
      (entry.liveness_type ?? subject.livenessType) === subject.livenessType,
  );
  return fitting[subject.type === 'LIVENESS' ? Math.min(subject.attempt, fitting.length - 1) : 0];
}

/** The entry for a text extraction: of those that fit, attempts take one after the other and the last repeats. */
export function taskEntryFor(results: Results, subject: EntrySubject): TaskEntry | undefined {
  const entries = results.task_results?.[subject.type] ?? [];
  const fitting = entries.filter((entry) => isFor(entry.document_filter, subject.document));
  return fitting[Math.min(subject.attempt, fitting.length - 1)];
}
