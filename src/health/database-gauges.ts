import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { TenantDb } from '../database/tenant-db.js';
import type { WorkKind } from '../database/wake-up.js';
import { registry } from '../metrics/registry.js';
import { within } from './within.js';

/** Every process reports the same queues: several scrapes at once are one question to the database. */
const CACHE_MS = 3000;
const LIMIT_MS = 2000;

const queues = {
  due: queueGauge('due', 'Work that is due and that nobody has taken up'),
  lag: queueGauge('lag_seconds', 'How long the oldest of it has been due; 0 when there is none'),
  leased: queueGauge('leased', "Due work in workers' hands"),
  parked: queueGauge(
    'parked',
    'Work that was given up until somebody replays it; deliveries and e-mails of the last 30 days',
  ),
};

const connections = new Gauge({
  name: 'countersign_database_connections',
  help: "Connections of this process's pool: total and idle ones, and callers waiting for one",
  labelNames: ['state'] as const,
  registers: [registry],
});

function queueGauge(name: string, help: string) {
  return new Gauge({
    name: `countersign_queue_${name}`,
    help,
    labelNames: ['kind'] as const,
    registers: [registry],
  });
}

/** Counts come as text: PostgreSQL's are wider than a number. */
type QueueRow = { kind: WorkKind; lag: number } & Record<'due' | 'leased' | 'parked', string>;

/** How full the queues in the database are, and how busy this process's way to it. */
@Injectable()
export class DatabaseGauges {
  private last: { at: number; rows: Promise<QueueRow[]> } | undefined;

  constructor(
    private readonly db: TenantDb,
    private readonly dataSource: DataSource,
  ) {}

  /** Sets the gauges to what is so now; those of the queues are left out while the database is away. */
  async refresh(): Promise<void> {
    this.countConnections();
    const rows = await this.readQueues();
    for (const gauge of Object.values(queues)) gauge.reset();
    for (const { kind, due, lag, leased, parked } of rows) {
      queues.due.set({ kind }, Number(due));
      queues.lag.set({ kind }, lag);
      queues.leased.set({ kind }, Number(leased));
      queues.parked.set({ kind }, Number(parked));
    }
  }

  private countConnections(): void {
    const pool = (this.dataSource.driver as PostgresDriver).master as pg.Pool;
    connections.set({ state: 'total' }, pool.totalCount);
    connections.set({ state: 'idle' }, pool.idleCount);
    connections.set({ state: 'waiting' }, this.db.waiting);
  }

  private readQueues(): Promise<QueueRow[]> {
    if (this.last && performance.now() - this.last.at < CACHE_MS) return this.last.rows;
    const read = this.db.lookUp<QueueRow>('SELECT * FROM queue_depths()', []);
    this.last = { at: performance.now(), rows: within(LIMIT_MS, read).catch(() => []) };
    return this.last.rows;
  }
}
