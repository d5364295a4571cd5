const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Least seconds between one attempt and the next: ten attempts over 75 hours and 35 minutes. */
const STEPS = [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

/**
 * Part of a step by which the wait is lengthened at random, so that failed deliveries don't return as one. It is never
 * shortened: no delivery is given up before its time.
 */
const JITTER = 0.4;

/** A receiver that timed out or asked us to slow down is left alone for at least this long. */
const BUSY_SECONDS = MINUTE;

/** After a pause of an endpoint one delivery tries; the others follow this many seconds later, spread up to the second. */
export const [FOLLOW_AFTER_SECONDS, FOLLOW_WITHIN_SECONDS] = [5, 35] as const;

/** What decides when the next attempt is due. */
export interface FailedAttempt {
  /** Attempts made by this schedule so far, this one included. */
  attempts: number;
  statusCode: number | null;
  timedOut: boolean;
  /** What the receiver asked for with `Retry-After`. */
  retryAfterSeconds: number | null;
}

/**
 * Seconds until the next attempt, or null when there is none: the delivery has failed.
 *
 * `Retry-After` is heeded between one and two times the step, so that a receiver can neither hurry nor stall a delivery.
 *
 * @param random from 0 up to, but not, 1
 */
export function nextAttemptIn(
  { attempts, statusCode, timedOut, retryAfterSeconds }: FailedAttempt,
  random: number,
): number | null {
  const step = STEPS[attempts - 1];
  if (step === undefined) return null;
  const jittered = step * (1 + JITTER * random);
  const asked = retryAfterSeconds === null ? 0 : Math.min(Math.max(retryAfterSeconds, step), 2 * step);
  const least = timedOut || statusCode === 429 ? BUSY_SECONDS : 0;
  return Math.max(jittered, asked, least);
}

/**
 * Seconds that a `Retry-After` header asks for, given as a number or as a date; null when there is none or it says
 * nothing usable.
 *
 * @param now milliseconds since the epoch
 */
export function readRetryAfter(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (!/^[A-Z][a-z]{2}, \d/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - now) / 1000));
}
