import { loadConfig } from '../../src/config.js';
import type { WorkKind } from '../../src/database/wake-up.js';
import { startServer, type RunningServer } from '../../src/server.js';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { addOperator, eventually, FAST, freePort, logInOperator } from './app.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { ProcessSite, siteSettings } from './process-site.js';
import { ServerProcess } from './server-process.js';
import { WebhookReceiver } from './webhook-receiver.js';
import { YotiGate } from './yoti-gate.js';

/**
 * The server as a process of its own, and everything around it in the test's: what a server talks to outlives it. The
 * process is caught between two steps from outside, by whom it waits for: Yoti, a receiver, or the database.
 */
export class KillableSite extends ProcessSite {
  server: ServerProcess;
  private readonly processes: ServerProcess[] = [];

  private constructor(
    database: TestDatabase,
    yoti: Simulator,
    readonly gate: YotiGate,
    readonly receiver: WebhookReceiver,
    settings: Record<string, string>,
  ) {
    super(database, yoti, settings);
  }

  /**
   * @param more settings of the server's environment
   * @param given instead of a database of the suite's server
   */
  static async start(more: Record<string, string> = {}, given?: TestDatabase): Promise<KillableSite> {
    const database = given ?? (await createTestDatabase());
    const yoti = await startSimulator({ timing: FAST });
    const gate = await YotiGate.start(yoti.origin);
    const receiver = await WebhookReceiver.start();
    const site = new KillableSite(database, yoti, gate, receiver, {
      ...siteSettings(database, yoti, gate.origin),
      DATABASE_POOL_SIZE: '8',
      LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'info',
      SHUTDOWN_NOTICE_SECONDS: '1',
      ...addressOf(await freePort()),
      ...database.settings,
      ...more,
    });
    await addOperator(database.appUrl);
    await site.restart();
    site.operator = await logInOperator(site.anonymous);
    return site;
  }

  /**
   * Starts the server where it was before, and ends the leases of the old process; kill or stop that one first.
   *
   * The leases are ended when the new one runs: what the old one had sent to the database may be done after its end.
   */
  async restart(): Promise<void> {
    const leaseSeconds = Number(this.settings.WORK_LEASE_SECONDS ?? 60);
    const [{ end } = {}] = await this.sql<{ end?: Date }>(
      'SELECT now() + make_interval(secs => $1) AS "end"',
      [leaseSeconds + SHORTEST_START_SECONDS],
    );
    this.server = await this.launch(this.settings);
    for (const kind of KINDS) await this.endLeases(kind, end);
  }

  /** After a test that ended without its server. */
  async ensureRunning(): Promise<void> {
    if (!this.server.isRunning) await this.restart();
  }

  /** Starts a further process that shares the work. Its end is up to the caller. */
  async startWorker(): Promise<ServerProcess> {
    return this.launch({ ...this.settings, ROLE: 'worker', ...addressOf(await freePort()) });
  }

  /** Starts a further process that serves the same site on a port of its own. Its end is up to the caller. */
  startServer(port: number, more: Record<string, string> = {}): Promise<ServerProcess> {
    return this.launch({ ...this.settings, ...more, PORT: String(port) });
  }

  /** What all its processes have printed, in the order of their starts. */
  output(): string {
    return this.processes.map((process) => process.output()).join('\n');
  }

  /** Starts a further server that serves the same site in this process, to be looked into. Its end is up to the caller. */
  startServerHere(): Promise<RunningServer> {
    return startServer({ ...loadConfig(this.settings), port: 0, role: 'api' });
  }

  /** Ends the leases that would have ended by then: all of them, unless told. */
  async endLeases(kind: WorkKind, by: Date | 'infinity' = 'infinity'): Promise<void> {
    await this.sql(`UPDATE ${kind} SET lease_until = now() WHERE lease_until <= $1`, [by]);
  }

  /** Makes interrupted creations due to be ended. */
  async sweepCreations(tenantId: string): Promise<void> {
    await this.sql(`UPDATE sessions SET next_sync_at = now() WHERE tenant_id = $1 AND status = 'creating'`, [
      tenantId,
    ]);
  }

  /** Keeps every server from starting on due work of a kind. @returns a function that lets them again */
  holdClaims(kind: WorkKind): Promise<() => Promise<void>> {
    return holdClaims({ sql: (text) => this.sql(text) }, kind);
  }

  /**
   * Locks something in a transaction of its own, so that the server's waits in its midst.
   *
   * @returns `reached` waits until so many of the servers' connections are held up by it; `release` ends the lock
   */
  async lock(statement: string, values: unknown[] = []) {
    const client = await this.connect();
    await client.query('BEGIN');
    await client.query(statement, values);
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return {
      reached: (connections = 1) =>
        eventually(async () => (await this.sql(HELD_UP, [rows[0]?.pid])).length >= connections, 20_000),
      release: async () => {
        await client.query('ROLLBACK');
        client.release();
        // A killed process's transaction goes on until the database notices; what it left undone is rolled back then.
        await eventually(async () => (await this.sql(OPEN_TRANSACTIONS)).length === 0);
      },
    };
  }

  private async launch(settings: Record<string, string>): Promise<ServerProcess> {
    const process = await ServerProcess.start(settings);
    this.processes.push(process);
    return process;
  }

  override async stop(): Promise<void> {
    await this.server.kill();
    await this.gate.close();
    await this.receiver.close();
    await super.stop();
  }
}

/** Keeps every server of a database from starting on due work of a kind. @returns a function that lets them again */
export async function holdClaims(
  { sql }: { sql: (text: string) => Promise<unknown> },
  kind: WorkKind,
): Promise<() => Promise<void>> {
  const claim = `EXECUTE ON FUNCTION claim_due_${kind}(integer, interval, integer, uuid[])`;
  await sql(`REVOKE ${claim} FROM countersign_app`);
  return async () => {
    await sql(`GRANT ${claim} TO countersign_app`);
  };
}

/** No process claims anything sooner after its launch. */
const SHORTEST_START_SECONDS = 0.3;
const KINDS: WorkKind[] = ['sessions', 'deliveries', 'credentials', 'emails'];
const SERVERS = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'countersign'`;
const HELD_UP = `${SERVERS} AND $1 = ANY (pg_blocking_pids(pid))`;
const OPEN_TRANSACTIONS = `${SERVERS} AND xact_start IS NOT NULL`;

const addressOf = (port: number) => ({ PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}` });
