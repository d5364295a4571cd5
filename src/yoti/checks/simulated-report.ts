import type { Process, Verdict, WireReport, WireSubCheck } from './define-check.js';

/** The breakdown of a simulated report before it is written in Yoti's form. */
export interface SimulatedBreakdown {
  /** Every sub-check that was attempted → who did it. */
  attempted: ReadonlyMap<string, Process>;
  /** The sub-checks among them that failed. */
  failed: ReadonlySet<string>;
  details?: Readonly<Record<string, WireSubCheck['details']>>;
}

/** Writes a report as Yoti does: sub-checks in alphabetical order, absent values left out rather than null. */
export function simulatedReport(verdict: Verdict, breakdown: SimulatedBreakdown): WireReport {
  const { attempted, failed, details } = breakdown;
  return {
    recommendation: {
      value: verdict.recommendation,
      ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
      ...(verdict.recoverySuggestion === undefined
        ? {}
        : { recovery_suggestion: verdict.recoverySuggestion }),
    },
    breakdown: [...attempted.keys()].toSorted().map((name) => ({
      sub_check: name,
      result: failed.has(name) ? 'FAIL' : 'PASS',
      details: details?.[name] ?? [],
      process: attempted.get(name) ?? 'AUTOMATED',
    })),
  };
}
