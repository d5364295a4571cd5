import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LeaseLost, type Lease } from '../database/due-work.js';
import { MAKE_SESSION_DUE } from '../database/due-session.js';
import { YotiError } from '../yoti/yoti-error.js';
import { findSession } from './find-session.js';
import { SessionDeps } from './session-deps.js';
import { SyncSession } from './sync-session.js';

/** When a sync by hand stops asking Yoti for more and leaves the rest to the worker, in milliseconds. */
const LONGEST_ASKING_MS = 20_000;
/** Nobody renews the lease of a sync by hand: it outlasts the asking, the last call's deadline and the storing. */
const LEASE_SECONDS = 60;
/** How long a sync by hand waits for the worker that is at it, and how often it looks, in milliseconds. */
const LONGEST_WAIT_MS = 10_000;
const LOOK_MS = 200;

/** Syncs a session while its caller waits: needs no worker, and leaves to one what it is at already. */
@Injectable()
export class SyncByHand {
  constructor(
    private readonly deps: SessionDeps,
    private readonly syncSession: SyncSession,
  ) {}

  /**
   * Asks Yoti now, or waits for the worker that does, for ten seconds at most. Does nothing to a session that isn't open.
   *
   * @throws ApiError not_found, credential_invalid, credential_suspect; SealError, which is answered data_unreadable;
   *   YotiError
   */
  async run(tenantId: string, id: string): Promise<void> {
    const lease = await this.lease(tenantId, id);
    if (lease && (await this.holds(() => this.sync(lease)))) return;
    this.deps.wakeUp.wake('sessions');
    await this.whenSynced(tenantId, id);
  }

  /** @returns null when a worker is at it, and when the session isn't open: a worker syncs it again right after */
  private async lease(tenantId: string, id: string): Promise<Lease | null> {
    const token = randomUUID();
    return this.deps.db.run(tenantId, async (em) => {
      const [[row]] = await em.query<[{ mine: boolean }[], number]>(
        `UPDATE sessions SET ${MAKE_SESSION_DUE},
                lease_token = CASE WHEN lease_until > now() THEN lease_token ELSE $3 END,
                lease_until = CASE WHEN lease_until > now() THEN lease_until ELSE now() + make_interval(secs => $4) END
          WHERE tenant_id = $1 AND id = $2 AND status = 'ongoing'
          RETURNING lease_token = $3 AS mine`,
        [tenantId, id, token, LEASE_SECONDS],
      );
      if (!row) await findSession(em, tenantId, id);
      return row?.mine ? { tenantId, id, token, attempts: 1 } : null;
    });
  }

  private async sync(lease: Lease): Promise<void> {
    const late = new AbortController();
    const timer = setTimeout(
      () => late.abort(new YotiError('YOTI_TIMEOUT', 'Yoti did not answer in time')),
      LONGEST_ASKING_MS,
    );
    try {
      await this.syncSession.run(lease, late.signal);
    } catch (error) {
      if (!(error instanceof LeaseLost)) await this.syncSession.failed(lease, error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** @returns false when the lease was lost meanwhile, as by a cancellation: it is another's to say what came of it */
  private async holds(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof LeaseLost) return false;
      throw error;
    }
  }

  /** Waits until a worker has done what was asked of it, or for as long as it may take. */
  private async whenSynced(tenantId: string, id: string): Promise<void> {
    const end = performance.now() + LONGEST_WAIT_MS;
    for (;;) {
      const [row] = await this.deps.db.run(tenantId, (em) =>
        em.query<{ done: boolean }[]>(
          `SELECT status <> 'ongoing' OR parked_reason IS NOT NULL OR synced_requests = sync_requests
                  OR (sync_error IS NOT NULL AND next_sync_at > now()) AS done
             FROM sessions WHERE tenant_id = $1 AND id = $2`,
          [tenantId, id],
        ),
      );
      if (row?.done !== false || performance.now() > end) return;
      await sleep(LOOK_MS);
    }
  }
}
