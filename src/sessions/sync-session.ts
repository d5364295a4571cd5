import { createHash, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import type { EntityManager } from 'typeorm';
import type { EventName } from '../audit/event-types.js';
import { Credentials, credentialSuspect } from '../credentials/credentials.service.js';
import { holdLease, LeaseLost, type Lease } from '../database/due-work.js';
import { TenantCounts } from '../database/tenant-counts.js';
import { SYSTEM, type Actor } from '../http/caller.js';
import { ApiError, notFound } from '../http/api-error.js';
import { registry } from '../metrics/registry.js';
import { restoreResult } from '../yoti/restore-result.js';
import { contentPlaces } from '../yoti/result-contents.js';
import { progressOf } from '../yoti/result-facts.js';
import type { SessionResult } from '../yoti/result.js';
import type { YotiConnection } from '../yoti/transport.js';
import { YotiClient } from '../yoti/yoti-client.js';
import { isOutage, reasonOf, YotiError } from '../yoti/yoti-error.js';
import { SessionChanges } from './session-changes.js';
import { SessionDeps } from './session-deps.js';
import { dataKeyOf, SELECT_SESSION, type SessionRow } from './session.row.js';
import { advance, type Observation } from './session.states.js';
import { MAX_OUTAGE_ATTEMPTS, MAX_SYNC_ATTEMPTS, nextSync, retryDelay } from './sync.schedule.js';

/**
 * How long after a probe is due whoever waits for it looks again. One that takes longer, since each of its calls may last
 * until its deadline, is waited for once more.
 */
const AFTER_PROBE_SECONDS = 20;
/** Yoti: retrieve media. */
const GONE_MEDIA: ReadonlySet<string | null> = new Set(['MEDIA_CONTENT_NOT_FOUND', 'MEDIA_ID_NOT_FOUND']);

/** Steps that Yoti notifies of. It announces no expiry (Yoti: "Notifications"). */
const ANNOUNCED: ReadonlySet<EventName> = new Set([
  'session.started',
  'session.submitted',
  'session.completed',
]);

const foundUnannounced = new Counter({
  name: 'countersign_found_without_notification_total',
  help: 'Steps of sessions that a sync found by schedule, before or without a notification of theirs',
  registers: [registry],
});

/** Says that it was Yoti's answer that changed the session. */
const YOTI: Actor = { type: 'yoti', id: null, requestId: null };

interface Target extends SessionRow {
  connection: YotiConnection;
}

/** What was read from Yoti; the result is null when there is nothing to store. */
interface Seen {
  observation: Observation;
  result: SessionResult | null;
}

/** What applying an answer came to. */
interface Applied {
  /** Whether a delivery is owed. */
  owed: boolean;
  /** Whether the answer held a step of which nobody had told. */
  found: boolean;
}

/** Asks Yoti how a session is doing and folds the answer in. The only way a result gets into Countersign. */
@Injectable()
export class SyncSession {
  constructor(
    private readonly deps: SessionDeps,
    private readonly changes: SessionChanges,
    private readonly credentials: Credentials,
    private readonly yoti: YotiClient,
    private readonly counts: TenantCounts,
  ) {}

  /**
   * One due session's work: read, ask Yoti outside of any transaction, then apply under the lease.
   *
   * @param signal ends the asking when the lease is lost
   */
  async run(lease: Lease, signal?: AbortSignal): Promise<void> {
    const target = await this.deps.db.run(lease.tenantId, (em) => this.load(em, lease));
    const seen = target.status === 'creating' ? interrupted : await this.ask(target, signal);
    const { owed, found } = await this.deps.db.run(lease.tenantId, (em) =>
      this.apply(em, lease, target, seen),
    );
    if (owed) this.deps.wakeUp.wake('deliveries');
    if (!found) return;
    foundUnannounced.inc();
    this.counts.add(lease.tenantId, 'found_without_notification');
  }

  /** Decides when to try again after a failed sync; parks a session that fails for good. Nothing without the lease. */
  async failed(lease: Lease, error: unknown): Promise<'failed' | 'parked'> {
    if (error instanceof ApiError && error.code === 'credential_suspect') {
      await this.putOff(lease);
      return 'failed';
    }
    const code = error instanceof YotiError ? reasonOf(error) : 'sync_failed';
    const wait = retryDelay(
      lease.attempts,
      Math.random(),
      error instanceof YotiError ? error.retryAfterSeconds : undefined,
    );
    const outage = isOutage(error);
    const park = lease.attempts >= MAX_SYNC_ATTEMPTS && !outage;
    const [[row]] = await this.deps.db.run(lease.tenantId, (em) =>
      em.query<[{ credential_id: string }[], number]>(
        `UPDATE sessions SET lease_token = NULL, lease_until = NULL, sync_error = $4,
                parked_reason = CASE WHEN $5 THEN $4 END, parked_at = CASE WHEN $5 THEN now() END,
                next_sync_at = CASE WHEN $5 THEN NULL ELSE now() + make_interval(secs => $6) END,
                work_attempts = CASE WHEN $7 THEN least(work_attempts, ${MAX_OUTAGE_ATTEMPTS}) ELSE work_attempts END
          WHERE tenant_id = $1 AND id = $2 AND lease_token = $3
          RETURNING credential_id`,
        [lease.tenantId, lease.id, lease.token, code, park, wait / 1000, outage],
      ),
    );
    if (!row) throw new LeaseLost(`the lease on sessions ${lease.id} ended`);
    await this.credentials.noteFailure(lease.tenantId, row.credential_id, error);
    return park ? 'parked' : 'failed';
  }

  /** Takes a session out of the queue whose sync kept killing the server, until somebody replays it. */
  async park({ tenantId, id, token }: Lease): Promise<void> {
    await this.deps.db.run(tenantId, (em) =>
      em.query(
        `UPDATE sessions SET lease_token = NULL, lease_until = NULL, next_sync_at = NULL, parked_at = now(),
                parked_reason = 'server_failed', sync_error = 'server_failed'
          WHERE tenant_id = $1 AND id = $2 AND lease_token = $3`,
        [tenantId, id, token],
      ),
    );
  }

  /** Waits for the credential's next probe, which makes the session due when it is good. No try is counted. */
  private async putOff(lease: Lease): Promise<void> {
    await this.deps.db.run(lease.tenantId, (em) =>
      em.query(
        `UPDATE sessions s SET lease_token = NULL, lease_until = NULL, work_attempts = greatest(s.work_attempts - 1, 0),
                sync_error = 'credential_suspect',
                next_sync_at = CASE WHEN c.suspect_since IS NULL THEN now()
                                    ELSE greatest(c.next_look_at, now()) + interval '${AFTER_PROBE_SECONDS} seconds' END
           FROM credentials c
          WHERE s.tenant_id = $1 AND s.id = $2 AND s.lease_token = $3
            AND c.tenant_id = s.tenant_id AND c.id = s.credential_id`,
        [lease.tenantId, lease.id, lease.token],
      ),
    );
  }

  /**
   * Takes the lease of one session now, for a sync by hand.
   *
   * @returns null when a worker holds it: then the session is made due again and synced right after
   */
  async lease(tenantId: string, id: string): Promise<Lease | null> {
    const token = randomUUID();
    return this.deps.db.run(tenantId, async (em) => {
      const [[row], found] = await em.query<[{ mine: boolean }[], number]>(
        `UPDATE sessions SET next_sync_at = now(), sync_requests = sync_requests + 1, parked_reason = NULL,
                work_attempts = 0,
                lease_token = CASE WHEN lease_until > now() THEN lease_token ELSE $3 END,
                lease_until = CASE WHEN lease_until > now() THEN lease_until ELSE now() + make_interval(secs => $4) END
          WHERE tenant_id = $1 AND id = $2 AND status = 'ongoing'
          RETURNING lease_token = $3 AS mine`,
        [tenantId, id, token, this.deps.config.workLeaseSeconds],
      );
      if (found === 0) {
        const [known] = await em.query<unknown[]>('SELECT 1 FROM sessions WHERE tenant_id = $1 AND id = $2', [
          tenantId,
          id,
        ]);
        if (!known) throw notFound();
      }
      return row?.mine ? { tenantId, id, token, attempts: 1 } : null;
    });
  }

  private async load(em: EntityManager, { tenantId, id }: Lease): Promise<Target> {
    const [row] = await em.query<SessionRow[]>(`${SELECT_SESSION} s.tenant_id = $1 AND s.id = $2`, [
      tenantId,
      id,
    ]);
    if (!row) throw notFound();
    const { suspectReason, nextLookAt } = row;
    if (suspectReason !== null && row.status !== 'creating')
      throw credentialSuspect({ suspectReason, nextLookAt });
    const connection = await this.credentials.connectionOf(em, tenantId, row.credentialId);
    return { ...row, connection };
  }

  private async ask(target: Target, signal?: AbortSignal): Promise<Seen> {
    const { yotiSessionId, connection, clientExpiresAt } = target;
    if (!yotiSessionId) return interrupted;
    try {
      const result = await this.yoti.getSession(connection, yotiSessionId);
      await this.addContents(target, result, signal);
      return { observation: { kind: 'yoti', state: result.state, progress: progressOf(result) }, result };
    } catch (error) {
      if (!(error instanceof YotiError) || error.yotiCode !== 'SESSION_NOT_FOUND') throw error;
      const overdue = (clientExpiresAt?.getTime() ?? 0) <= Date.now();
      return { observation: { kind: 'gone', overdue }, result: null };
    }
  }

  /**
   * Documents' data and profile reports are media of their own at Yoti. Media never change (a correction is a new one),
   * so that what was read before is not asked for again.
   */
  private async addContents(target: Target, result: SessionResult, signal?: AbortSignal): Promise<void> {
    const known = this.knownContents(target);
    for (const place of contentPlaces(result)) {
      signal?.throwIfAborted();
      const { id } = place.media;
      place.put(known.get(id) ?? (await this.content(target.connection, result.yotiSessionId, id)));
    }
  }

  private knownContents(row: SessionRow): Map<string, Record<string, unknown> | null> {
    if (!row.result || !row.dataKey) return new Map();
    const stored = restoreResult(JSON.parse(dataKeyOf(row, this.deps.ring).open(row.result, 'result')));
    return new Map(contentPlaces(stored).map(({ media, content }) => [media.id, content]));
  }

  /** Null for media that Yoti may not return, that were deleted there or can't be asked for: a session can do without. */
  private async content(connection: YotiConnection, yotiSessionId: string, mediaId: string) {
    try {
      return await this.yoti.getJsonMedia(connection, yotiSessionId, mediaId);
    } catch (error) {
      if (!(error instanceof YotiError) || error.code !== 'YOTI_REFUSED') throw error;
      if (error.status !== null && !GONE_MEDIA.has(error.yotiCode)) throw error;
      return null;
    }
  }

  private async apply(em: EntityManager, lease: Lease, before: Target, seen: Seen): Promise<Applied> {
    await holdLease(em, 'sessions', lease);
    const [row] = await em.query<SessionRow[]>(`${SELECT_SESSION} s.tenant_id = $1 AND s.id = $2`, [
      lease.tenantId,
      lease.id,
    ]);
    if (!row) throw notFound();
    if (seen.result && row.dataKey) await this.storeResult(em, row, seen.result);
    const { next, events } = advance(row, seen.observation);
    const owed = await this.changes.apply(em, row, {
      next,
      events,
      actor: seen === interrupted ? SYSTEM : YOTI,
      result: seen.result,
      failureCode: failureCodeOf(seen.observation),
    });
    const now = Date.now();
    const due = nextSync(next, {
      now,
      since: next.progress === row.progress ? reachedAt(row) : now,
      expiresAt: row.clientExpiresAt?.getTime() ?? null,
    });
    await em.query(
      `UPDATE sessions SET lease_token = NULL, lease_until = NULL, work_attempts = 0, parked_reason = NULL,
              sync_error = NULL, synced_at = now(), synced_requests = $4,
              next_sync_at = CASE WHEN $3::timestamptz IS NOT NULL AND sync_requests <> $4 THEN now() ELSE $3 END
        WHERE tenant_id = $1 AND id = $2`,
      [lease.tenantId, lease.id, due === null ? null : new Date(due), before.syncRequests],
    );
    const unasked = before.syncRequests === row.syncRequests && row.syncRequests === row.syncedRequests;
    return { owed, found: unasked && events.some((name) => ANNOUNCED.has(name)) };
  }

  private async storeResult(em: EntityManager, row: SessionRow, result: SessionResult): Promise<void> {
    const text = JSON.stringify(result);
    // The remaining lifetime of the token changes with every answer and says nothing about the result.
    const digest = createHash('sha256')
      .update(JSON.stringify({ ...result, tokenTtlSeconds: null }))
      .digest();
    if (row.resultHash?.equals(digest)) return;
    await em.query(
      `UPDATE sessions SET result = $3, result_hash = $4, yoti_state = $5 WHERE tenant_id = $1 AND id = $2`,
      [row.tenantId, row.id, dataKeyOf(row, this.deps.ring).seal(text, 'result'), digest, result.state],
    );
  }
}

/** The creation never got as far as recording Yoti's answer. */
const interrupted: Seen = { observation: { kind: 'creation_failed' }, result: null };

/** When a session got where it is, in milliseconds since the epoch. */
const reachedAt = (row: SessionRow): number => (row.submittedAt ?? row.updatedAt).getTime();

function failureCodeOf(observation: Observation): string | null {
  if (observation.kind === 'creation_failed') return 'creation_interrupted';
  return observation.kind === 'gone' ? 'yoti_session_gone' : null;
}
