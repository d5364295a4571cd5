import { findReportedCheck } from '../yoti/checks/index.js';
import type { Report, SubCheck, Verdict } from './report.types.js';
import { checkEntries, isFor, type ResponseConfig } from './response-config.js';
import type { Scenario } from './scenarios.js';
import type { Check, DocumentResource, SimulatedSession } from './session.model.js';
import type { ManualCheck, RequestedCheck } from './spec.js';

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
  const known = findReportedCheck(subject.type);
  if (known) {
    const { documentType } = subject.document ?? {};
    return known.simulate(verdict, {
      manual,
      ...(documentType !== undefined && { documentType }),
      ...(subject.livenessType !== undefined && { livenessType: subject.livenessType }),
    });
  }
  return plainReport(subject.type, verdict, manual);
}

/** Sub-checks of the types that have no definition of their own. */
const SUB_CHECKS: Record<string, string[]> = {
  FACE_COMPARISON: ['ai_face_match'],
  ID_DOCUMENT_COMPARISON: ['dob_match', 'name_match'],
  SUPPLEMENTARY_DOCUMENT_TEXT_DATA_CHECK: ['text_data_readable'],
  THIRD_PARTY_IDENTITY: [
    'name_match',
    'address_match',
    'dob_match',
    'deceased',
    'electoral_roll',
    'pep_warning',
    'sanctions_warning',
    'multiple_sources_match',
  ],
  WATCHLIST_SCREENING: ['sanction', 'warning', 'fitness_probity', 'pep', 'adverse_media'],
  WATCHLIST_ADVANCED_CA: ['sanction', 'warning', 'fitness_probity', 'pep', 'adverse_media'],
};

function plainReport(type: string, verdict: Verdict, manual: boolean): Report {
  const available = verdict.recommendation !== 'NOT_AVAILABLE';
  const names = available ? (SUB_CHECKS[type] ?? []) : [];
  const fails = verdict.recommendation !== 'APPROVE';
  const hit = type.startsWith('WATCHLIST');
  const breakdown = names.map<SubCheck>((name, index) => ({
    sub_check: name,
    result: fails && index === 0 ? 'FAIL' : 'PASS',
    process: manual ? 'EXPERT_REVIEW' : 'AUTOMATED',
    details: fails && index === 0 && hit ? [{ name: 'number_of_hits', value: '1' }] : [],
  }));
  return {
    recommendation: {
      value: verdict.recommendation,
      ...(verdict.reason !== undefined && { reason: verdict.reason }),
    },
    breakdown,
  };
}

type WatchlistRequest = Extract<RequestedCheck, { type: 'WATCHLIST_SCREENING' | 'WATCHLIST_ADVANCED_CA' }>;

/** The summary a watchlist check carries. The SDK's parser insists on the booleans of `search_config`. */
export function watchlistSummary(
  request: WatchlistRequest,
  report: Report,
  media: { id: string; at: string },
  session: SimulatedSession,
): Record<string, unknown> {
  const config: Record<string, unknown> = { ...request.config };
  const strategy = config['matching_strategy'];
  const exact = strategy === undefined || (strategy as { type?: string }).type === 'EXACT';
  const advanced = {
    remove_deceased: false,
    share_url: false,
    sources: { type: 'TYPE_LIST', types: [] },
    ...config,
    matching_strategy: exact ? { type: 'EXACT', exact_match: true } : strategy,
  };
  const search =
    request.type === 'WATCHLIST_SCREENING' ? { categories: config['categories'] ?? [] } : advanced;
  return {
    total_hits: report.recommendation.value === 'APPROVE' ? 0 : 1,
    search_config: search,
    raw_results: { media: { id: media.id, type: 'JSON', created: media.at, last_updated: media.at } },
    associated_country_codes: [session.documents[0]?.country ?? 'GBR'],
  };
}
