import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/app.js';
import type { Answer } from '../support/client.js';
import { DatabaseProxy } from '../support/database-proxy.js';
import { createReadyTenant, type TestTenant } from '../support/factories.js';
import { canFillDisks, fillDisk, pretendFullDisk, type FullDisk } from '../support/full-disk.js';
import { inTime } from '../support/in-time.js';
import { expectInvariants } from '../support/invariants.js';
import { KillablePostgres } from '../support/killable-postgres.js';
import { KillableSite } from '../support/killable-site.js';
import { MainJob } from '../support/main-job.js';
import { readMetric } from '../support/metric.js';
import { expectAcknowledged, expectGoodAnswers, SteadyLoad } from '../support/steady-load.js';

const CRASHES = 6;
const WHOLE_SECONDS = /^[1-9]\d*$/;
const RESIDENT = 'process_resident_memory_bytes';
const SHED = 'countersign_requests_shed_total';
const POOL_SIZE = 8;

describe('the database is in trouble', () => {
  let postgres: KillablePostgres;
  let proxy: DatabaseProxy;
  let site: KillableSite;
  let tenant: TestTenant;
  let other: TestTenant;
  let third: TestTenant;
  let load: SteadyLoad | undefined;

  beforeAll(async () => {
    postgres = await KillablePostgres.start({ durable: true });
    proxy = await DatabaseProxy.start(postgres.appUrl);
    const settings = { DATABASE_URL: proxy.url, DATABASE_POOL_SIZE: String(POOL_SIZE), LOG_LEVEL: 'warn' };
    site = await KillableSite.start(settings, postgres);
    tenant = await createReadyTenant(site);
    other = await createReadyTenant(site);
    third = await createReadyTenant(site);
  }, 90_000);

  beforeEach(() => {
    load = undefined;
  });

  afterEach(async () => {
    await load?.stop();
    proxy.heal();
    await eventually(async () => (await site.anonymous.get('/health/ready')).status === 200, 30_000);
    expect(site.server.isRunning).toBe(true);
    expect(site.server.output()).not.toMatch(/unhandled|uncaught/i);
    await expectInvariants(site);
  }, 60_000);

  afterAll(async () => {
    await site.stop();
    await proxy.close();
  });

  function startLoad(): SteadyLoad {
    load = new SteadyLoad(tenant.key, 4);
    return load;
  }

  const ready = () => site.anonymous.get('/health/ready');
  const list = (of = tenant) => of.key.get('/v1/sessions');

  /** The caller hears that it is the service, what it is about, and when to come back. */
  function expectUnavailable(answer: Answer, detail: RegExp): void {
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(answer.body.detail).toMatch(detail);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.headers.get('retry-after')).toMatch(WHOLE_SECONDS);
  }

  it('row 5: PostgreSQL is killed under load: 503 meanwhile, nothing acknowledged is missing, work goes on by itself', async () => {
    const running = startLoad();
    await running.goesOn();
    await postgres.kill();
    await running.isRefused();
    expect((await site.anonymous.get('/health/live')).status).toBe(200);
    const report = await eventually(async () => {
      const answer = await ready();
      return answer.status === 503 && answer;
    });
    expect(report.body).toMatchObject({ status: 'unavailable', checks: { database: expect.any(String) } });
    expect(JSON.stringify(report.body)).not.toContain(new URL(postgres.appUrl).password);
    expectUnavailable(await list(), /database/);
    await postgres.restart();
    await running.goesOn();
    await running.stop();
    expectGoodAnswers(running);
    await expectAcknowledged(site, running);
  }, 90_000);

  it('row 6: PostgreSQL crashes again and again: the same, each time', async () => {
    const running = startLoad();
    for (let crash = 0; crash < CRASHES; crash += 1) {
      await running.goesOn();
      await postgres.crash();
      expectUnavailable(await list(), /database/);
      await postgres.restart();
    }
    await running.goesOn();
    await running.stop();
    expectGoodAnswers(running);
    await expectAcknowledged(site, running);
  }, 180_000);

  describe('row 7: the way to the database', () => {
    it('row 7: is slow: requests take longer and are answered', async () => {
      const begun = performance.now();
      proxy.slow(500);
      const answers = await Promise.all([list(), list(), list()]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(performance.now() - begun).toBeGreaterThanOrEqual(500);
    });

    it('row 7: leads nowhere: everybody hears so within seconds, no memory piles up, and the end of it is noticed', async () => {
      const crowd = [tenant, other, third];
      for (const one of crowd) expect((await list(one)).status).toBe(200);
      const before = { bytes: await readMetric(site, RESIDENT), shed: await readMetric(site, SHED) };
      proxy.silence();
      const asked = crowd.flatMap((one) => Array.from({ length: 500 }, () => list(one)));
      const answers = await inTime(45_000, Promise.all(asked));
      for (const answer of answers) {
        if (answer.status === 429) expect(answer.headers.get('retry-after')).toMatch(WHOLE_SECONDS);
        else expectUnavailable(answer, /database|more to do/);
      }
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([429, 503]));
      expect((await site.anonymous.get('/health/live')).status).toBe(200);
      expect(await ready()).toMatchObject({ status: 503 });
      expect(await readMetric(site, SHED)).toBeGreaterThan(before.shed);
      expect((await readMetric(site, RESIDENT)) - before.bytes).toBeLessThan(150_000_000);
      proxy.heal();
      await eventually(async () => (await list()).status === 200);
    }, 90_000);

    it('row 7: breaks off under load: nothing is lost and nothing done twice', async () => {
      const running = startLoad();
      for (let cut = 0; cut < 5; cut += 1) {
        await running.goesOn();
        proxy.reset();
      }
      await running.goesOn();
      await running.stop();
      expectGoodAnswers(running);
      await expectAcknowledged(site, running);
    }, 60_000);
  });

  describe('row 8: connections are taken by slow queries', () => {
    let lock: Awaited<ReturnType<KillableSite['lock']>>;

    beforeEach(async () => {
      lock = await site.lock('LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE');
    });

    afterEach(async () => {
      await lock.release();
      await eventually(async () => (await list()).status === 200);
    }, 60_000);

    function expectComeAgain(answers: Answer[]): void {
      for (const { status, headers } of answers) {
        expect([429, 503]).toContain(status);
        expect(headers.get('retry-after')).toMatch(WHOLE_SECONDS);
      }
    }

    it('row 8: every one that a tenant may have: it is refused in time, others and the liveness probe are not', async () => {
      const asked = Array.from({ length: 200 }, () => list());
      await lock.reached();
      expect((await site.anonymous.get('/health/live')).status).toBe(200);
      expect((await other.key.get('/v1/policies')).status).toBe(200);
      expectComeAgain(await Promise.all(asked));
    }, 60_000);

    it('row 8: all of them: everybody is refused in time, and the process lives', async () => {
      const answers: Answer[] = [];
      let stopped = false;
      const call = async (of: TestTenant) => {
        while (!stopped) {
          answers.push(await list(of));
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      };
      const callers = [tenant, other].flatMap((of) => Array.from({ length: 12 }, () => call(of)));
      try {
        await lock.reached(POOL_SIZE);
        expectUnavailable(await list(third), /database/);
        expect((await site.anonymous.get('/health/live')).status).toBe(200);
      } finally {
        stopped = true;
        await Promise.all(callers);
      }
      expectComeAgain(answers);
    }, 60_000);
  });

  describe('row 9: the database takes no changes', () => {
    /** A session with a result, whose every look is to be recorded. */
    async function seen(): Promise<{ job: MainJob; id: string }> {
      const job = await MainJob.start(site);
      const { id } = (await job.created()) as { id: string };
      await job.finish(id);
      expect((await job.tenant.key.get(`/v1/sessions/${id}/result`)).status).toBe(200);
      return { job, id };
    }

    async function expectNothingShown(job: MainJob, id: string, detail: RegExp): Promise<void> {
      const answer = await job.tenant.key.get(`/v1/sessions/${id}/result`);
      expectUnavailable(answer, detail);
      expect(Object.keys(answer.body)).not.toContain('checks');
    }

    it('row 9: it is read only: changes and looks at personal data are refused, everything else can be read', async () => {
      const { job, id } = await seen();
      const readOnly = (value: string) =>
        postgres.sql(`ALTER SYSTEM SET default_transaction_read_only = ${value}`, `SELECT pg_reload_conf()`);
      await readOnly('on');
      try {
        const refused = await eventually(async () => {
          const answer = await tenant.key.post('/v1/sessions', { policy: 'identity' });
          return answer.status !== 201 && answer;
        });
        expectUnavailable(refused, /takes no changes/);
        await eventually(async () => {
          const answer = await job.tenant.key.get(`/v1/sessions/${id}/result`);
          return answer.status === 503;
        });
        await expectNothingShown(job, id, /takes no changes/);
        expect((await job.tenant.key.get(`/v1/sessions/${id}`)).status).toBe(200);
        const report = await eventually(async () => {
          const answer = await ready();
          return answer.status === 503 && answer;
        });
        expect(report.body).toMatchObject({ checks: { database: 'read only', schema: 'ok', keys: 'ok' } });
      } finally {
        await readOnly('off');
      }
      await eventually(async () => (await job.tenant.key.get(`/v1/sessions/${id}/result`)).status === 200);
    }, 60_000);

    const disks = canFillDisks();
    const full = disks ? it : it.skip;
    full(
      `row 9: its disk is full: the same, and readiness says so${disks ? '' : " (can't run here: no mount)"}`,
      () => refusesChanges(() => fillDisk(postgres)),
      60_000,
    );

    it(
      'row 9: it says that its disk is full: the same, and readiness says so',
      () => refusesChanges(() => pretendFullDisk(postgres)),
      60_000,
    );

    async function refusesChanges(fill: () => Promise<FullDisk>): Promise<void> {
      const { job, id } = await seen();
      const disk = await fill();
      try {
        // The last pages of the tables still have room for a few rows.
        const refused = await eventually(async () => {
          const answer = await tenant.key.post('/v1/sessions', { policy: 'identity' });
          return answer.status !== 201 && answer;
        });
        expectUnavailable(refused, /no room/);
        await eventually(async () => {
          const answer = await job.tenant.key.get(`/v1/sessions/${id}/result`);
          return answer.status === 503;
        });
        await expectNothingShown(job, id, /no room/);
        expect((await job.tenant.key.get(`/v1/sessions/${id}`)).status).toBe(200);
        const report = await eventually(async () => {
          await tenant.key.post('/v1/sessions', { policy: 'identity' });
          const answer = await ready();
          return answer.status === 503 && answer;
        });
        expect(report.body).toMatchObject({ checks: { database: 'no room left' } });
      } finally {
        await disk.end();
      }
      await eventually(async () => (await job.tenant.key.get(`/v1/sessions/${id}/result`)).status === 200);
    }
  });
});
