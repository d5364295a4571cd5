import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { WorkKind } from '../../src/database/wake-up.js';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { addOperator, eventually, FAST, freePort, logInOperator, type TestSite } from './app.js';
import { Client } from './client.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { ServerProcess } from './server-process.js';
import { WebhookReceiver } from './webhook-receiver.js';
import { YotiGate } from './yoti-gate.js';

/**
 * The server as a process of its own, and everything around it in the test's: what a server talks to outlives it. The
 * process is caught between two steps from outside, by whom it waits for: Yoti, a receiver, or the database.
 */
export class KillableSite implements TestSite {
  server: ServerProcess;
  operator: Client;
  private readonly pool: pg.Pool;

  private constructor(
    private readonly database: TestDatabase,
    private readonly yoti: Simulator,
    readonly gate: YotiGate,
    readonly receiver: WebhookReceiver,
    private readonly settings: Record<string, string>,
  ) {
    this.pool = new pg.Pool({ connectionString: database.adminUrl, max: 4 });
    this.pool.on('error', () => undefined);
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
      DATABASE_URL: database.appUrl,
      ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
      HOST: '127.0.0.1',
      YOTI_API_URLS: yoti.baseUrl.replace(yoti.origin, gate.origin),
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
      DATABASE_POOL_SIZE: '8',
      LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
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

  get url(): string {
    return this.settings.PUBLIC_URL ?? '';
  }

  /** Connection of the server's own role. */
  get appUrl(): string {
    return this.database.appUrl;
  }

  get anonymous(): Client {
    return new Client(this.url);
  }

  get simulator() {
    return { ...this.yoti, baseUrl: this.settings.YOTI_API_URLS ?? '' };
  }

  /** Starts the server where it was before, after the leases of the old process; kill or stop that one first. */
  async restart(): Promise<void> {
    for (const kind of KINDS) await this.endLeases(kind);
    this.server = await ServerProcess.start(this.settings);
  }

  /** After a test that ended without its server. */
  async ensureRunning(): Promise<void> {
    if (!this.server.isRunning) await this.restart();
  }

  /** Starts a further process that shares the work. Its end is up to the caller. */
  async startWorker(): Promise<ServerProcess> {
    return ServerProcess.start({ ...this.settings, ROLE: 'worker', ...addressOf(await freePort()) });
  }

  /** Starts a further process that serves the same site on a port of its own. Its end is up to the caller. */
  startServer(port: number): Promise<ServerProcess> {
    return ServerProcess.start({ ...this.settings, PORT: String(port) });
  }

  /** Runs SQL as the superuser: for looking at, and for letting time pass. */
  async sql<Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query(text, values)).rows as Row[];
  }

  /** Lets every lease end. */
  async endLeases(kind: WorkKind): Promise<void> {
    await this.sql(`UPDATE ${kind} SET lease_until = now() WHERE lease_until IS NOT NULL`);
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
   * @returns `reached` waits until a server is held up; `release` ends the lock
   */
  async lock(statement: string, values: unknown[] = []) {
    const client = await this.pool.connect();
    await client.query('BEGIN');
    await client.query(statement, values);
    return {
      reached: () => eventually(async () => (await this.sql(WAITING)).length > 0),
      release: async () => {
        await client.query('ROLLBACK');
        client.release();
        // A killed process's transaction goes on until the database notices; what it left undone is rolled back then.
        await eventually(async () => (await this.sql(OPEN_TRANSACTIONS)).length === 0);
      },
    };
  }

  async stop(): Promise<void> {
    await this.server.kill();
    await this.gate.close();
    await this.receiver.close();
    await this.yoti.close();
    await this.pool.end();
    await this.database.drop();
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

const KINDS: WorkKind[] = ['sessions', 'deliveries', 'credentials', 'emails'];
const SERVERS = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'countersign'`;
const WAITING = `${SERVERS} AND wait_event_type = 'Lock'`;
const OPEN_TRANSACTIONS = `${SERVERS} AND xact_start IS NOT NULL`;

const addressOf = (port: number) => ({ PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}` });
