import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../http/caller.js';
import { currentTraceparent } from '../tracing/tracing.js';
import { FOLLOW_AFTER_SECONDS, FOLLOW_WITHIN_SECONDS } from '../webhooks/webhook.schedule.js';
import type { EventData, EventName } from './event-types.js';

/** What an audit entry is about. */
export interface AuditObject {
  type:
    | 'session'
    | 'review'
    | 'policy'
    | 'credential'
    | 'secret'
    | 'api_key'
    | 'webhook_endpoint'
    | 'delivery'
    | 'tenant'
    | 'user';
  id: string;
  /** The session it concerns, where there is one. */
  sessionId?: string;
}

/** One event to publish. */
export interface Publication<Name extends EventName> {
  actor: Actor;
  object: AuditObject;
  data: EventData<Name>;
}

const INSERT_AUDIT = `INSERT INTO audit_entries
  (tenant_id, id, actor_type, actor_id, action, object_type, object_id, session_id, request_id, details)`;

/** A change, its audit entry and the deliveries it owes commit together. */
@Injectable()
export class Events {
  /**
   * Writes the event, its audit entry and one delivery for each subscribed endpoint, in the caller's transaction and in
   * one statement.
   *
   * The event's time is taken once the endpoints are locked, not at the beginning of the transaction: one that was found
   * disabled goes on, when it is enabled, from a time before it was disabled, and that is earlier.
   *
   * @returns whether a delivery is owed: then wake `deliveries` after the commit
   */
  async publish<Name extends EventName>(
    em: EntityManager,
    tenantId: string,
    name: Name,
    { actor, object, data }: Publication<Name>,
  ): Promise<boolean> {
    const sequence = 'sequence' in data ? data.sequence : null;
    const owed = await em.query<unknown[]>(
      `WITH heard AS MATERIALIZED (
         -- Locked whether enabled or not: who enables one waits for this event, or this waits and sees it enabled.
         -- Locked whether they hear of this event or not: a transaction that publishes several takes all its locks at
         -- once and in one order.
         SELECT e.tenant_id, e.id, e.status, e.paused_until, e.events FROM webhook_endpoints e
          WHERE e.tenant_id = $1 AND e.deleted_at IS NULL ORDER BY e.id FOR SHARE
       ), locked AS MATERIALIZED (
         -- Counting takes every lock before the clock is read.
         SELECT count(*), clock_timestamp() AS at FROM heard
       ), event AS (
         INSERT INTO events (tenant_id, id, name, session_id, sequence, payload, trace_context, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $13, (SELECT at FROM locked))
       ), audit AS (
         ${INSERT_AUDIT} VALUES ($1, $7, $8, $9, $3, $10, $11, $4, $12, '{}')
       )
       INSERT INTO deliveries (tenant_id, id, endpoint_id, event_id, next_attempt_at)
       SELECT h.tenant_id, uuid_v7(), h.id, $2, CASE
                WHEN h.paused_until <= now() OR h.paused_until IS NULL THEN now()
                -- One delivery tries at the end of a pause, the others follow.
                WHEN (SELECT min(d.next_attempt_at) FROM deliveries d
                       WHERE d.tenant_id = $1 AND d.endpoint_id = h.id) <= h.paused_until
                THEN h.paused_until + make_interval(secs => ${FOLLOW_AFTER_SECONDS} + random() * ${FOLLOW_WITHIN_SECONDS - FOLLOW_AFTER_SECONDS})
                ELSE h.paused_until END
         FROM heard h
        WHERE h.status = 'enabled' AND $3 = ANY (h.events)
       RETURNING 1`,
      [
        tenantId,
        uuidv7(),
        name,
        object.sessionId ?? null,
        sequence,
        data,
        uuidv7(),
        actor.type,
        actor.id,
        object.type,
        object.id,
        actor.requestId,
        currentTraceparent(),
      ],
    );
    return owed.length > 0;
  }

  /**
   * Writes an audit entry for a change that no webhook tells, or for a look at personal data.
   *
   * @param details ids and codes only, never personal data
   */
  async audit(
    em: EntityManager,
    tenantId: string,
    action: string,
    entry: { actor: Actor; object: AuditObject; details?: Record<string, unknown> },
  ): Promise<void> {
    const { actor, object, details = {} } = entry;
    await em.query(`${INSERT_AUDIT} VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, [
      tenantId,
      uuidv7(),
      actor.type,
      actor.id,
      action,
      object.type,
      object.id,
      object.sessionId ?? null,
      actor.requestId,
      details,
    ]);
  }
}
