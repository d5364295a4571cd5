const MINUTE = 60;

/** Seconds between one attempt and the next: a dozen attempts over a little more than four hours. */
const STEPS = [
  10,
  30,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  60 * MINUTE,
  60 * MINUTE,
  60 * MINUTE,
];

/** Part of a step by which the wait is shortened or lengthened at random, so that e-mails don't return as one. */
const JITTER = 0.2;

/** How often an e-mail is tried before it has failed. */
export const MAX_ATTEMPTS = STEPS.length + 1;

/**
 * Seconds until the next attempt, or null when there is none.
 *
 * @param attempts made so far
 * @param random from 0 up to, but not, 1
 */
export function nextAttemptIn(attempts: number, random: number): number | null {
  const step = STEPS[attempts - 1];
  return step === undefined ? null : step * (1 - JITTER + 2 * JITTER * random);
}
