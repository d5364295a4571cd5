import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { addOperator, FAST, freePort, logInOperator, type TestSite } from '../support/app.js';
import { badAnswers, CANARY, flood } from '../support/bad-answers.js';
import { Client, type Any } from '../support/client.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createReadyTenant, createSession, expectStatus } from '../support/factories.js';
import { expectInvariants, putOffWork, siteAt } from '../support/invariants.js';
import { readMetric } from '../support/metric.js';
import { ServerProcess } from '../support/server-process.js';
import { startYotiProxy, type YotiProxy } from '../support/yoti-proxy.js';

/** More than it had before, in bytes: a fraction of one flood. */
const MOST_MEMORY = 60 * 1024 * 1024;

describe('I8 what is not an answer of Yoti’s, to a server that logs everything', () => {
  let database: TestDatabase;
  let simulator: Simulator;
  let proxy: YotiProxy;
  let server: ServerProcess;
  let client: Client;
  const floods = flood();

  beforeAll(async () => {
    database = await createTestDatabase();
    simulator = await startSimulator({ timing: FAST });
    proxy = await startYotiProxy(() => simulator.origin);
    await addOperator(database.appUrl);
    const port = await freePort();
    client = new Client(`http://127.0.0.1:${port}`);
    server = await ServerProcess.start({
      DATABASE_URL: database.appUrl,
      ...database.settings,
      ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
      ROLE: 'api',
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: client.baseUrl,
      YOTI_API_URLS: proxy.baseUrl,
      LOG_LEVEL: 'debug',
    });
  }, 60_000);

  afterAll(async () => {
    await server.kill();
    await proxy.close();
    await simulator.close();
    await database.drop();
  });

  afterEach(async () => {
    const site = { ...siteAt(client.baseUrl, database), output: () => server.output() };
    await putOffWork(site);
    await expectInvariants(site);
  });

  const residentBytes = () => readMetric({ anonymous: client }, 'process_resident_memory_bytes');

  /** The most memory that the server had while the work went on. */
  async function mostDuring(work: Promise<unknown>): Promise<number> {
    const over = work.then(
      () => true,
      () => true,
    );
    let most = 0;
    do most = Math.max(most, await residentBytes());
    while (!(await Promise.race([over, sleep(10, false)])));
    return most;
  }

  it('row 12: an answer that is none ends nothing, is printed nowhere and is not kept in memory', async () => {
    const operator = await logInOperator(client);
    const site: TestSite = {
      operator,
      anonymous: client,
      simulator: { ...simulator, baseUrl: proxy.baseUrl },
    };
    const tenant = await createReadyTenant(site);
    const { id } = await createSession(tenant);
    const sync = () => tenant.key.post(`/v1/sessions/${id}/sync`);
    const before = await residentBytes();
    let mostBytes = before;
    for (const { name, slow, heavy, verdict, answer } of badAnswers('http://127.0.0.1:1/', floods)) {
      if (slow) continue;
      for (const call of ['create', 'read'] as const) proxy.answer(call, answer);
      const calls = Promise.all([tenant.key.post('/v1/sessions', { policy: 'identity' }), sync()]);
      mostBytes = Math.max(mostBytes, heavy ? await mostDuring(calls) : 0);
      const answered = await calls;
      for (const call of ['create', 'read'] as const) proxy.answer(call, undefined);
      expect([name, ...answered.map(({ body }) => body.code)]).toEqual([name, verdict, verdict]);
      expectStatus(await sync(), 200);
      expectStatus(await tenant.key.post('/v1/sessions', { policy: 'identity' }), 201);
    }
    mostBytes = Math.max(mostBytes, await residentBytes());
    expect(mostBytes - before).toBeLessThan(MOST_MEMORY);
    expect(server.isRunning).toBe(true);
    expect(server.output()).toContain('/v1/sessions/:id/sync');
    expect(server.output()).not.toContain(CANARY);
  }, 120_000);

  it('row 10: no answer again and again is told in the log and the metrics, without whose it is in the latter', async () => {
    const tenant = await createReadyTenant({
      operator: await logInOperator(client),
      anonymous: client,
      simulator: { ...simulator, baseUrl: proxy.baseUrl },
    });
    proxy.answer('create', (response) => void response.socket?.destroy());
    const create = () => tenant.key.post('/v1/sessions', { policy: 'identity' });
    const before = proxy.count('create');
    for (let n = 0; n < 6; n += 1) {
      const refused = await create();
      expect(refused).toMatchObject({ status: 503, body: { code: 'yoti_unavailable' } });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    // The sixth was not sent, and is not stored as a session that failed.
    expect(proxy.count('create') - before).toBe(5);
    const { items } = expectStatus(await tenant.key.get('/v1/sessions'), 200);
    expect(items.map(({ failureCode }: Any) => failureCode)).toEqual(Array(5).fill('yoti_unavailable'));
    expect(server.output()).toMatch(new RegExp(`pausing "create" of tenant ${tenant.id}`));
    const { body: metrics } = await client.get<string>('/metrics');
    expect(metrics).toMatch(
      /^countersign_yoti_circuit_changes_total\{operation="create",state="open"\} [1-9]/m,
    );
    expect(metrics).toMatch(/^countersign_yoti_paused_credentials\{operation="create"\} 1$/m);
    expect(metrics).not.toContain(tenant.id);
  });
});
