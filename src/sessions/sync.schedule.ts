import type { SessionState } from './session.states.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Yoti closes a session a moment after its token has run out; asking earlier would find it still ongoing. */
const EXPIRY_GRACE = 5 * SECOND;

/** Failures in a row after which the server stops asking; a sync by hand or a notification starts it again. */
export const MAX_SYNC_ATTEMPTS = 25;

/**
 * As how many failures in a row an outage of Yoti counts at most, however long it lasts: it is no reason to stop asking,
 * and when it ends, every session is asked for within minutes.
 */
export const MAX_OUTAGE_ATTEMPTS = 7;

/**
 * When to ask Yoti next about an open session, if no notification comes before. Notifications are hints that may be
 * lost and expiry is never announced, so every open session is always due at some time.
 *
 * @param times milliseconds since the epoch; `expiresAt` and `submittedAt` as far as known
 * @returns milliseconds since the epoch, or null for a closed session
 */
export function nextSync(
  state: SessionState,
  times: { now: number; expiresAt: number | null; submittedAt: number | null },
): number | null {
  if (state.status !== 'ongoing') return null;
  if (state.progress === 'submitted') {
    // Automatic checks end within seconds, expert review within minutes to hours.
    const waited = times.now - (times.submittedAt ?? times.now);
    return times.now + Math.min(Math.max(10 * SECOND, waited / 2), 60 * MINUTE);
  }
  const soon = times.now + (state.progress === 'capturing' ? 2 : 5) * MINUTE;
  if (times.expiresAt === null) return soon;
  const end = times.expiresAt + EXPIRY_GRACE;
  return end <= times.now ? times.now + MINUTE : Math.min(soon, end);
}

/**
 * How long to wait after a failed sync, in milliseconds: doubling from two seconds to half an hour, with jitter.
 *
 * @param random from 0 to 1
 */
export function retryDelay(attempts: number, random: number, retryAfterSeconds = 0): number {
  const base = Math.min(2 * SECOND * 2 ** Math.min(attempts - 1, 12), 30 * MINUTE);
  return Math.max(base * (0.8 + 0.4 * random), retryAfterSeconds * SECOND);
}
