import type { Process, Verdict, WatchlistFacts, WireReport } from './define-check.js';
import { simulatedReport } from './simulated-report.js';

/** Sub-check name → sentence for people; the same for both watchlist checks. */
export const watchlistSubChecks = {
  adverse_media: 'The press reports nothing bad about the person.',
  fitness_probity: 'No regulator found the person unfit.',
  pep: "The person isn't politically exposed.",
  sanction: 'The person is on no sanctions list.',
  warning: 'The person is on no list of warnings.',
} as const;

/** Reason code → sentence for people; the same for both watchlist checks. */
export const watchlistReasons = {
  NO_VALID_FIELDS: 'There was no data to look up.',
  POTENTIAL_MATCH: 'Somebody on a list may be this person.',
} as const;

const hit = [
  { name: 'number_of_hits', value: '1' },
  { name: 'closest_match', value: 'name_exact' },
];

/** The report of a search on lists; a hit is found on the first of the lists. */
export function simulateWatchlist(verdict: Verdict, lists: readonly [string, ...string[]]): WireReport {
  const { recommendation } = verdict;
  if (recommendation === 'NOT_AVAILABLE') {
    const told = { ...verdict, reason: verdict.reason ?? 'NO_VALID_FIELDS' };
    return simulatedReport(told, { attempted: new Map(), failed: new Set() });
  }
  const attempted = new Map(lists.map((name): [string, Process] => [name, 'AUTOMATED']));
  if (recommendation === 'APPROVE') return simulatedReport(verdict, { attempted, failed: new Set() });
  const told = { ...verdict, reason: verdict.reason ?? 'POTENTIAL_MATCH' };
  return simulatedReport(told, {
    attempted,
    failed: new Set([lists[0]]),
    details: { [lists[0]]: hit },
  });
}

/** The `watchlist_summary` of a report (Yoti: session result, watchlist checks). */
export function watchlistSummary(searchConfig: Record<string, unknown>, facts: WatchlistFacts) {
  const { id, at } = facts.rawResults;
  return {
    total_hits: facts.hits,
    search_config: searchConfig,
    raw_results: { media: { id, type: 'JSON', created: at, last_updated: at } },
    associated_country_codes: facts.countries,
  };
}
