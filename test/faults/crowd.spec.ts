import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestApp, type TestApp } from '../support/app.js';
import { bearer, createReadyTenant, finishSession, type TestTenant } from '../support/factories.js';
import { expectInvariants } from '../support/invariants.js';

/** A full run takes 10000; what is seen with a few dozen is seen in every run of the suite. */
const SESSIONS = Number(process.env.FAULTS_SESSIONS ?? 40);
const TENANTS = 4;
const CALLERS = 6;
const RATE = 300;

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

  beforeAll(async () => {
    app = await startTestApp({ config: { rateLimitPerMinute: RATE, loadBounds: {} } });
    noisy = await createReadyTenant(app);
    quiet = await createReadyTenant(app);
  }, 60_000);

  afterEach(() => expectInvariants(app));

  afterAll(() => app.stop());

  it('row 56: it is told so itself, and the other is served', async () => {
    const theirs = { noisy: [] as Response[], quiet: [] as Response[] };
    const ask = (tenant: TestTenant) => fetch(`${app.url}/v1/sessions`, { headers: tenant.key.headers });
    // Both are known by then.
    expect([(await ask(noisy)).status, (await ask(quiet)).status]).toEqual([200, 200]);
    for (let round = 0; round < 5; round += 1) {
      const flood = Array.from({ length: 100 }, () => ask(noisy));
      theirs.quiet.push(await ask(quiet));
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

/** Does `work` for each, so many at once. */
async function atOnce<T>(count: number, queue: readonly T[], work: (item: T) => Promise<unknown>) {
  const left = [...queue];
  await Promise.all(
    Array.from({ length: count }, async () => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
    }),
  );
}
