import type { Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { traceWork } from '../tracing/trace-work.js';
import type { TenantDb } from './tenant-db.js';
import type { WakeUp, WorkKind } from './wake-up.js';

const POLL_MS = 1000;
/** How long a claim lasts, as PostgreSQL writes an interval. */
export const LEASE = '60 seconds';

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
  if (rows.length === 0) throw new LeaseLost(`the lease on ${table} ${lease.id} ended`);
}

interface WorkerOptions {
  db: TenantDb;
  wakeUp: WakeUp;
  log: Logger;
  /** Which table's due rows. */
  kind: WorkKind;
  concurrency: number;
  /** Does one row's work; ends the lease itself, in the transaction of the effect. */
  work: (lease: Lease) => Promise<void>;
  /** Called when `work` threw: decides when to try again, or parks the row. */
  failed: (lease: Lease, error: unknown) => Promise<void>;
}

/**
 * Works on due rows: claims fairly across tenants, runs a bounded number at once, is woken by new work and polls each
 * second regardless.
 */
export class DueWorker {
  private readonly running = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private claiming = false;
  private again = false;
  private stopped = false;
  private stopListening: (() => void) | undefined;

  constructor(private readonly options: WorkerOptions) {}

  start(): void {
    this.stopListening = this.options.wakeUp.onWake(this.options.kind, () => void this.claim());
    this.timer = setInterval(() => void this.claim(), POLL_MS);
    void this.claim();
  }

  /** Stops claiming and waits for what is running; nothing is cut off. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.stopListening?.();
    clearInterval(this.timer);
    while (this.claiming) await new Promise((resolve) => setTimeout(resolve, 10));
    await Promise.all(this.running);
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
        if (this.stopped || free <= 0) break;
        const leases = await this.claimRows(free);
        for (const lease of leases) this.launch(lease);
        if (leases.length === free) this.again = true;
      } while (this.again);
    } catch (error) {
      this.options.log.warn(`can not claim ${this.options.kind}: ${(error as Error).message}`);
    } finally {
      this.claiming = false;
    }
  }

  private async claimRows(limit: number): Promise<Lease[]> {
    const rows = await this.options.db.lookUp<{
      tenant_id: string;
      id: string;
      lease_token: string;
      attempts: number;
    }>(`SELECT * FROM claim_due_${this.options.kind}($1, interval '${LEASE}')`, [limit]);
    return rows.map((row) => ({
      tenantId: row.tenant_id,
      id: row.id,
      token: row.lease_token,
      attempts: row.attempts,
    }));
  }

  private launch(lease: Lease): void {
    const task = this.runOne(lease).finally(() => {
      this.running.delete(task);
      void this.claim();
    });
    this.running.add(task);
  }

  private async runOne(lease: Lease): Promise<void> {
    try {
      await traceWork(this.options.db, this.options.kind, lease, () => this.options.work(lease));
    } catch (error) {
      if (error instanceof LeaseLost) return;
      await this.options.failed(lease, error).catch((failure: unknown) => {
        // The lease ends by itself, and the row is due again.
        this.options.log.error(`${this.options.kind} ${lease.id}: ${(failure as Error).message}`);
      });
    }
  }
}
