// Creates sessions through Countersign and through a plain integration of the SDK, in turns. See README.md.
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../dist/src/database/data-source.js';
import { startEmbeddedPostgres } from '../dist/src/database/embedded-postgres.js';
import { migrate } from '../dist/src/database/migrate.js';
import { TenantDb } from '../dist/src/database/tenant-db.js';
import { DemoApi } from '../dist/src/demo/demo-api.js';
import { createOperator } from '../dist/src/users/create-operator.js';
import { startProcess } from './processes.mjs';

const CALLERS = 16;
const ROUNDS = 5;
const ROUND_SECONDS = 5;
/** V8 compiles what it has seen often; the bigger program takes longer. */
const WARM_UP_SECONDS = 8;
const OPERATOR = { email: 'operator@bench.example', name: 'Operator', password: randomUUID() };

/**
 * Runs the comparison and prints it.
 *
 * @returns the ratio of the medians: Countersign's rate over the plain integration's
 */
export async function compareCreation() {
  const endings = [];
  const onEnd = (end) => endings.unshift(end);
  try {
    const { countersign, plain, startWithStages } = await start(onEnd);
    const ratio = await runRounds(countersign, plain);
    await countersign.stop();
    printStages(await measureStages(await startWithStages()));
    return ratio;
  } finally {
    for (const end of endings) await end();
  }
}

async function start(onEnd) {
  const yotiApp = newYotiApp();
  const standIn = await startProcess('yoti-stand-in.mjs');
  onEnd(standIn.stop);
  const plain = await startProcess('express-baseline.mjs', {
    YOTI_URL: standIn.url,
    YOTI_SDK_ID: yotiApp.sdkId,
    YOTI_PEM: yotiApp.privateKeyPem,
  });
  onEnd(plain.stop);
  const settings = await countersignSettings(standIn.url, onEnd);
  const startServer = async (change) => {
    const server = await startProcess('countersign.mjs', { ...settings, ...change });
    onEnd(server.stop);
    return server;
  };
  const countersign = await startServer({});
  const apiKey = await makeTenant(new DemoApi(countersign.url), { ...yotiApp, apiUrl: standIn.url });
  return {
    plain: { name: 'plain', request: plainRequest(plain.url) },
    countersign: {
      name: 'Countersign',
      request: countersignRequest(countersign.url, apiKey),
      stop: countersign.stop,
    },
    startWithStages: async () => {
      const server = await startServer({ STAGES: '1' });
      return { server, request: countersignRequest(server.url, apiKey) };
    },
  };
}

function newYotiApp() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { sdkId: randomUUID(), privateKeyPem };
}

/** A durable database of its own, migrated, and the settings of a production server on it. */
async function countersignSettings(yotiUrl, onEnd) {
  const dataDir = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  // Started by root, PostgreSQL runs as another user, who has to pass through.
  chmodSync(dataDir, 0o755);
  onEnd(() => rmSync(dataDir, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ dataDir, log: () => undefined });
  onEnd(postgres.stop);
  await migrate({ url: postgres.ownerUrl });
  const options = dataSourceOptions({ databaseUrl: postgres.appUrl, databasePoolSize: 2 });
  const dataSource = await new DataSource(options).initialize();
  await createOperator(new TenantDb(dataSource), OPERATOR);
  await dataSource.destroy();
  const port = await freePort();
  return {
    DATABASE_URL: postgres.appUrl,
    ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    HOST: '127.0.0.1',
    PORT: String(port),
    YOTI_API_URLS: yotiUrl,
    RATE_LIMIT_PER_MINUTE: '100000000',
  };
}

async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** @returns an API key of a tenant that can create sessions */
async function makeTenant(api, { apiUrl, sdkId, privateKeyPem }) {
  const operator = await api.logIn(OPERATOR.email, OPERATOR.password);
  const email = 'admin@bench.example';
  const created = await operator.post('/v1/tenants', {
    slug: 'bench',
    name: 'Bench',
    admin: { email, name: 'Admin' },
  });
  const admin = await api.logIn(email, created.admin.initialPassword);
  const credential = await admin.post('/v1/credentials', { name: 'Stand-in', sdkId, apiUrl, privateKeyPem });
  await admin.post(`/v1/credentials/${credential.id}/check`);
  await admin.post(`/v1/credentials/${credential.id}/activate`);
  const policy = await admin.post('/v1/policies', { slug: 'identity', name: 'Identity' });
  await admin.post(`/v1/policies/${policy.id}/versions/1/publish`);
  const { key } = await admin.post('/v1/api-keys', { name: 'Bench', scopes: ['sessions:write'] });
  return key;
}

const JSON_TYPE = { 'content-type': 'application/json' };

const plainRequest = (url) => ({
  url: `${url}/sessions`,
  requests: [{ method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ reference: 'customer-4711' }) }],
});

/** Every request has an idempotency key of its own, as the documentation asks callers to send. */
const countersignRequest = (url, apiKey) => ({
  url: `${url}/v1/sessions`,
  requests: [
    {
      method: 'POST',
      headers: { ...JSON_TYPE, authorization: `Bearer ${apiKey}` },
      body: JSON.stringify({ policy: 'identity', reference: 'customer-4711' }),
      setupRequest: (request) => ({
        ...request,
        headers: { ...request.headers, 'idempotency-key': randomUUID() },
      }),
    },
  ],
});

async function runRounds(...sides) {
  for (const { request } of sides) await load(request, WARM_UP_SECONDS);
  console.log(`${CALLERS} callers, sessions created each second:\n`);
  console.log(`round  ${sides.map(({ name }) => name.padStart(12)).join('')}`);
  const rates = sides.map(() => []);
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const [index, { request }] of sides.entries()) rates[index].push(await load(request, ROUND_SECONDS));
    console.log(`${String(round).padEnd(7)}${rates.map((of) => shown(of.at(-1))).join('')}`);
  }
  const medians = rates.map(medianOf);
  const ratio = medians[0] / medians[1];
  console.log(`median ${medians.map(shown).join('')}`);
  console.log(`\nratio of medians, Countersign to plain: ${ratio.toFixed(2)}`);
  return ratio;
}

const shown = (rate) => rate.toFixed(0).padStart(12);

const medianOf = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** @returns sessions created each second @throws Error when a request failed */
async function load(request, seconds) {
  const result = await autocannon({ ...request, connections: CALLERS, duration: seconds });
  const failed = result.non2xx + result.errors;
  if (failed > 0) throw new Error(`${failed} of ${result.requests.total} requests to ${result.url} failed`);
  return result['2xx'] / result.duration;
}

async function measureStages({ server, request }) {
  await load(request, WARM_UP_SECONDS);
  await server.ask('begin');
  await load(request, ROUND_SECONDS);
  return server.ask('end');
}

const SMALL = 0.01;

function printStages({ milliseconds, processor }) {
  console.log(
    `\nCountersign, mean milliseconds of a request by stage (${CALLERS} at once wait for each other):\n`,
  );
  for (const [stage, ms] of Object.entries(milliseconds)) console.log(row(stage, ms.toFixed(2)));
  console.log("\nCountersign's main thread, share of its time by part:\n");
  const shares = Object.entries(processor).toSorted(([, a], [, b]) => b - a);
  const percent = (share) => `${(share * 100).toFixed(1)} %`;
  for (const [part, share] of shares.filter(([, of]) => of >= SMALL)) console.log(row(part, percent(share)));
  const rest = shares.filter(([, of]) => of < SMALL).reduce((sum, [, of]) => sum + of, 0);
  console.log(row('the rest', percent(rest)));
}

const row = (name, value) => `${name.padEnd(24)}${value.padStart(10)}`;
