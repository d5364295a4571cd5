import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Events } from '../audit/events.service.js';
import { END_SESSION_WORK } from '../database/due-session.js';
import { ApiError } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import type { IdempotentRequest } from '../http/idempotency.js';
import { readPage, toPage, type pageQuerySchema } from '../http/pagination.js';
import type { SessionResult } from '../yoti/result.js';
import { findSession } from './find-session.js';
import { ResultReader } from './result-reader.js';
import { SessionChanges } from './session-changes.js';
import { SessionDeps } from './session-deps.js';
import { SELECT_SESSION, toClient, toSessionItem, type SessionRow } from './session.row.js';
import type { sessionQuerySchema } from './session.schemas.js';
import { advance } from './session.states.js';
import { SyncByHand } from './sync-by-hand.js';

/** Reads sessions, and the transitions that need no policy: cancel and sync. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly events: Events,
    private readonly changes: SessionChanges,
    private readonly byHand: SyncByHand,
    private readonly results: ResultReader,
    private readonly deps: SessionDeps,
  ) {}

  async list({ tenantId }: Caller, query: z.infer<typeof sessionQuerySchema>) {
    const { limit, afterId } = readPage(query);
    const conditions = ['s.tenant_id = $1'];
    const values: unknown[] = [tenantId];
    const add = (condition: (parameter: string) => string, value: unknown) => {
      if (value === undefined || value === null) return;
      values.push(value);
      conditions.push(condition(`$${values.length}`));
    };
    add((p) => `s.id < ${p}`, afterId);
    add((p) => `s.status = ${p}`, query.status);
    if (query.outcome === 'none') conditions.push('s.outcome IS NULL');
    else add((p) => `s.outcome = ${p}`, query.outcome);
    add((p) => `(p.slug = ${p} OR p.id::text = ${p})`, query.policy);
    add((p) => `c.environment = ${p}`, query.environment);
    add((p) => `s.reference = ${p}`, query.reference);
    add((p) => `s.created_at >= ${p}::timestamptz`, query.createdFrom);
    add((p) => `s.created_at < ${p}::timestamptz`, query.createdTo);
    const sql = `${SELECT_SESSION} ${conditions.join(' AND ')} ORDER BY s.id DESC LIMIT ${limit + 1}`;
    return this.deps.db.run(tenantId, async (em) =>
      toPage(await em.query<SessionRow[]>(sql, values), limit, (row) => toSessionItem(row, this.deps.ring)),
    );
  }

  /** @throws ApiError not_found */
  async get(caller: Caller, id: string) {
    return this.deps.db.run(caller.tenantId, async (em) =>
      this.show(caller, await findSession(em, caller.tenantId, id)),
    );
  }

  /** Ends an open session: its link and token stop working. @throws ApiError not_found, conflict */
  async cancel(caller: Caller, id: string, idempotent: IdempotentRequest | null) {
    const { tenantId, actor } = caller;
    let owed = false;
    const session = await this.deps.idempotency.run(tenantId, idempotent, async (em) => {
      await em.query('SELECT 1 FROM sessions WHERE tenant_id = $1 AND id = $2 FOR UPDATE', [tenantId, id]);
      const row = await findSession(em, tenantId, id);
      const { next, events } = advance(row, { kind: 'cancelled' });
      if (events.length === 0) throw new ApiError('conflict', `The session is ${row.status}.`);
      owed = await this.changes.apply(em, row, {
        next,
        events,
        actor,
        result: null,
        failureCode: null,
      });
      await em.query(`UPDATE sessions SET ${END_SESSION_WORK} WHERE tenant_id = $1 AND id = $2`, [
        tenantId,
        id,
      ]);
      return this.show(caller, await findSession(em, tenantId, id));
    });
    if (owed) this.deps.wakeUp.wake('deliveries');
    return session;
  }

  /** Asks Yoti now, or waits for the worker that does. A closed session is answered as it is. @throws as `SyncByHand` */
  async sync(caller: Caller, id: string) {
    await this.byHand.run(caller.tenantId, id);
    return this.get(caller, id);
  }

  /** The result, after the look at it is on record. @throws ApiError not_found, result_not_available */
  async result({ tenantId, actor }: Caller, id: string): Promise<SessionResult> {
    return this.deps.db.run(tenantId, async (em) => {
      const { result } = await this.results.read(em, tenantId, id);
      const object = { type: 'session', id, sessionId: id } as const;
      await this.events.audit(em, tenantId, 'result.read', { actor, object });
      return result;
    });
  }

  /** What happened, oldest first. @throws ApiError not_found */
  async timeline({ tenantId }: Caller, id: string, query: z.infer<typeof pageQuerySchema>) {
    const { limit, afterId } = readPage(query);
    return this.deps.db.run(tenantId, async (em) => {
      await findSession(em, tenantId, id);
      const rows = await em.query<TimelineRow[]>(
        `WITH entries AS (
           SELECT at, 'audit' AS kind, action AS name, actor_type, actor_id, id FROM audit_entries
            WHERE tenant_id = $1 AND session_id = $2
           UNION ALL
           SELECT received_at, 'notification', topic, 'yoti', NULL, id FROM notifications
            WHERE tenant_id = $1 AND session_id = $2)
         SELECT * FROM entries
          WHERE $3::uuid IS NULL OR (at, id) > (SELECT e.at, e.id FROM entries e WHERE e.id = $3)
          ORDER BY at, id LIMIT $4`,
        [tenantId, id, afterId, limit + 1],
      );
      return toPage(rows, limit, toTimelineItem);
    });
  }

  private show(caller: Caller, row: SessionRow) {
    const client = caller.scopes.has('sessions:write')
      ? toClient(row, this.deps.ring, this.deps.config.publicUrl)
      : null;
    return { ...toSessionItem(row, this.deps.ring), client };
  }
}

interface TimelineRow {
  id: string;
  at: Date;
  kind: 'audit' | 'notification';
  name: string;
  actor_type: string;
  actor_id: string | null;
}

const toTimelineItem = (row: TimelineRow) => ({
  at: row.at.toISOString(),
  kind: row.kind,
  name: row.name,
  actor: { type: row.actor_type, id: row.actor_id },
});
