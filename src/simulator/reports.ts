import { findReportedCheck } from '../yoti/checks/index.js';
import type { Report, SubCheck, Verdict } from './report.types.js';
import { checkEntryFor, type EntrySubject } from './response-config.js';
import type { CheckEntry, Scenario } from './scenario.schema.js';
import type { Check, DocumentResource, SimulatedSession } from './session.model.js';
import type { ManualCheck, RequestedCheck } from './spec.js';

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
