import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { migrate } from '../../src/database/migrate.js';
import { eventually } from './app.js';
import type { TestDatabase } from './database.js';

/**
 * A PostgreSQL server of one test's own, with a migrated, empty database, so that the server can be killed without
 * anybody else noticing. Hand it to `startTestApp({ database })` or `KillableSite.start(settings, database)`; dropping
 * the database ends the server.
 */
export class KillablePostgres implements TestDatabase {
  private readonly dataDir: string;
  private running: EmbeddedPostgres | undefined;
  private urls!: Pick<TestDatabase, 'ownerUrl' | 'appUrl' | 'adminUrl'>;

  private constructor(private readonly durable: boolean) {
    // Not by the name that the suite's set-up clears up after killed runs: while the server is down, nobody claims it.
    this.dataDir = mkdtempSync(join(tmpdir(), 'countersign-killable-'));
    // Started by root, the server runs as another user, who has to pass through.
    chmodSync(this.dataDir, 0o755);
  }

  /** @param options.durable with the settings of production, which survive a power cut, instead of quick ones */
  static async start({ durable = false } = {}): Promise<KillablePostgres> {
    const postgres = new KillablePostgres(durable);
    try {
      const { ownerUrl, appUrl, adminUrl } = await postgres.launch();
      const inside = new URL(adminUrl);
      inside.pathname = new URL(appUrl).pathname;
      postgres.urls = { ownerUrl, appUrl, adminUrl: inside.href };
      await migrate({ url: ownerUrl });
    } catch (error) {
      await postgres.drop();
      throw error;
    }
    return postgres;
  }

  get ownerUrl(): string {
    return this.urls.ownerUrl;
  }

  get appUrl(): string {
    return this.urls.appUrl;
  }

  get adminUrl(): string {
    return this.urls.adminUrl;
  }

  /** Where it listens, the same after every restart. */
  get port(): number {
    return Number(new URL(this.appUrl).port);
  }

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  /** `kill -9` of the server and of all its processes, at any instant: nothing of them gets to do anything more. */
  async kill(): Promise<void> {
    const { postmaster, children } = await this.processes();
    for (const pid of [postmaster, ...children]) signal(pid, 'SIGKILL');
    await eventually(async () => [postmaster, ...children].every((pid) => !signal(pid, 0)));
    // Nothing runs any more: this only lets the directory go.
    await this.running?.stop();
    this.running = undefined;
  }

  /** An immediate shutdown: no checkpoint, every connection ends at once, and the next start recovers from the log. */
  async crash(): Promise<void> {
    const { postmaster } = await this.processes();
    signal(postmaster, 'SIGQUIT');
    await eventually(async () => !signal(postmaster, 0));
    await this.running?.stop();
    this.running = undefined;
  }

  /** Starts it again where it was; what had been confirmed is there. Kill or crash it first. */
  async restart(): Promise<void> {
    await this.launch(this.port);
  }

  /** Runs SQL as the superuser. Each statement is sent on its own, so that settings and tablespaces can be changed. */
  async sql<Row = Record<string, unknown>>(...statements: string[]): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.adminUrl });
    client.on('error', () => undefined);
    await client.connect();
    try {
      let rows: Row[] = [];
      for (const statement of statements) rows = (await client.query(statement)).rows as Row[];
      return rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** Ends the server and removes its files. */
  async drop(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  private async launch(port?: number): Promise<EmbeddedPostgres> {
    const options = { dataDir: this.dataDir, durable: this.durable, log: () => undefined };
    this.running = await startEmbeddedPostgres(port === undefined ? options : { ...options, port });
    return this.running;
  }

  private async processes(): Promise<{ postmaster: number; children: number[] }> {
    const rows = await this.sql<{ postmaster: number; pid: number }>(
      `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS postmaster, pid FROM pg_stat_activity`,
    );
    const [first] = rows;
    if (!first) throw new Error('PostgreSQL tells nothing of its processes.');
    return { postmaster: first.postmaster, children: rows.map(({ pid }) => pid) };
  }
}

/** @returns whether there is such a process */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
