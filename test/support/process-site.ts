import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Simulator } from '../../src/simulator/simulator.js';
import type { TestSite } from './app.js';
import { Client } from './client.js';
import type { TestDatabase } from './database.js';

/** A site whose servers are processes of their own, and everything around them is in the test's. */
export abstract class ProcessSite implements TestSite {
  operator: Client;
  private readonly pool: pg.Pool;

  /** @param settings the servers' environment */
  protected constructor(
    protected readonly database: TestDatabase,
    readonly yoti: Simulator,
    protected readonly settings: Record<string, string>,
  ) {
    this.pool = new pg.Pool({ connectionString: database.adminUrl, max: 4 });
    this.pool.on('error', () => undefined);
  }

  /** Where callers go. */
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

  /** Yoti as the servers reach it. */
  get simulator() {
    return { ...this.yoti, baseUrl: this.settings.YOTI_API_URLS ?? '' };
  }

  /** Runs SQL as the superuser: for looking at, and for letting time pass. */
  async sql<Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query(text, values)).rows as Row[];
  }

  /** A connection of the superuser's own, to be released. */
  protected connect(): Promise<pg.PoolClient> {
    return this.pool.connect();
  }

  /** Ends what is around the servers: end those first. */
  async stop(): Promise<void> {
    await this.yoti.close();
    await this.pool.end();
    await this.database.drop();
  }
}

/**
 * The environment of a server on a database and a simulator.
 *
 * @param yotiOrigin what stands before the simulator
 */
export const siteSettings = (
  database: TestDatabase,
  yoti: Simulator,
  yotiOrigin: string,
): Record<string, string> => ({
  DATABASE_URL: database.appUrl,
  ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
  HOST: '127.0.0.1',
  YOTI_API_URLS: yoti.baseUrl.replace(yoti.origin, yotiOrigin),
  WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
});
