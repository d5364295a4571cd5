import type { EntityManager } from 'typeorm';
import { WebhookEndpoint } from './webhook.entity.js';
import { FOLLOW_AFTER_SECONDS, FOLLOW_WITHIN_SECONDS } from './webhook.schedule.js';

/** Events are kept for sending again for so long. */
export const KEPT_DAYS = 30;
/** Deliveries that one call makes at most. */
const BATCH = 1000;
/** A catch-up goes on when no more than so many deliveries wait for their first attempt. */
const FEW = 100;
/** After a pause a batch is spread as far as everything else that follows. */
const FOLLOW_SPREAD_MS = ((FOLLOW_WITHIN_SECONDS - FOLLOW_AFTER_SECONDS) * 1000) / BATCH;

/** Which of an endpoint's events are to be sent to it. */
export interface Backlog {
  /** First and last time of the events: from the first up to, but not, the last. */
  from: Date;
  to: Date | null;
  types: readonly string[];
  /**
   * Any that is not on its way; those that it has not had, be it that they were never owed; or those whose delivery
   * failed or was cancelled.
   */
  which: 'any' | 'unsent' | 'failed';
}

/** What has been owed. */
export interface Owed {
  count: number;
  /** Where to go on; null when all of it is owed now. */
  next: Date | null;
}

const ALL = `events e LEFT JOIN deliveries d
            ON d.tenant_id = e.tenant_id AND d.event_id = e.id AND d.endpoint_id = $2`;

/**
 * Events, each with its delivery if there is one. Those whose delivery failed are few of many, and found by the
 * deliveries, which can't have ended before their events happened; the OFFSET keeps the database from going through all
 * events instead, as it would without statistics.
 */
const WANTED = {
  any: `${ALL} WHERE (d.id IS NULL OR d.status <> 'pending')`,
  unsent: `${ALL} WHERE (d.id IS NULL OR d.status IN ('failed', 'cancelled'))`,
  failed: `deliveries d
         CROSS JOIN LATERAL (SELECT * FROM events WHERE tenant_id = $1 AND id = d.event_id OFFSET 0) e
        WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.status IN ('failed', 'cancelled') AND d.finished_at >= $3`,
} as const;

/**
 * Makes an endpoint's past events due, the oldest first: a delivery that has ended begins its schedule anew, an event
 * without one gets one. The ids stay those of the events, so a receiver recognises what it has had. Where events may have
 * no delivery yet the caller has locked the endpoint, so that none is owed to it twice.
 */
export async function oweEvents(
  em: EntityManager,
  { tenantId, id, pausedUntil }: WebhookEndpoint,
  { from, to, types, which }: Backlog,
): Promise<Owed> {
  const [row] = await em.query<{ count: number; chosen: number; last: Date | null }[]>(
    `WITH batch AS MATERIALIZED (
       SELECT e.id, e.created_at, d.id AS delivery_id
         FROM ${WANTED[which]}
          AND e.tenant_id = $1 AND e.created_at >= $3 AND e.created_at < coalesce($4::timestamptz, 'infinity')
          AND e.name = ANY ($5::text[])
        ORDER BY e.created_at, e.id LIMIT $6
     ), chosen AS MATERIALIZED (
       SELECT id, created_at, delivery_id,
              CASE WHEN $7::timestamptz > now()
                THEN $7::timestamptz + CASE number WHEN 1 THEN interval '0'
                       ELSE interval '${FOLLOW_AFTER_SECONDS} s' + number * interval '${FOLLOW_SPREAD_MS} ms' END
                ELSE now() + number * interval '1 ms' END AS due
         FROM (SELECT *, row_number() OVER (ORDER BY created_at, id) AS number FROM batch) b
     ), ended AS MATERIALIZED (
       SELECT d.id FROM deliveries d JOIN chosen c ON c.delivery_id = d.id
        WHERE d.tenant_id = $1 AND d.status <> 'pending' FOR UPDATE OF d SKIP LOCKED
     ), again AS (
       UPDATE deliveries d
          SET status = 'pending', next_attempt_at = c.due, finished_at = NULL, parked_reason = NULL,
              work_attempts = 0, attempts_before = d.attempts
         FROM ended n JOIN chosen c ON c.delivery_id = n.id
        WHERE d.tenant_id = $1 AND d.id = n.id
       RETURNING 1
     ), made AS (
       INSERT INTO deliveries (tenant_id, id, endpoint_id, event_id, next_attempt_at)
       SELECT $1, uuid_v7(), $2, c.id, c.due FROM chosen c WHERE c.delivery_id IS NULL
       RETURNING 1
     )
     SELECT ((SELECT count(*) FROM again) + (SELECT count(*) FROM made))::int AS count, count(*)::int AS chosen,
            max(created_at) AS last FROM chosen`,
    [tenantId, id, from, to, types, BATCH, pausedUntil],
  );
  const { count = 0, chosen = 0, last = null } = row ?? {};
  return { count, next: chosen === BATCH ? last : null };
}

/**
 * An endpoint that was enabled again gets what it has missed batch by batch: the next one is made due when few of the
 * one before are untried. Those that failed keep to their schedule meanwhile.
 *
 * @returns whether it was
 */
export async function continueReplay(em: EntityManager, { tenantId, id }: WebhookEndpoint): Promise<boolean> {
  const endpoint = await em
    .createQueryBuilder(WebhookEndpoint, 'w')
    .setLock('pessimistic_write')
    .where(`w.tenantId = :tenantId AND w.id = :id AND w.replayFrom IS NOT NULL AND w.status = 'enabled'`, {
      tenantId,
      id,
    })
    .getOne();
  if (!endpoint?.replayFrom) return false;
  const untried = await em.query<unknown[]>(
    `SELECT 1 FROM deliveries
      WHERE tenant_id = $1 AND endpoint_id = $2 AND next_attempt_at IS NOT NULL AND attempts = attempts_before
      LIMIT $3`,
    [tenantId, id, FEW + 1],
  );
  if (untried.length > FEW) return false;
  const { events: types, replayFrom: from } = endpoint;
  const { count, next } = await oweEvents(em, endpoint, { from, to: null, types, which: 'unsent' });
  await em.update(WebhookEndpoint, { tenantId, id }, { replayFrom: next });
  return count > 0;
}

/**
 * Where an endpoint that is disabled now goes on one day: the oldest event that it has not had. What finds it disabled
 * from here on is later than `now()`, the beginning of this transaction: events have the time at which they have locked
 * the endpoints.
 */
export async function firstUnsent(em: EntityManager, tenantId: string, endpointId: string): Promise<Date> {
  // Two look-ups, each by an index of its own: what is owed, and what was given up in the meantime.
  const [row] = await em.query<{ first: Date }[]>(
    `SELECT least(w.replay_from, now(), (
              SELECT min(e.created_at)
                FROM (SELECT event_id FROM deliveries
                       WHERE tenant_id = $1 AND endpoint_id = $2 AND next_attempt_at IS NOT NULL
                       UNION ALL
                      SELECT event_id FROM deliveries
                       WHERE tenant_id = $1 AND endpoint_id = $2 AND status = 'failed'
                         AND finished_at >= w.failing_since) u
                JOIN events e ON e.tenant_id = $1 AND e.id = u.event_id
            )) AS first
       FROM webhook_endpoints w WHERE w.tenant_id = $1 AND w.id = $2`,
    [tenantId, endpointId],
  );
  return row?.first ?? new Date();
}

/** The first time that is still kept for sending again. */
export const keptSince = (now: Date): Date => new Date(now.getTime() - KEPT_DAYS * 24 * 60 * 60 * 1000);
