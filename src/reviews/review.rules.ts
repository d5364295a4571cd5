import type { ErrorCode } from '../http/api-error.js';
import type { reviewStatuses } from './review.schemas.js';

export type ReviewStatus = (typeof reviewStatuses)[number];

/** What the rules look at. `claimedBy` is null when the claim has run out. */
interface ReviewFacts {
  status: ReviewStatus;
  claimedBy: string | null;
  version: number;
}

/** Whether somebody else is working on the case. */
export function isClaimedByOther(
  { claimedBy }: Pick<ReviewFacts, 'claimedBy'>,
  actorId: string | null,
): boolean {
  return claimedBy !== null && claimedBy !== actorId;
}

/**
 * Whether this caller may decide the case now: it is open, theirs, and unchanged since they read it.
 *
 * @param expectedVersion what the caller has seen, or null when they didn't say
 * @returns the refusal, or null
 */
export function checkDecision(
  review: ReviewFacts,
  actorId: string | null,
  expectedVersion: number | null,
): ErrorCode | null {
  if (review.status !== 'open') return 'review_decided';
  if (isClaimedByOther(review, actorId)) return 'review_claimed';
  if (review.claimedBy === null) return 'review_not_claimed';
  if (expectedVersion !== null && expectedVersion !== review.version) return 'version_mismatch';
  return null;
}
