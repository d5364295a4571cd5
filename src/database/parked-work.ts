import type { EntityManager } from 'typeorm';
import { MAKE_SESSION_DUE } from './due-session.js';

/** Kinds of due work that is parked when it keeps failing, and can be taken up again. */
export const parkedKinds = ['sessions', 'deliveries'] as const;
export type ParkedKind = (typeof parkedKinds)[number];

/** How many rows one replay makes due. */
const MOST_AT_ONCE = 500;
/** Deliveries that were parked longer ago are history: what they tell has long been told otherwise. */
const DELIVERIES_FOR = `interval '30 days'`;

/** What each table calls its due time, which of its rows are parked, and what taking one up again changes. */
const tables = {
  sessions: {
    due: 'next_sync_at',
    parkedAt: 'parked_at',
    sessionId: 'w.id',
    isParked: `w.status IN ('creating', 'ongoing') AND w.parked_reason IS NOT NULL`,
    again: MAKE_SESSION_DUE,
    canGoOn: 'true',
  },
  deliveries: {
    due: 'next_attempt_at',
    parkedAt: 'finished_at',
    sessionId: `(SELECT e.session_id FROM events e WHERE e.tenant_id = w.tenant_id AND e.id = w.event_id)`,
    isParked: `w.status = 'failed' AND w.parked_reason IS NOT NULL AND w.created_at > now() - ${DELIVERIES_FOR}
               AND EXISTS (SELECT 1 FROM webhook_endpoints p WHERE p.tenant_id = w.tenant_id AND p.id = w.endpoint_id
                              AND p.deleted_at IS NULL)`,
    again: `next_attempt_at = now(), parked_reason = NULL, work_attempts = 0, status = 'pending', finished_at = NULL`,
    canGoOn: `EXISTS (SELECT 1 FROM webhook_endpoints p WHERE p.tenant_id = w.tenant_id AND p.id = w.endpoint_id
                         AND p.status = 'enabled')`,
  },
} as const satisfies Record<ParkedKind, Record<string, string>>;

/** Work that the server gave up, until somebody replays it. */
export interface ParkedRow {
  kind: ParkedKind;
  id: string;
  sessionId: string | null;
  reason: string;
  /** Null for what an older release parked. */
  parkedAt: Date | null;
}

/** How far a queue of a tenant's is behind. */
export interface QueueRow {
  kind: ParkedKind;
  /** Due and in nobody's hand. */
  waiting: number;
  /** In a worker's hand. */
  running: number;
  /** When the oldest waiting one became due. */
  oldestDueAt: Date | null;
}

/** The tenant's parked rows of a kind, longest parked first. */
export async function listParked(
  em: EntityManager,
  tenantId: string,
  kind: ParkedKind,
  limit: number,
): Promise<ParkedRow[]> {
  const { parkedAt, sessionId, isParked } = tables[kind];
  return em.query<ParkedRow[]>(
    `SELECT '${kind}' AS kind, w.id, ${sessionId} AS "sessionId", w.parked_reason AS reason, w.${parkedAt} AS "parkedAt"
       FROM ${kind} w WHERE w.tenant_id = $1 AND ${isParked} ORDER BY w.${parkedAt} NULLS FIRST, w.id LIMIT $2`,
    [tenantId, limit],
  );
}

/** How many rows of a kind are parked; with an id, whether that one is. */
export async function countParked(
  em: EntityManager,
  tenantId: string,
  kind: ParkedKind,
  id?: string,
): Promise<number> {
  const [row] = await em.query<{ count: number }[]>(
    `SELECT count(*)::int AS count FROM ${kind} w
      WHERE w.tenant_id = $1 AND ($2::uuid IS NULL OR w.id = $2) AND ${tables[kind].isParked}`,
    [tenantId, id ?? null],
  );
  return row?.count ?? 0;
}

/**
 * Makes parked work due now.
 *
 * @param id one row; null for as many of the kind as `MOST_AT_ONCE`
 * @returns what is due again; deliveries to an endpoint that takes nothing stay parked
 */
export async function replayParked(
  em: EntityManager,
  tenantId: string,
  kind: ParkedKind,
  id: string | null,
): Promise<{ id: string; sessionId: string | null }[]> {
  const { isParked, again, canGoOn, sessionId } = tables[kind];
  const [rows] = await em.query<[{ id: string; sessionId: string | null }[], number]>(
    `WITH parked AS (
       SELECT w.tenant_id, w.id FROM ${kind} w
        WHERE w.tenant_id = $1 AND ($2::uuid IS NULL OR w.id = $2) AND ${isParked} AND ${canGoOn}
        ORDER BY w.id LIMIT ${MOST_AT_ONCE} FOR UPDATE OF w)
     UPDATE ${kind} w SET ${again}
       FROM parked p WHERE w.tenant_id = p.tenant_id AND w.id = p.id
     RETURNING w.id, ${sessionId} AS "sessionId"`,
    [tenantId, id],
  );
  return rows;
}

/** How far a tenant's queue of a kind is behind. */
export async function readQueue(em: EntityManager, tenantId: string, kind: ParkedKind): Promise<QueueRow> {
  const { due } = tables[kind];
  const free = '(w.lease_until IS NULL OR w.lease_until <= now())';
  const [row] = await em.query<Omit<QueueRow, 'kind'>[]>(
    `SELECT count(*) FILTER (WHERE ${free})::int AS waiting, count(*) FILTER (WHERE NOT ${free})::int AS running,
            min(w.${due}) FILTER (WHERE ${free}) AS "oldestDueAt"
       FROM ${kind} w WHERE w.tenant_id = $1 AND w.${due} <= now()`,
    [tenantId],
  );
  return { kind, waiting: 0, running: 0, oldestDueAt: null, ...row };
}
