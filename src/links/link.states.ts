import type { SessionState } from '../sessions/session.states.js';

/** What can be said of a session's link. */
export const linkStates = ['creating', 'active', 'revoked', 'expired', 'used_up', 'closed'] as const;
export type LinkState = (typeof linkStates)[number];

/** What decides about a link. */
export interface LinkFacts extends SessionState {
  /** False when the link was revoked and none was made since. */
  hasLink: boolean;
  /** When the person's client token ends, and the link with it. */
  expiresAt: Date | null;
}

/**
 * Where a session’s link is. A session that is over says more than that its link was revoked before.
 *
 * @param now milliseconds since the epoch
 */
export function linkState({ status, progress, hasLink, expiresAt }: LinkFacts, now: number): LinkState {
  if (status === 'creating') return 'creating';
  if (status === 'cancelled' || status === 'failed' || status === 'erased') return 'closed';
  if (status === 'completed' || progress === 'submitted') return 'used_up';
  if (!hasLink) return 'revoked';
  if (status === 'expired' || expiresAt === null || expiresAt.getTime() <= now) return 'expired';
  return 'active';
}

/** Whether the session waits for its person, so that it can be given a new link. */
export const canReissue = (facts: LinkFacts, now: number): boolean =>
  linkState({ ...facts, hasLink: true }, now) === 'active';
