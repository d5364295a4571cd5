const DAY_MS = 24 * 60 * 60 * 1000;

/** Days without a success after which the tenant is told. */
const WARNING_DAYS = [1, 3];
/** Days without a success after which an endpoint is disabled. */
const DISABLE_DAYS = 5;

/** Failures in a row after which an endpoint is left alone for a while. */
const FAILURES_TO_PAUSE = 10;
const FIRST_PAUSE_SECONDS = 30;
const LONGEST_PAUSE_SECONDS = 10 * 60;

/** How an endpoint fares that has failed since its last success. */
export interface Trouble {
  /** Failed attempts since the last success, the latest included. */
  failures: number;
  failingSince: Date;
  /** How often the tenant has been warned of it. */
  warnings: number;
  /** How often it has been paused since the last success. */
  pauses: number;
  /** Whether a pause is going on: then the failure is of an attempt that began before it. */
  paused: boolean;
}

/** What follows from a failure. */
export interface Verdict {
  disable: boolean;
  /** Whether the tenant is to be warned now. */
  warn: boolean;
  /** How often the tenant has been warned afterwards. */
  warnings: number;
  /** How long nothing is sent to it, in seconds; null to go on. */
  pauseSeconds: number | null;
}

/**
 * Judges an endpoint by its failures: warned of after one and three days with failures only, disabled after five, and
 * left alone for a while after ten failures in a row, for longer each time.
 *
 * @param now in the same clock as `failingSince`
 */
export function judgeFailure(trouble: Trouble, now: Date): Verdict {
  const days = (now.getTime() - trouble.failingSince.getTime()) / DAY_MS;
  const due = WARNING_DAYS.filter((after) => days >= after).length;
  const pauses = !trouble.paused && trouble.failures >= FAILURES_TO_PAUSE;
  return {
    disable: days >= DISABLE_DAYS,
    warn: due > trouble.warnings,
    warnings: Math.max(due, trouble.warnings),
    pauseSeconds: pauses ? Math.min(FIRST_PAUSE_SECONDS * 2 ** trouble.pauses, LONGEST_PAUSE_SECONDS) : null,
  };
}

/** When an endpoint is disabled unless a delivery succeeds. */
export const disablesAt = (failingSince: Date): Date =>
  new Date(failingSince.getTime() + DISABLE_DAYS * DAY_MS);
