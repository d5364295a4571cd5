import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import type { EntityManager } from 'typeorm';
import type { EventName } from '../audit/event-types.js';
import { Credentials, credentialSuspect } from '../credentials/credentials.service.js';
import { LeaseLost, type Lease } from '../database/due-work.js';
import { TenantCounts } from '../database/tenant-counts.js';
import { SYSTEM, type Actor } from '../http/caller.js';
import { ApiError } from '../http/api-error.js';
import { registry } from '../metrics/registry.js';
import type { SessionResult } from '../yoti/result.js';
import { isOutage, MismatchedAnswer, reasonOf, YotiError } from '../yoti/yoti-error.js';
import { findSession } from './find-session.js';
import { SessionChanges } from './session-changes.js';
import { SessionDeps } from './session-deps.js';
import { dataKeyOf, type SessionRow } from './session.row.js';
import { advance, type Observation } from './session.states.js';
import { MAX_OUTAGE_ATTEMPTS, MAX_SYNC_ATTEMPTS, retryDelay, waitForSync } from './sync.schedule.js';
import { YotiReader, type Seen, type Target } from './yoti-reader.js';

/**
 * How long after a probe is due whoever waits for it looks again. One that takes longer, since each of its calls may last
 * until its deadline, is waited for once more.
 */
const AFTER_PROBE_SECONDS = 20;
/** How soon whoever waits for a credential that isn't suspect, not yet or no longer, looks again. */
const UNTIL_SUSPECT_SECONDS = 2;

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

/** What is known of a session without asking Yoti: its creation never got as far as recording the answer. */
const interrupted: Seen = { observation: { kind: 'creation_failed' }, result: null };

/** A session as it is loaded before Yoti is asked. */
interface Loaded {
  /** What to ask about; null when its creation never got as far as recording Yoti's answer. */
  target: Target | null;
  syncRequests: number;
  resultHash: Buffer | null;
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
    private readonly reader: YotiReader,
    private readonly counts: TenantCounts,
  ) {}

  /**
   * One due session's work: read, ask Yoti outside of any transaction, then apply under the lease.
   *
   * @param signal ends the asking when the lease is lost
   */
  async run(lease: Lease, signal?: AbortSignal): Promise<void> {
    const before = await this.deps.db.run(lease.tenantId, (em) => this.load(em, lease));
    const seen = before.target ? await this.reader.read(before.target, signal) : interrupted;
    const { owed, found } = await this.deps.db.run(lease.tenantId, (em) =>
      this.apply(em, lease, before, seen),
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
    const outage = isOutage(error);
    const { blamed, parked } = await this.deps.db.run(lease.tenantId, async (em) => {
      // As they are now: what was asked for during this try begins the tries anew.
      const { attempts, credentialId } = await this.hold(em, lease);
      const park = attempts >= MAX_SYNC_ATTEMPTS && !outage;
      const asked = error instanceof YotiError ? error.retryAfterSeconds : undefined;
      const wait = retryDelay(Math.max(attempts, 1), Math.random(), asked);
      await em.query(
        `UPDATE sessions SET lease_token = NULL, lease_until = NULL, sync_error = $3,
                parked_reason = CASE WHEN $4 THEN $3 END, parked_at = CASE WHEN $4 THEN now() END,
                next_sync_at = CASE WHEN $4 THEN NULL ELSE now() + make_interval(secs => $5) END,
                work_attempts = CASE WHEN $6 THEN least(work_attempts, ${MAX_OUTAGE_ATTEMPTS}) ELSE work_attempts END
          WHERE tenant_id = $1 AND id = $2`,
        [lease.tenantId, lease.id, code, park, wait / 1000, outage],
      );
      if (error instanceof MismatchedAnswer) await this.changes.noteMismatch(em, lease, YOTI);
      return { blamed: credentialId, parked: park };
    });
    await this.credentials.noteFailure(lease.tenantId, blamed, error);
    return parked ? 'parked' : 'failed';
  }

  /** Locks the session for as long as the transaction lasts; tells the database's time too. @throws LeaseLost */
  private async hold(em: EntityManager, { tenantId, id, token }: Lease) {
    const [row] = await em.query<{ attempts: number; credentialId: string; now: Date }[]>(
      `SELECT work_attempts AS attempts, credential_id AS "credentialId", now() FROM sessions
        WHERE tenant_id = $1 AND id = $2 AND lease_token = $3 FOR UPDATE`,
      [tenantId, id, token],
    );
    if (!row) throw new LeaseLost(`the lease on sessions ${id} ended`);
    return row;
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
                next_sync_at = CASE WHEN c.suspect_since IS NULL THEN now() + interval '${UNTIL_SUSPECT_SECONDS} seconds'
                                    ELSE greatest(c.next_look_at, now()) + interval '${AFTER_PROBE_SECONDS} seconds' END
           FROM credentials c
          WHERE s.tenant_id = $1 AND s.id = $2 AND s.lease_token = $3
            AND c.tenant_id = s.tenant_id AND c.id = s.credential_id`,
        [lease.tenantId, lease.id, lease.token],
      ),
    );
  }

  /** An interrupted creation ends without its credential, which may be unusable or gone by then. */
  private async load(em: EntityManager, { tenantId, id }: Lease): Promise<Loaded> {
    const row = await findSession(em, tenantId, id);
    const { suspectReason, nextLookAt, syncRequests, yotiSessionId } = row;
    if (yotiSessionId === null) return { target: null, syncRequests, resultHash: null };
    if (suspectReason !== null) throw credentialSuspect({ suspectReason, nextLookAt });
    const connection = await this.credentials.connectionOf(em, tenantId, row.credentialId);
    const [stored] = await em.query<{ result: Buffer | null; resultHash: Buffer | null }[]>(
      `SELECT result, result_hash AS "resultHash" FROM sessions WHERE tenant_id = $1 AND id = $2`,
      [tenantId, id],
    );
    const { result, resultHash } = stored ?? { result: null, resultHash: null };
    return { target: { ...row, yotiSessionId, connection, result }, syncRequests, resultHash };
  }

  private async apply(em: EntityManager, lease: Lease, before: Loaded, seen: Seen): Promise<Applied> {
    const now = (await this.hold(em, lease)).now.getTime();
    const row = await findSession(em, lease.tenantId, lease.id);
    if (seen.result && row.dataKey) await this.storeResult(em, row, seen.result, before.resultHash);
    const { next, events } = advance(row, seen.observation);
    const owed = await this.changes.apply(em, row, {
      next,
      events,
      actor: seen === interrupted ? SYSTEM : YOTI,
      result: seen.result,
      failureCode: failureCodeOf(seen.observation),
    });
    const wait = waitForSync(next, {
      now,
      since: next.progress === row.progress ? reachedAt(row) : now,
      expiresAt: row.clientExpiresAt?.getTime() ?? null,
    });
    await em.query(
      `UPDATE sessions SET lease_token = NULL, lease_until = NULL, work_attempts = 0, parked_reason = NULL,
              parked_at = NULL, sync_error = NULL, synced_at = now(), synced_requests = $4,
              next_sync_at = CASE WHEN $3::float8 IS NOT NULL AND sync_requests <> $4 THEN now()
                                  ELSE now() + make_interval(secs => $3) END
        WHERE tenant_id = $1 AND id = $2`,
      [lease.tenantId, lease.id, wait === null ? null : wait / 1000, before.syncRequests],
    );
    const unasked = before.syncRequests === row.syncRequests && row.syncRequests === row.syncedRequests;
    return { owed, found: unasked && events.some((name) => ANNOUNCED.has(name)) };
  }

  /** @param storedHash of what is stored; nobody else writes it under the lease */
  private async storeResult(
    em: EntityManager,
    row: SessionRow,
    result: SessionResult,
    storedHash: Buffer | null,
  ): Promise<void> {
    const text = JSON.stringify(result);
    // The remaining lifetime of the token changes with every answer and says nothing about the result.
    const digest = createHash('sha256')
      .update(JSON.stringify({ ...result, tokenTtlSeconds: null }))
      .digest();
    if (storedHash?.equals(digest)) return;
    await em.query(
      `UPDATE sessions SET result = $3, result_hash = $4, yoti_state = $5 WHERE tenant_id = $1 AND id = $2`,
      [row.tenantId, row.id, dataKeyOf(row, this.deps.ring).seal(text, 'result'), digest, result.state],
    );
  }
}

/** When a session got where it is, in milliseconds since the epoch. */
const reachedAt = (row: SessionRow): number => (row.submittedAt ?? row.updatedAt).getTime();

function failureCodeOf(observation: Observation): string | null {
  if (observation.kind === 'creation_failed') return 'creation_interrupted';
  return observation.kind === 'gone' ? 'yoti_session_gone' : null;
}
