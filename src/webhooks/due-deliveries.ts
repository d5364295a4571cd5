import type { EntityManager } from 'typeorm';
import type { Lease } from '../database/due-work.js';
import type { Delivery } from './webhook.entity.js';
import { FOLLOW_AFTER_SECONDS, FOLLOW_WITHIN_SECONDS } from './webhook.schedule.js';

/** Rows that one statement puts off at most. */
const MOST_AT_ONCE = 500;
/** The shortest and the longest that a delivery stands in line for a place, in seconds, unless it is called. */
const [SHORTEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS] = [30, 300];
/** Those that stand in line, as a condition that an index answers: repeats, which keep to their schedule, come later. */
const IN_LINE = `NOT called AND next_attempt_at <= now() + make_interval(secs => ${LONGEST_WAIT_SECONDS + 1})`;

/** How a lease on a delivery ends. */
export interface Outcome {
  status: Delivery['status'];
  /** Attempts whose result is known. */
  attempts: number;
  /** When it is due again; null when it is finished. */
  nextInSeconds: number | null;
  parkedReason?: string;
}

/** Ends the lease, which the caller has made sure of. */
export async function finishLease(em: EntityManager, lease: Lease, outcome: Outcome): Promise<void> {
  await em.query(
    `UPDATE deliveries
        SET status = $3, attempts = $4, next_attempt_at = now() + make_interval(secs => $5::double precision),
            finished_at = CASE WHEN $3 = 'pending' THEN NULL ELSE now() END, parked_reason = $6,
            lease_token = NULL, lease_until = NULL, work_attempts = 0, called = NULL
      WHERE tenant_id = $1 AND id = $2`,
    [
      lease.tenantId,
      lease.id,
      outcome.status,
      outcome.attempts,
      outcome.nextInSeconds,
      outcome.parkedReason ?? null,
    ],
  );
}

/**
 * Gives the lease back without an attempt.
 *
 * @param claims how many claims in a row have now come to nothing
 */
export async function putOffLease(
  em: EntityManager,
  lease: Lease,
  seconds: number,
  claims: number,
): Promise<void> {
  await em.query(
    `UPDATE deliveries
        SET next_attempt_at = now() + make_interval(secs => $4), lease_token = NULL, lease_until = NULL,
            work_attempts = $5
      WHERE tenant_id = $1 AND id = $2 AND lease_token = $3`,
    [lease.tenantId, lease.id, lease.token, seconds, claims],
  );
}

/**
 * Seconds for which a delivery stands in line: as long as there has been a crowd so far, within bounds. So a backlog is
 * put off the more seldom the longer it lasts, and comes back by itself when nobody is left to call it.
 *
 * @param crowdedMs how long there has been a crowd, in milliseconds
 */
export const waitInLine = (crowdedMs: number): number =>
  Math.min(Math.max(crowdedMs / 1000, SHORTEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS);

/**
 * Gives the lease back for want of a place: the delivery stands in line until it is called.
 *
 * @param seconds when it comes back if nobody calls it
 * @param first whether it stands before all others, which come after it
 */
export async function standInLine(
  em: EntityManager,
  lease: Lease,
  seconds: number,
  first: boolean,
): Promise<void> {
  await em.query(
    `UPDATE deliveries d
        SET next_attempt_at = coalesce(
              (SELECT min(next_attempt_at) - interval '1 microsecond' FROM deliveries
                WHERE $6 AND tenant_id = $1 AND endpoint_id = d.endpoint_id AND ${IN_LINE}
                  AND next_attempt_at > now()),
              now() + make_interval(secs => $4)),
            lease_token = NULL, lease_until = NULL, work_attempts = $5, called = false
      WHERE tenant_id = $1 AND id = $2 AND lease_token = $3`,
    [lease.tenantId, lease.id, lease.token, seconds, lease.attempts - 1, first],
  );
}

/**
 * Lets what else is due to an endpoint stand in line, so that it isn't claimed in vain: a bounded number at once, in the
 * order in which they are due. What has been called goes on.
 *
 * @returns whether there may be more
 */
export async function lineUpDue(
  em: EntityManager,
  tenantId: string,
  endpointId: string,
  seconds: number,
): Promise<boolean> {
  const [, count] = await em.query<[unknown[], number]>(
    `WITH due AS MATERIALIZED (
       SELECT id, next_attempt_at FROM deliveries
        WHERE tenant_id = $1 AND endpoint_id = $2 AND next_attempt_at <= now() AND called IS NOT TRUE
          AND (lease_until IS NULL OR lease_until <= now())
        ORDER BY next_attempt_at LIMIT ${MOST_AT_ONCE} FOR UPDATE SKIP LOCKED
     ), numbered AS (
       SELECT id, row_number() OVER (ORDER BY next_attempt_at, id) AS number FROM due
     )
     UPDATE deliveries d
        SET next_attempt_at = now() + make_interval(secs => $3) + n.number * interval '1 microsecond', called = false
       FROM numbered n WHERE d.tenant_id = $1 AND d.id = n.id`,
    [tenantId, endpointId, seconds],
  );
  return count === MOST_AT_ONCE;
}

/**
 * Makes those due that are first in line for a place at an endpoint; repeats keep to their schedule.
 *
 * @returns how many
 */
export async function callFirst(
  em: EntityManager,
  tenantId: string,
  endpointId: string,
  most: number,
): Promise<number> {
  const [, count] = await em.query<[unknown[], number]>(
    `UPDATE deliveries SET next_attempt_at = now(), called = true
      WHERE tenant_id = $1 AND id IN (
        SELECT id FROM deliveries
         WHERE tenant_id = $1 AND endpoint_id = $2 AND ${IN_LINE}
           AND (lease_until IS NULL OR lease_until <= now())
         ORDER BY next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED)`,
    [tenantId, endpointId, most],
  );
  return count;
}

/**
 * Puts off what comes due before the end of an endpoint's pause, the earliest first and a bounded number at once: what
 * is left does the same when it comes up.
 *
 * @param seconds how long the pause still lasts
 */
export async function putOffPaused(
  em: EntityManager,
  tenantId: string,
  endpointId: string,
  seconds: number,
): Promise<void> {
  await em.query(
    `WITH waiting AS MATERIALIZED (
       SELECT id, next_attempt_at FROM deliveries
        WHERE tenant_id = $1 AND endpoint_id = $2 AND next_attempt_at < now() + make_interval(secs => $3)
          AND (lease_until IS NULL OR lease_until <= now())
        ORDER BY next_attempt_at LIMIT ${MOST_AT_ONCE} FOR UPDATE SKIP LOCKED
     ), numbered AS (
       SELECT id, row_number() OVER (ORDER BY next_attempt_at, id) AS number FROM waiting
     )
     UPDATE deliveries d
        SET next_attempt_at = now() + make_interval(secs => $3 + CASE n.number WHEN 1 THEN 0
              ELSE ${FOLLOW_AFTER_SECONDS} + random() * ${FOLLOW_WITHIN_SECONDS - FOLLOW_AFTER_SECONDS} END)
       FROM numbered n WHERE d.tenant_id = $1 AND d.id = n.id`,
    [tenantId, endpointId, seconds],
  );
}

/**
 * Cancels what an endpoint is still owed, a bounded number at once. What is left goes on by itself: the next one is made
 * due, and cancels as many again when it comes up. What is being sent right now isn't waited for: it is cancelled when it
 * comes up again.
 */
export async function cancelPending(em: EntityManager, tenantId: string, endpointId: string): Promise<void> {
  const free = `SELECT id FROM deliveries
         WHERE tenant_id = $1 AND endpoint_id = $2 AND next_attempt_at IS NOT NULL AND status = 'pending'
           AND (lease_until IS NULL OR lease_until <= now())
         ORDER BY next_attempt_at`;
  const [, cancelled] = await em.query<[unknown[], number]>(
    `UPDATE deliveries SET status = 'cancelled', next_attempt_at = NULL, finished_at = now()
      WHERE tenant_id = $1 AND id IN (${free} LIMIT ${MOST_AT_ONCE} FOR UPDATE SKIP LOCKED)`,
    [tenantId, endpointId],
  );
  if (cancelled < MOST_AT_ONCE) return;
  await em.query(
    `UPDATE deliveries SET next_attempt_at = now()
      WHERE tenant_id = $1 AND id IN (${free} LIMIT 1 FOR UPDATE SKIP LOCKED)`,
    [tenantId, endpointId],
  );
}
