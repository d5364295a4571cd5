import { Client as Connection, type Dispatcher } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestApp, type TestApp } from '../support/app.js';
import { bearer, createReadyTenant, finishSession, type TestTenant } from '../support/factories.js';
import { atOnce } from '../support/at-once.js';
import { expectInvariants } from '../support/invariants.js';
import { holdClaims } from '../support/killable-site.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import { createEndpoint, publishEvent } from '../support/webhooks.js';

/** A few dozen in every run of the suite; `npm run faults` takes more. */
const SESSIONS = Number(process.env.FAULTS_SESSIONS ?? 40);
const TENANTS = 4;
const CALLERS = 6;
const RATE = 300;
const FLOOD = 100;
const DELIVERIES = 200;

describe('a crowd', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp({ config: { rateLimitPerMinute: 1_000_000, loadBounds: {} } });
  }, 60_000);

  afterEach(() => expectInvariants(app, 60_000), 90_000);

  afterAll(() => app.stop());

  it(
    `row 55: ${SESSIONS} sessions of several tenants at once: each comes to the end of its scenario`,
    async () => {
      const tenants = await Promise.all(Array.from({ length: TENANTS }, () => createReadyTenant(app)));
      const expected = new Map<string, string>();
      const queue = Array.from({ length: SESSIONS }, (_, index) => ({
        tenant: tenants[index % TENANTS] as TestTenant,
        forged: index % 3 === 0,
      }));
      await atOnce(CALLERS, queue, async ({ tenant, forged }) => {
        const session = await created(tenant);
        expected.set(session.id as string, forged ? 'in_review' : 'approved');
        await finishSession(app, tenant, session, forged ? 'forged_document' : 'happy');
      });
      await eventually(
        async () => {
          const rows = await app.sql<{ open: number }>(
            `SELECT count(*)::int AS open FROM sessions WHERE status <> 'completed' AND id = ANY ($1)`,
            [[...expected.keys()]],
          );
          return rows[0]?.open === 0;
        },
        90_000 + SESSIONS * 1000,
      );
      // A creation that was refused under way has left none, or one that failed: nobody was told of it.
      const ended = await app.sql<{ id: string; outcome: string }>(
        `SELECT id, outcome FROM sessions WHERE status = 'completed'`,
      );
      expect(new Map(ended.map(({ id, outcome }) => [id, outcome]))).toEqual(expected);
    },
    150_000 + SESSIONS * 1500,
  );

  /** As an integration does: what is refused for being too much is sent again. */
  async function created(tenant: TestTenant) {
    const refusals: unknown[] = [];
    return eventually(async () => {
      const answer = await tenant.key.post('/v1/sessions', { policy: 'identity' });
      if (answer.status === 201) return answer.body;
      expect([429, 503]).toContain(answer.status);
      expect(answer.headers.get('retry-after')).not.toBeNull();
      refusals.push(answer.body);
      return null;
    }, 120_000).catch(() => {
      throw new Error(`The creation was refused for two minutes: ${JSON.stringify(refusals.slice(-3))}`);
    });
  }
});

describe('row 56: a tenant sends a hundred times as much as another', () => {
  let app: TestApp;
  let noisy: TestTenant;
  let quiet: TestTenant;
  const ends: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    app = await startTestApp({ config: { rateLimitPerMinute: RATE, loadBounds: {} } });
    noisy = await createReadyTenant(app);
    quiet = await createReadyTenant(app);
  }, 60_000);

  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
    await expectInvariants(app);
  });

  afterAll(() => app.stop());

  const list = (tenant: TestTenant) => fetch(`${app.url}/v1/sessions`, { headers: tenant.key.headers });

  /** Connections that are open: nobody's requests wait for being connected. */
  async function connected(tenant: TestTenant, count: number): Promise<(() => Promise<number>)[]> {
    const { headers } = tenant.key;
    const lines = Array.from({ length: count }, () => new Connection(app.url, { keepAliveTimeout: 60_000 }));
    ends.push(...lines.map((line) => () => line.destroy()));
    const ask = async (line: Connection, request: Pick<Dispatcher.RequestOptions, 'method' | 'body'>) => {
      const type = { 'content-type': 'application/json' };
      const path = '/v1/sessions';
      const answer = await line.request({ path, ...request, headers: { ...headers, ...type } });
      await answer.body.dump();
      return answer.statusCode;
    };
    for (const line of lines) expect(await ask(line, { method: 'GET' })).toBe(200);
    const body = JSON.stringify({ policy: 'identity' });
    return lines.map((line) => () => ask(line, { method: 'POST', body }));
  }

  it('row 56: of its writes that came first, fewer than half are done when the other’s is', async () => {
    const many = await connected(noisy, FLOOD);
    const [one] = await connected(quiet, 1);
    let done = 0;
    const flood = many.map(async (write) => {
      if ((await write()) === 201) done += 1;
    });
    expect(await one?.()).toBe(201);
    const before = done;
    await Promise.all(flood);
    expect(before).toBeLessThan(FLOOD / 2);
  }, 60_000);

  it('row 56: a webhook of the other is sent before the fiftieth of two hundred that were due earlier', async () => {
    const receiver = await WebhookReceiver.start();
    try {
      await createEndpoint(noisy, receiver.at('/noisy'));
      await createEndpoint(quiet, receiver.at('/quiet'));
      const resume = await holdClaims(app, 'deliveries');
      await atOnce(CALLERS, Array.from({ length: DELIVERIES }), () => publishEvent(app, noisy));
      await publishEvent(app, quiet);
      await resume();
      await receiver.events('/noisy', DELIVERIES, 60_000);
      const arrived = receiver.received.map(({ path }) => path);
      expect(arrived.indexOf('/quiet')).toBeGreaterThanOrEqual(0);
      expect(arrived.indexOf('/quiet')).toBeLessThan(FLOOD / 2);
    } finally {
      await receiver.close();
    }
  }, 90_000);

  it('row 56: what is too much is refused to it, and the other is served', async () => {
    const theirs = { noisy: [] as Response[], quiet: [] as Response[] };
    for (let round = 0; round < 5; round += 1) {
      const flood = Array.from({ length: FLOOD }, () => list(noisy));
      theirs.quiet.push(await list(quiet));
      theirs.noisy.push(...(await Promise.all(flood)));
    }
    expect(theirs.quiet.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const refused = theirs.noisy.filter(({ status }) => status !== 200);
    expect(refused.some(({ status }) => status === 429)).toBe(true);
    for (const answer of refused) {
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      // On a busy machine one of them may wait in the tenant's own line for too long.
      const code = answer.status === 429 ? 'rate_limited' : 'unavailable';
      expect(await answer.json()).toMatchObject({ code });
    }
  });

  it('row 56: keys that are made up share the bounds of their address, and no real key suffers', async () => {
    const madeUp = (index: number) => app.anonymous.with(bearer(`csk_${String(index).padStart(43, 'x')}`));
    const answers = [];
    for (let index = 0; index < RATE + 20; index += 1) {
      answers.push((await madeUp(index).get('/v1/sessions')).status);
    }
    expect(new Set(answers)).toEqual(new Set([401, 429]));
    expect(answers.at(-1)).toBe(429);
    expect((await quiet.key.get('/v1/sessions')).status).toBe(200);
    expect((await app.anonymous.get('/health/live')).status).toBe(200);
  });
});
