const FIRST_LOCK_TIMEOUT_MS = 200;
const LONGEST_LOCK_TIMEOUT_MS = 900;
const LOCK_TIMEOUT_STEP_MS = 100;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/**
 * How long a step waits for a lock at a try, in milliseconds: that long, the servers' statements wait behind it. It
 * stays below PostgreSQL's `deadlock_timeout` of a second, so that of a step and a server's transaction that wait for
 * each other the step gives up, and no request fails.
 *
 * @param attempt from 1
 */
export function lockTimeoutMs(attempt: number): number {
  return Math.min(LONGEST_LOCK_TIMEOUT_MS, FIRST_LOCK_TIMEOUT_MS + LOCK_TIMEOUT_STEP_MS * (attempt - 1));
}

/** The pause after a try that failed, in milliseconds: doubled each time, so that what holds the lock can end. */
export function pauseMs(attempt: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
}
