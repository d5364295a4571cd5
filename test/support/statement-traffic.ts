import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { dataSourceOptions } from '../../src/database/data-source.js';
import { TenantDb } from '../../src/database/tenant-db.js';

/** What became of the statements. */
export interface TrafficReport {
  statements: number;
  /** Among them, by PostgreSQL's own clock, those that waited longer for a lock than `lockLimit`. */
  errors: string[];
}

/**
 * Statements that a server of the first release sends, over connections like its own, which keep them prepared: lists
 * and reads, notifications, claims of due work and what follows them.
 */
export class StatementTraffic {
  private readonly report: TrafficReport = { statements: 0, errors: [] };
  private over = false;
  private workers: Promise<void>[] = [];

  private constructor(
    private readonly dataSource: DataSource,
    private readonly db: TenantDb,
    private readonly tenantId: string,
  ) {}

  /** @returns once every kind of statement has been sent often enough to be kept prepared */
  static async start(appUrl: string, tenantId: string): Promise<StatementTraffic> {
    // A pooler in transaction mode can't carry prepared statements.
    const databasePrepare = process.env.TEST_LISTEN_URL === undefined;
    const dataSource = new DataSource(
      dataSourceOptions({ databaseUrl: appUrl, databasePoolSize: 8, databasePrepare }),
    );
    const traffic = new StatementTraffic(await dataSource.initialize(), new TenantDb(dataSource), tenantId);
    const kinds = [() => traffic.read(), () => traffic.receive(), () => traffic.claim()];
    traffic.workers = [...kinds, ...kinds].map((kind) => traffic.repeat(kind));
    await traffic.more(200);
    return traffic;
  }

  /** How long a statement waits for a lock before it fails, as PostgreSQL writes it. */
  async lockLimit(): Promise<string> {
    const [row] = await this.dataSource.query<{ lock_timeout: string }[]>('SHOW lock_timeout');
    return row?.lock_timeout ?? '';
  }

  /** Waits until so many more statements have been answered. */
  async more(count: number): Promise<void> {
    const goal = this.report.statements + count;
    while (this.report.statements < goal) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async stop(): Promise<TrafficReport> {
    this.over = true;
    await Promise.all(this.workers);
    await this.dataSource.destroy();
    return this.report;
  }

  private async repeat(work: () => Promise<void>): Promise<void> {
    while (!this.over) {
      await work().catch((error: Error) => this.report.errors.push(error.message));
      this.report.statements += 1;
    }
  }

  private read(): Promise<void> {
    return this.db.run(this.tenantId, async (em) => {
      const sessions = await em.query(
        `SELECT id, status, outcome, reference, link_hash, result_hash, created_at FROM sessions
          WHERE tenant_id = $1 ORDER BY id DESC LIMIT 20`,
        [this.tenantId],
      );
      await em.query(`SELECT id, name, payload FROM events WHERE tenant_id = $1 AND session_id = $2`, [
        this.tenantId,
        sessions[0].id,
      ]);
    });
  }

  private receive(): Promise<void> {
    return this.db.run(this.tenantId, async (em) => {
      const [session] = await em.query(`SELECT id FROM sessions WHERE tenant_id = $1 ORDER BY id LIMIT 1`, [
        this.tenantId,
      ]);
      await em.query(
        `INSERT INTO notifications (tenant_id, id, session_id, topic, body) VALUES ($1, $2, $3, 'topic', '{}')`,
        [this.tenantId, uuidv7(), session.id],
      );
      await em.query(
        `UPDATE sessions SET sync_requests = sync_requests + 1, updated_at = now() WHERE tenant_id = $1 AND id = $2`,
        [this.tenantId, session.id],
      );
    });
  }

  private async claim(): Promise<void> {
    const claimed = await this.db.lookUp<{ tenant_id: string; id: string; lease_token: string }>(
      `SELECT * FROM claim_due_sessions($1, interval '60 seconds')`,
      [10],
    );
    for (const { tenant_id, id, lease_token } of claimed) {
      await this.db.run(tenant_id, (em) =>
        em.query(
          `UPDATE sessions SET lease_until = NULL, lease_token = NULL, work_attempts = 0 WHERE tenant_id = $1 AND id = $2 AND lease_token = $3`,
          [tenant_id, id, lease_token],
        ),
      );
    }
    await this.db.lookUp(`SELECT * FROM claim_due_deliveries($1, interval '60 seconds')`, [10]);
  }
}
