import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { loadConfig, StartError, type Config } from '../config.js';
import {
  recreateDatabase,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../database/embedded-postgres.js';
import { migrate } from '../database/migrate.js';
import { startServer, type RunningServer } from '../server.js';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { demoFileSchema, readJsonFile, writeJsonFile, type DemoFile } from './demo-file.js';
import { addPastSessions, fillDemo } from './demo-data.js';
import { startWebhookSink, type WebhookSink } from './webhook-sink.js';

const HOST = '127.0.0.1';

const settingsSchema = z.object({
  encryptionKey: z.string(),
  simulatorPort: z.number(),
  sinkPort: z.number(),
});
type Settings = z.infer<typeof settingsSchema>;

/** The parts of the demo, in the order they were started. */
interface Parts {
  postgres: EmbeddedPostgres;
  simulator: Simulator;
  sink: WebhookSink;
  server: RunningServer;
}

/**
 * Starts the whole product without any configuration: embedded PostgreSQL, the simulator, demo data, a webhook sink and
 * the server with its worker. Listens on this machine only.
 *
 * @param env PORT (default 3000), DATA_DIR (default `.data`), PUBLIC_URL, LOG_LEVEL
 */
export async function startDemo(env: Record<string, string | undefined>): Promise<{ stop(): Promise<void> }> {
  const port = Number(env.PORT ?? 3000);
  const dataDir = resolve(env.DATA_DIR ?? '.data');
  await requireFree(port, 'Set PORT to another one, such as PORT=3100 npm start.');
  mkdirSync(dataDir, { recursive: true });
  const started: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of started.splice(0).toReversed()) await end();
  };
  try {
    const { demo, notes, parts, first } = await startParts(env, port, dataDir, (end) => started.push(end));
    say(summary(demo, notes, dataDir));
    if (first) void addPast(parts, demo);
    return {
      stop: async () => {
        say('Stopping …');
        await stop();
        say('Stopped.');
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(
  env: Record<string, string | undefined>,
  port: number,
  dataDir: string,
  onStart: (end: () => Promise<void>) => void,
): Promise<{ demo: DemoFile; notes: string[]; parts: Parts; first: boolean }> {
  const postgres = await step('PostgreSQL', () =>
    startEmbeddedPostgres({ dataDir, log: (line) => say(`  ${line}`) }),
  );
  onStart(() => postgres.stop());
  const demoPath = join(dataDir, 'demo.json');
  const settings = await readSettings(dataDir, port);
  const known = readJsonFile(demoPath, demoFileSchema);
  // Without the file the first start was cut short: its half of the data has no log-ins that anybody knows.
  if (!known) await recreateDatabase(postgres.adminUrl);
  await step('Schema', () => migrate({ url: postgres.ownerUrl }));
  const stateFile = join(dataDir, 'simulator.json');
  const simulator = await step('Yoti simulator', () =>
    startSimulator({ port: settings.simulatorPort, host: HOST, stateFile }),
  );
  onStart(() => simulator.close());
  const secrets = known?.tenants.map(({ webhookSecret }) => webhookSecret) ?? [];
  const sink = await startWebhookSink({ port: settings.sinkPort, host: HOST, secrets });
  onStart(() => sink.close());
  const config = demoConfig(env, port, postgres, simulator, settings);
  const server = await step('Countersign', () => startServer(config));
  onStart(() => server.stop());
  const parts: Parts = { postgres, simulator, sink, server };
  const addresses = addressesOf(config, parts);
  const demo = known
    ? { ...known, ...addresses }
    : await step('Demo data', () => fillDemo(config, parts, addresses, secrets));
  writeJsonFile(demoPath, demo);
  return { demo, notes: postgres.notes, parts, first: known === null };
}

/** Goes on behind the running product; a stop in between only leaves fewer of them. */
async function addPast(parts: Parts, demo: DemoFile): Promise<void> {
  try {
    await step('Past sessions to look at', () => addPastSessions(parts, demo));
  } catch {
    say('The demo has fewer past sessions than usual, because adding them was interrupted.');
  }
}

/** Made once, so that a later start reads what an earlier one wrote and finds everybody where they were. */
async function readSettings(dataDir: string, port: number): Promise<Settings> {
  const path = join(dataDir, 'settings.json');
  const known = readJsonFile(path, settingsSchema);
  if (known) {
    await requireFree(
      known.simulatorPort,
      'Another copy may be running on this data directory; set DATA_DIR.',
    );
    await requireFree(known.sinkPort, 'Another copy may be running on this data directory; set DATA_DIR.');
    return known;
  }
  const settings = {
    encryptionKey: randomBytes(32).toString('base64'),
    simulatorPort: await freePort(port + 1),
    sinkPort: await freePort(port + 2),
  };
  writeJsonFile(path, settings);
  return settings;
}

function demoConfig(
  env: Record<string, string | undefined>,
  port: number,
  postgres: EmbeddedPostgres,
  simulator: Simulator,
  settings: Settings,
): Config {
  return loadConfig(
    {
      LOG_LEVEL: 'warn',
      ...env,
      DATABASE_URL: postgres.appUrl,
      ENCRYPTION_KEYS: `demo:${settings.encryptionKey}`,
      PUBLIC_URL: env.PUBLIC_URL ?? `http://${HOST}:${port}`,
      HOST,
      PORT: String(port),
      YOTI_API_URLS: simulator.baseUrl,
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
    },
    true,
  );
}

function addressesOf(config: Config, { simulator, sink }: Parts) {
  return {
    apiUrl: config.publicUrl,
    consoleUrl: `${config.publicUrl}/console/`,
    docsUrl: `${config.publicUrl}/docs`,
    simulatorUrl: simulator.baseUrl,
    webhookSinkUrl: sink.url,
  };
}

/** @throws Error naming the port, when somebody listens there */
async function requireFree(port: number, advice: string): Promise<void> {
  if (!(await isFree(port))) throw new StartError(`Port ${port} is in use. ${advice}`);
}

async function freePort(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + 200; port += 10) if (await isFree(port)) return port;
  throw new StartError(`No free port was found from ${wanted} on.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((done) => {
    server.once('error', () => done(false));
    server.listen(port, HOST, () => server.close(() => done(true)));
  });
}

async function step<T>(label: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work();
  say(`✓ ${label} (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
  return result;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function summary(demo: DemoFile, notes: string[], dataDir: string): string {
  const [tenant] = demo.tenants;
  const body = JSON.stringify({ policy: tenant?.policies[0]?.slug, reference: 'customer-4711' });
  const width = Math.max(...demo.users.map(({ email }) => email.length));
  return [
    '',
    'Countersign is running, with made-up people and a simulated Yoti.',
    '',
    `  Console        ${demo.consoleUrl}`,
    ...demo.users.map(
      ({ email, password, role, tenant: slug }) =>
        `    ${email.padEnd(width)}  ${password}  ${role}${slug ? ` of ${slug}` : ''}`,
    ),
    `  API document   ${demo.docsUrl}`,
    `  Webhooks sent  ${demo.webhookSinkUrl}`,
    `  Simulator      ${new URL('/control', demo.simulatorUrl).href} (Yoti's API at ${demo.simulatorUrl})`,
    '',
    'Create a session, then open its client.hostedUrl:',
    '',
    `  curl -X POST ${demo.apiUrl}/v1/sessions -H 'Authorization: Bearer ${tenant?.apiKey}' -H 'Content-Type: application/json' -d '${body}'`,
    '',
    `The same facts are in ${join(dataDir, 'demo.json')}. Ctrl-C stops everything; the next start goes on with this data.`,
    ...notes.map((note) => `Note: ${note}`),
    '',
  ].join('\n');
}
