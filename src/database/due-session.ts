/**
 * What a statement that updates `sessions` sets to make one due at once, whatever it waited for: it counts as asked
 * for, its failures are forgotten, and it is parked no more. `take_notification` (migrations/0014) sets the same but for
 * `parked_at`, which says nothing without a reason.
 */
export const MAKE_SESSION_DUE = `next_sync_at = now(), sync_requests = sync_requests + 1, work_attempts = 0,
  parked_reason = NULL, parked_at = NULL`;

/** What a statement that closes a session sets: nothing is due any more, and what a worker has in hand has no effect. */
export const END_SESSION_WORK = `next_sync_at = NULL, lease_token = NULL, lease_until = NULL, parked_reason = NULL,
  parked_at = NULL`;
