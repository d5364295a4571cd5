import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { loadConfig, type Config } from '../../src/config.js';
import { dataSourceOptions } from '../../src/database/data-source.js';
import { TenantDb } from '../../src/database/tenant-db.js';
import { startServer, type RunningServer } from '../../src/server.js';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.js';
import { createOperator } from '../../src/users/create-operator.js';
import type { TransportOptions } from '../../src/yoti/transport-options.js';
import { Client } from './client.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { freePort } from './free-port.js';

export { freePort };

/** The whole product on a database of its own: server, worker and simulator, over HTTP. */
export interface TestApp {
  url: string;
  config: Config;
  database: TestDatabase;
  /** Connection of the server's own role. */
  appUrl: string;
  simulator: Simulator;
  server: RunningServer;
  /** Nobody. */
  anonymous: Client;
  /** A platform operator, logged in. */
  operator: Client;
  /** Runs SQL as the superuser: for looking at, and for letting time pass. */
  sql<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
}

/** What it takes to make tenants, people and sessions: the server may run in this process or in its own. */
export type TestSite = Pick<TestApp, 'operator' | 'anonymous'> & {
  simulator: Pick<Simulator, 'baseUrl' | 'registerApp' | 'setScenario'>;
};

interface Options {
  /** Instead of a database of the suite's server. */
  database?: TestDatabase;
  simulator?: SimulatorOptions;
  config?: Partial<Config>;
  /** Bounds of calls to Yoti other than the default ones. */
  yoti?: Partial<TransportOptions>;
}

/** Who runs the platform in tests. */
export const OPERATOR = {
  email: 'operator@platform.example',
  name: 'Operator',
  password: randomBytes(12).toString('hex'),
};

/** The machine's other work is no reason to turn a test's request away; what tests that, passes `loadBounds: {}`. */
const UNHURRIED: Config['loadBounds'] = {
  requests: { loopDelayMs: Infinity },
  connections: { patienceMs: 30_000, waitMs: 15_000 },
};

/** Starts everything. Stop it in `afterAll`. */
export async function startTestApp(options: Options = {}): Promise<TestApp> {
  const database = options.database ?? (await createTestDatabase());
  const simulator = await startSimulator({ timing: FAST, ...options.simulator });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config: Config = {
    ...loadConfig({
      DATABASE_URL: database.appUrl,
      ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
      PUBLIC_URL: url,
      HOST: '127.0.0.1',
      PORT: String(port),
      YOTI_API_URLS: simulator.baseUrl,
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
      DATABASE_POOL_SIZE: '10',
      LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
      RATE_LIMIT_PER_MINUTE: '1000000',
      LOGINS_PER_MINUTE: '1000000',
      ...database.settings,
    }),
    loadBounds: UNHURRIED,
    ...options.config,
  };
  await addOperator(database.appUrl);
  const server = await startServer({ ...config, yotiBounds: options.yoti ?? config.yotiBounds });
  const admin = new pg.Pool({ connectionString: database.adminUrl, max: 2 });
  admin.on('error', () => undefined);
  const anonymous = new Client(url);
  return {
    url,
    config,
    database,
    appUrl: database.appUrl,
    simulator,
    server,
    anonymous,
    operator: await logInOperator(anonymous),
    sql: async <Row>(text: string, values: unknown[] = []) => (await admin.query(text, values)).rows as Row[],
    stop: async () => {
      await server.stop();
      await simulator.close();
      await admin.end();
      await database.drop();
    },
  };
}

/** Checks end within a moment, so that a journey is quick. */
export const FAST = { extractionDelay: 0.05, asyncReportDelay: 0.1, manualReviewDelay: 0.1 };

/** Logs in over HTTP. @returns a caller with the session's cookie */
export async function logIn(client: Client, email: string, password: string): Promise<Client> {
  const answer = await client.post('/v1/auth/login', { email, password });
  if (answer.status !== 200) throw new Error(`log-in failed: ${JSON.stringify(answer.body)}`);
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return client.with({ cookie });
}

/** Logs the platform operator in. */
export const logInOperator = (client: Client): Promise<Client> =>
  logIn(client, OPERATOR.email, OPERATOR.password);

/** Adds the platform operator to a database. */
export async function addOperator(appUrl: string): Promise<void> {
  const options = dataSourceOptions({ databaseUrl: appUrl, databasePoolSize: 2, databasePrepare: false });
  const dataSource = await new DataSource(options).initialize();
  await createOperator(new TenantDb(dataSource), OPERATOR);
  await dataSource.destroy();
}

/** Waits until `probe` gives something other than undefined, null or false. @throws after `timeoutMs` */
export async function eventually<T>(
  probe: () => Promise<T | undefined | null | false>,
  timeoutMs = 15_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== null && value !== false) return value;
    if (Date.now() > end) throw new Error(`nothing came within ${timeoutMs} ms: ${probe.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
