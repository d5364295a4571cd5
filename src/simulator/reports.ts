import { findReportedCheck } from '../yoti/checks/index.js';
import type { Report, Verdict } from './report.types.js';
import { checkEntries, isFor, type ResponseConfig } from './response-config.js';
import type { Scenario } from './scenarios.js';
import type { Check, DocumentResource } from './session.model.js';
import type { ManualCheck } from './spec.js';

/** Where a session's results come from. A response configuration wins over the scenario, check by check. */
export interface Plan {
  scenario: Scenario;
  config?: ResponseConfig;
  /** Seconds. */
  timing: Timing;
}

/** Seconds between the steps that happen by themselves. */
export interface Timing {
  extractionDelay: number;
  /** Between the user finishing and automatic reports appearing. */
  asyncReportDelay: number;
  /** What expert review takes on top. */
  manualReviewDelay: number;
}

/** What one check is about. */
export interface CheckSubject {
  type: string;
  /** Earlier checks of the same type on other captures: the attempt's index. */
  attempt: number;
  document?: DocumentResource;
  livenessType?: string;
  manualCheck?: ManualCheck;
  /** The requested check's `config`. */
  config?: unknown;
}

/** A check's outcome and whether an expert makes it. */
export interface PlannedOutcome {
  outcome: Check['outcome'];
  manual: boolean;
}

const approve: Verdict = { recommendation: 'APPROVE' };

/** The outcome a check will have. Pure: the same plan and subject give the same outcome. */
export function planOutcome(plan: Plan, subject: CheckSubject): PlannedOutcome {
  const configured = configuredReport(plan, subject);
  if (configured) {
    return { outcome: { report: configured }, manual: subject.manualCheck === 'ALWAYS' };
  }
  if (plan.scenario.internalErrors?.includes(subject.type)) {
    return { outcome: { internalError: true }, manual: false };
  }
  const verdict = verdictFor(plan.scenario, subject);
  const manual = goesToExpert(subject.manualCheck, verdict.manual ?? false);
  return { outcome: { report: simulateReport(subject, verdict, manual) }, manual };
}

/** `ALWAYS` goes to expert review, `NEVER` doesn't, `FALLBACK` (the default) only when automation is unsure. */
export function goesToExpert(manualCheck: ManualCheck | undefined, unsure: boolean): boolean {
  return manualCheck === 'ALWAYS' || (manualCheck !== 'NEVER' && unsure);
}

function configuredReport(plan: Plan, subject: CheckSubject): Report | undefined {
  if (!plan.config) return undefined;
  const entries = checkEntries(plan.config, subject.type).filter((entry) => isFor(entry, subject.document));
  const index = subject.type === 'LIVENESS' ? Math.min(subject.attempt, entries.length - 1) : 0;
  return entries[index]?.result.report;
}

function verdictFor(scenario: Scenario, subject: CheckSubject): Verdict {
  const verdict = scenario.verdicts?.[subject.type] ?? approve;
  if (!Array.isArray(verdict)) return verdict;
  return verdict[Math.min(subject.attempt, verdict.length - 1)] ?? approve;
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
