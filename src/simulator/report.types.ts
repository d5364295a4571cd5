export type { Verdict } from '../yoti/checks/define-check.js';

/** A check's report on the wire; values are free strings, since a scenario may set any. */
export interface Report {
  recommendation: { value: string; reason?: string; recovery_suggestion?: string };
  breakdown: SubCheck[];
  watchlist_summary?: Record<string, unknown>;
}

export interface SubCheck {
  sub_check: string;
  result: string;
  process?: string;
  details: { name: string; value: string }[];
}
