import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { claimDirectory } from '../../src/database/embedded-lock.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { migrate } from '../../src/database/migrate.js';
import { eventually } from './app.js';
import type { TestDatabase } from './database.js';

/** Not the prefix that the suite's set-up clears up after killed runs: while a server is down, nobody claims its data. */
const PREFIX = 'countersign-killable-';
/** Longer than it takes from making a directory to claiming it. */
const NEW_MS = 60_000;

/**
 * A PostgreSQL server of one test's own, with a migrated, empty database, so that the server can be killed without
 * anybody else noticing. Hand it to `startTestApp({ database })` or `KillableSite.start(settings, database)`; dropping
 * the database ends the server.
 */
export class KillablePostgres implements TestDatabase {
  private readonly directory: string;
  private running: EmbeddedPostgres | undefined;
  private urls!: Pick<TestDatabase, 'ownerUrl' | 'appUrl' | 'adminUrl'>;

  private constructor(private readonly durable: boolean) {
    this.directory = mkdtempSync(join(tmpdir(), PREFIX));
    // Held for as long as this process lives; the server claims the directory of its data within, while it runs.
    claimDirectory(this.directory);
    // Started by root, the server runs as another user, who has to pass through.
    chmodSync(this.directory, 0o755);
  }

  /** @param options `durable`: survives a power cut, as the shipped configuration does; slower */
  static async start({ durable = false }: { durable?: boolean } = {}): Promise<KillablePostgres> {
    removeLeftovers();
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
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async launch(port?: number): Promise<EmbeddedPostgres> {
    const dataDir = join(this.directory, 'data');
    const options = { dataDir, durable: this.durable, log: () => undefined };
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

/** Removes what killed runs left in a folder: whoever can claim a directory knows that its process is gone. */
export function removeLeftovers(folder = tmpdir()): void {
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith(PREFIX))) {
    const directory = join(folder, name);
    try {
      if (Date.now() - statSync(directory).mtimeMs < NEW_MS) continue;
      claimDirectory(directory);
      rmSync(directory, { recursive: true, force: true });
    } catch {
      // In use, or another process has just removed it.
    }
  }
}
