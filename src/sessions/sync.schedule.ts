import type { SessionState } from './session.states.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** A step whose notification is lost is found within this time. */
const LONGEST_WAIT = 15 * MINUTE;

/** Yoti closes a session a moment after its token has run out; asking earlier would find it still ongoing. */
const EXPIRY_GRACE = 5 * SECOND;

/**
 * The shortest wait for the next expected step. Coming and handing in are announced, and a person may let both wait for
 * days; automatic checks end within seconds of handing in, expert review within minutes to hours.
 */
const FIRST_WAIT = { not_started: 5 * MINUTE, capturing: 2 * MINUTE, submitted: 10 * SECOND } as const;

/** Failures in a row after which the server stops asking; a sync by hand or a notification starts it again. */
export const MAX_SYNC_ATTEMPTS = 25;

/**
 * As how many failures in a row an outage of Yoti counts at most, however long it lasts: it is no reason to stop asking,
 * and when it ends, every session is asked for within minutes.
 */
export const MAX_OUTAGE_ATTEMPTS = 7;

/**
 * How long until Yoti is asked next about an open session, if no notification comes before. Notifications are hints that
 * may be lost and expiry is never announced, so every open session is always due at some time: soon after a step, ever
 * more rarely while nothing happens, at least every quarter of an hour, and right after the end of its token.
 *
 * A wait and not a time, since what is due is told by the database's clock, and who asks may have another.
 *
 * @param times milliseconds by one clock: now, when the session reached where it is, and when its token ends
 * @returns milliseconds, or null for a closed session
 */
export function waitForSync(
  state: SessionState,
  { now, since, expiresAt }: { now: number; since: number; expiresAt: number | null },
): number | null {
  if (state.status !== 'ongoing') return null;
  const wait = growing(FIRST_WAIT[state.progress], now - since);
  // Yoti's work on what was handed in doesn't end with the token.
  if (state.progress === 'submitted' || expiresAt === null) return wait;
  const end = expiresAt + EXPIRY_GRACE;
  return end <= now ? growing(MINUTE, now - end) : Math.min(wait, end - now);
}

/** Half as long again as it has taken so far. */
const growing = (shortest: number, waited: number) => Math.min(Math.max(shortest, waited / 2), LONGEST_WAIT);

/**
 * How long to wait after a failed sync, in milliseconds: doubling from two seconds to half an hour, with jitter.
 *
 * @param random from 0 to 1
 */
export function retryDelay(attempts: number, random: number, retryAfterSeconds = 0): number {
  const base = Math.min(2 * SECOND * 2 ** Math.min(attempts - 1, 12), 30 * MINUTE);
  return Math.max(base * (0.8 + 0.4 * random), retryAfterSeconds * SECOND);
}
