import type { Logger } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import type { EntityManager } from 'typeorm';
import { registry } from '../metrics/registry.js';
import { traceWork } from '../tracing/trace-work.js';
import type { TenantDb } from './tenant-db.js';
import type { WakeUp, WorkKind } from './wake-up.js';

const POLL_MS = 1000;
/** Leases are renewed this often while they last, so that two renewals may fail. */
const BEATS_A_LEASE = 3;
/** Work that takes longer hangs: its lease is left to end. Every call that work makes has a deadline far below. */
const LONGEST_WORK_MS = 15 * 60_000;
/** How long a stopping worker waits for what it has in hand, in milliseconds. */
const GRACE_MS = 18_000;

const worked = new Counter({
  name: 'countersign_work_total',
  help: 'Due work that was taken up: done, failed (tried again later), lost (another took over, or given back) or parked',
  labelNames: ['kind', 'outcome'] as const,
  registers: [registry],
});

const durations = new Histogram({
  name: 'countersign_work_duration_seconds',
  help: 'How long due work took from its claim to its end',
  labelNames: ['kind'] as const,
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300],
  registers: [registry],
});

/** A row this worker may work on until its lease ends. */
export interface Lease {
  tenantId: string;
  id: string;
  /** Proof of the lease: whoever holds another token has taken over. */
  token: string;
  /** Which try this is, from 1; counted when claimed, so that work that kills its process is counted too. */
  attempts: number;
}

/** The lease ended and somebody else took over: the transaction must not commit. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

const leaseEnded = (kind: WorkKind, id: string) => new LeaseLost(`the lease on ${kind} ${id} ended`);

/**
 * Ends a transaction's effect with "still my lease": the row is locked and its token compared.
 *
 * @throws LeaseLost
 */
export async function holdLease(em: EntityManager, table: WorkKind, lease: Lease): Promise<void> {
  const rows = await em.query<unknown[]>(
    `SELECT 1 FROM ${table} WHERE tenant_id = $1 AND id = $2 AND lease_token = $3 FOR UPDATE`,
    [lease.tenantId, lease.id, lease.token],
  );
  if (rows.length === 0) throw leaseEnded(table, lease.id);
}

interface WorkerOptions {
  db: TenantDb;
  wakeUp: WakeUp;
  log: Logger;
  /** Which table's due rows. */
  kind: WorkKind;
  /** How long a claim lasts without a sign of life. */
  leaseSeconds: number;
  /** The most rows in hand at once. */
  concurrency: number;
  /** The most of them that are of one tenant, so that a tenant whose work hangs doesn't take every place. */
  perTenant: number;
  /**
   * Does one row's work; ends the lease itself, in the transaction of the effect. The signal says that the lease is lost,
   * with a `LeaseLost` as its reason: what is still done has no effect.
   */
  work: (lease: Lease, signal: AbortSignal) => Promise<void>;
  /** Called when `work` threw: decides when to try again, or parks the row. */
  failed: (lease: Lease, error: unknown) => Promise<'failed' | 'parked'>;
  /** Claims in a row that came to nothing, as when the work kills its process. A row with more is given to `park`. */
  mostClaims: number;
  /** Takes a row out of the queue, with its reason, until somebody replays it. */
  park: (lease: Lease) => Promise<void>;
}

interface Running {
  lease: Lease;
  startedAt: number;
  lost: AbortController;
  ended: Promise<void>;
}

/**
 * Works on due rows: claims fairly across tenants, runs a bounded number at once, is woken by new work and polls each
 * second regardless. Leases are renewed while their work goes on, so that they may be short and work long.
 */
export class DueWorker {
  private readonly running = new Map<string, Running>();
  private timers: NodeJS.Timeout[] = [];
  private claiming = false;
  private again = false;
  private haltedAt: number | undefined;
  private stopListening: (() => void)[] = [];

  constructor(private readonly options: WorkerOptions) {}

  start(): void {
    const { wakeUp, kind, leaseSeconds } = this.options;
    this.stopListening = [wakeUp.onWake(kind, () => void this.claim()), wakeUp.onHalt(() => this.halt())];
    this.timers = [
      setInterval(() => void this.claim(), POLL_MS),
      setInterval(() => void this.renew(), (leaseSeconds * 1000) / BEATS_A_LEASE),
    ];
    void this.claim();
  }

  /** Stops claiming. What is in hand goes on. */
  private halt(): void {
    this.haltedAt ??= Date.now();
    for (const stop of this.stopListening) stop();
  }

  /**
   * Stops claiming and waits for what is in hand. What has not ended in time is given back at once, so that another
   * process takes it up without waiting for its lease; from then on it has no effect here.
   *
   * @param graceMs how long to wait, from when the stop began
   */
  async stop(graceMs = GRACE_MS): Promise<void> {
    this.halt();
    while (this.claiming) await sleep(10);
    const end = (this.haltedAt ?? 0) + graceMs;
    while (this.running.size > 0 && Date.now() < end) {
      await Promise.race([...[...this.running.values()].map(({ ended }) => ended), sleep(end - Date.now())]);
    }
    this.timers.forEach(clearInterval);
    await this.giveBack();
  }

  private async claim(): Promise<void> {
    if (this.claiming) {
      this.again = true;
      return;
    }
    this.claiming = true;
    try {
      do {
        this.again = false;
        const free = this.options.concurrency - this.running.size;
        if (this.haltedAt !== undefined || free <= 0) break;
        const leases = await this.claimRows(free);
        for (const lease of leases) {
          this.loseEarlier(lease);
          this.launch(lease);
        }
        if (leases.length === free) this.again = true;
      } while (this.again);
    } catch (error) {
      this.options.log.warn(`can not claim ${this.options.kind}: ${(error as Error).message}`);
    } finally {
      this.claiming = false;
    }
  }

  private async claimRows(limit: number): Promise<Lease[]> {
    const { db, kind, perTenant } = this.options;
    const busy = [...this.running.values()].map(({ lease }) => lease.tenantId);
    const rows = await db.lookUp<{
      tenant_id: string;
      id: string;
      lease_token: string;
      attempts: number;
    }>(`SELECT * FROM claim_due_${kind}($1, make_interval(secs => $2), $3, $4)`, [
      limit,
      this.options.leaseSeconds,
      perTenant,
      busy,
    ]);
    return rows.map((row) => ({
      tenantId: row.tenant_id,
      id: row.id,
      token: row.lease_token,
      attempts: row.attempts,
    }));
  }

  /** A row that can be claimed again has ended its lease, which the renewals of the new one would hide. */
  private loseEarlier({ tenantId, id }: Lease): void {
    for (const { lease, lost } of this.running.values()) {
      if (lease.tenantId === tenantId && lease.id === id) lost.abort(leaseEnded(this.options.kind, id));
    }
  }

  private launch(lease: Lease): void {
    const { kind } = this.options;
    const lost = new AbortController();
    const startedAt = Date.now();
    const endTimer = durations.startTimer({ kind });
    const ended = this.runOne(lease, lost.signal).then((outcome) => {
      endTimer();
      worked.inc({ kind, outcome });
      this.running.delete(lease.token);
      void this.claim();
    });
    this.running.set(lease.token, { lease, startedAt, lost, ended });
  }

  private async runOne(lease: Lease, signal: AbortSignal): Promise<'done' | 'failed' | 'lost' | 'parked'> {
    const { db, kind, log, mostClaims, park, work, failed } = this.options;
    try {
      if (lease.attempts > mostClaims) {
        await park(lease);
        return 'parked';
      }
      await traceWork(db, kind, lease, () => work(lease, signal));
      return 'done';
    } catch (error) {
      if (error instanceof LeaseLost || signal.aborted) return 'lost';
      return await failed(lease, error).catch((failure: unknown) => {
        if (failure instanceof LeaseLost) return 'lost' as const;
        // The lease ends by itself, and the row is due again.
        log.error(`${kind} ${lease.id}: ${(failure as Error).message}`);
        return 'failed' as const;
      });
    }
  }

  /** Prolongs the leases in hand, and tells the work whose lease is lost. */
  private async renew(): Promise<void> {
    const now = Date.now();
    const lively = [...this.running.values()].filter(({ startedAt }) => now - startedAt < LONGEST_WORK_MS);
    if (lively.length === 0) return;
    const { db, kind, leaseSeconds, log } = this.options;
    const leases = lively.map(({ lease }) => lease);
    try {
      const held = await db.lookUp<{ id: string }>(
        `SELECT id FROM renew_leases_${kind}($1, $2, $3, make_interval(secs => $4))`,
        [...columnsOf(leases), leaseSeconds],
      );
      const ids = new Set(held.map(({ id }) => id));
      for (const { lease, lost } of lively) {
        if (!ids.has(lease.id)) lost.abort(leaseEnded(kind, lease.id));
      }
    } catch (error) {
      log.warn(`can not renew leases on ${kind}: ${(error as Error).message}`);
    }
  }

  private async giveBack(): Promise<void> {
    const left = [...this.running.values()];
    if (left.length === 0) return;
    const { db, kind, log } = this.options;
    for (const { lost } of left) lost.abort(new LeaseLost('the server stops'));
    log.warn(`giving back ${left.length} ${kind} that did not end in time`);
    const leases = left.map(({ lease }) => lease);
    await db
      .lookUp(`SELECT return_leases_${kind}($1, $2, $3)`, columnsOf(leases))
      .catch((error: unknown) => log.warn(`can not give back ${kind}: ${(error as Error).message}`));
  }
}

const columnsOf = (leases: Lease[]): [string[], string[], string[]] => [
  leases.map(({ tenantId }) => tenantId),
  leases.map(({ id }) => id),
  leases.map(({ token }) => token),
];

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());
