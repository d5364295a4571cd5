import { findReportedCheck } from '../yoti/checks/index.js';
import type { Report, Verdict } from './report.types.js';
import { checkEntryFor, type EntrySubject } from './response-config.js';
import type { CheckEntry, Scenario } from './scenario.schema.js';
import type { Check, DocumentResource } from './session.model.js';
import type { ManualCheck } from './spec.js';

/** What a session's results come from. */
export interface Plan {
  scenario: Scenario;
  timing: Timing;
}

/** Seconds between the steps that happen by themselves. */
export interface Timing {
  extractionDelay: number;
  /** Between the user finishing and automatic reports appearing. */
  asyncReportDelay: number;
  /** What expert review takes on top. */
  manualReviewDelay: number;
  /** The whole delay of single check types. */
  checks?: Record<string, number>;
}

/** What one check is about. `attempt`: earlier checks of the same type on other captures. */
export interface CheckSubject extends EntrySubject {
  /** The scenario lets this attempt fail. */
  rejected?: boolean;
  document?: DocumentResource;
  manualCheck?: ManualCheck;
  /** The requested check's `config`. */
  config?: unknown;
}

/** A check's outcome and whether an expert makes it. */
export interface PlannedOutcome {
  outcome: Check['outcome'];
  manual: boolean;
}

/** The outcome a check will have. Pure: the same plan and subject give the same outcome. */
export function planOutcome(plan: Plan, subject: CheckSubject): PlannedOutcome {
  const entry = checkEntryFor(plan.scenario, subject);
  const manual = goesToExpert(subject.manualCheck, entry?.expert_review ?? false);
  const report = entry && wantedReport(entry);
  if (entry && !report) return { outcome: { internalError: true }, manual: false };
  if (report?.breakdown) return { outcome: { report: { ...report, breakdown: report.breakdown } }, manual };
  return { outcome: { report: simulateReport(subject, verdictOf(subject, report), manual) }, manual };
}

/** `ALWAYS` goes to expert review, `NEVER` doesn't, `FALLBACK` (the default) only when automation is unsure. */
export function goesToExpert(manualCheck: ManualCheck | undefined, unsure: boolean): boolean {
  return manualCheck === 'ALWAYS' || (manualCheck !== 'NEVER' && unsure);
}

type WantedReport = Extract<CheckEntry['result'], { report: unknown }>['report'];

const wantedReport = ({ result }: CheckEntry): WantedReport | undefined =>
  'report' in result ? (result as { report: WantedReport }).report : undefined;

function verdictOf(subject: CheckSubject, report: WantedReport | undefined): Verdict {
  if (!report) {
    return subject.rejected === true ? { recommendation: 'REJECT' } : { recommendation: 'APPROVE' };
  }
  const { value, reason, recovery_suggestion: recoverySuggestion } = report.recommendation;
  return {
    // A scenario may set a value that no definition knows; it is passed on as it is.
    recommendation: value as Verdict['recommendation'],
    ...(reason !== undefined && { reason }),
    ...(recoverySuggestion !== undefined && { recoverySuggestion }),
  };
}

function simulateReport(subject: CheckSubject, verdict: Verdict, manual: boolean): Report {
  const { documentType } = subject.document ?? {};
  const report = findReportedCheck(subject.type)?.simulate(verdict, {
    manual,
    ...(documentType !== undefined && { documentType }),
    ...(subject.livenessType !== undefined && { livenessType: subject.livenessType }),
    ...(subject.config !== undefined && { config: subject.config }),
  });
  if (!report) throw new RangeError(`Unknown check type ${subject.type}`);
  return report;
}
