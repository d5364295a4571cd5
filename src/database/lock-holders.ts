import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';

const LOOK_MS = 50;

interface Holder {
  pid: number;
  application: string | null;
  role: string | null;
  /** Null when the role that asks may not see it. */
  since: Date | null;
}

/**
 * Watches who keeps a connection of the database waiting, from another connection. Once the wait has ended, nobody can
 * tell any more. What the holders run isn't read: a statement's text may hold personal data.
 */
export class BlockerWatch {
  private holders: Holder[] = [];

  /** @param pid the watched connection's process in the database */
  constructor(
    private readonly observer: QueryRunner,
    private readonly pid: number,
  ) {}

  /** Who was seen last, such as `process 4711 (countersign, countersign_app)`. */
  get seen(): string {
    return this.holders.map(describe).join(', ') || 'somebody who was gone when looked for';
  }

  /** Watches while `work` runs on the watched connection. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const end = new AbortController();
    const watching = this.watch(end.signal);
    try {
      return await work();
    } finally {
      end.abort();
      await watching;
    }
  }

  private async watch(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      await sleep(LOOK_MS, undefined, { signal: end }).catch(() => undefined);
      const holders = await blockersOf(this.observer, this.pid).catch(() => []);
      if (holders.length > 0) this.holders = holders;
    }
  }
}

function blockersOf(observer: QueryRunner, pid: number): Promise<Holder[]> {
  return observer.query(
    `SELECT pid, nullif(application_name, '') AS application, usename AS role, query_start AS since
       FROM pg_stat_activity WHERE pid = ANY (pg_blocking_pids($1)) ORDER BY pid`,
    [pid],
  ) as Promise<Holder[]>;
}

function describe({ pid, application, role, since }: Holder): string {
  const known = [application, role, since && `its statement began at ${since.toISOString()}`];
  return `process ${pid} (${known.filter(Boolean).join(', ')})`;
}
