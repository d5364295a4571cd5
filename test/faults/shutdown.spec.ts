import { Client as Connection } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { eventually, freePort } from '../support/app.js';
import { expectInvariants } from '../support/invariants.js';
import { KillableSite } from '../support/killable-site.js';
import { isLost, MainJob } from '../support/main-job.js';
import { RawConnection } from '../support/raw-connection.js';
import { RetryingBalancer } from '../support/retrying-balancer.js';
import type { ServerProcess } from '../support/server-process.js';
import { creation, reading } from '../support/yoti-gate.js';

/** Each starts servers and stops them in order. */
jest.setTimeout(120_000);

/** A few in every run of the suite; `npm run faults` takes more. */
const RESTARTS = Number(process.env.FAULTS_RESTARTS ?? 3);

/** Its own limit makes a server that doesn't get done exit with 1. */
describe('row 57: I2 the server is asked to stop', () => {
  let site: KillableSite;
  let job: MainJob;

  beforeAll(async () => {
    // Long enough for what is looked at meanwhile.
    site = await KillableSite.start({ SHUTDOWN_NOTICE_SECONDS: '8' });
  });

  beforeEach(async () => {
    await site.ensureRunning();
    job = await MainJob.start(site);
  });

  afterEach(async () => {
    await site.ensureRunning();
    await expectInvariants(site);
  });

  afterAll(() => site.stop());

  const openAt = (port: number) => RawConnection.open(`http://127.0.0.1:${port}`);
  const leased = () =>
    site.sql(
      `SELECT id FROM sessions WHERE lease_until IS NOT NULL UNION ALL SELECT id FROM deliveries WHERE lease_until IS NOT NULL`,
    );

  it('row 57: it ends requests in flight, and keeps no connection open', async () => {
    const idle = new Connection(site.url, { keepAliveTimeout: 120_000 });
    await (await idle.request({ method: 'GET', path: '/health/live' })).body.dump();
    const busy = new Connection(site.url, { keepAliveTimeout: 120_000 });
    const held = site.gate.holdAnswer(creation);
    const answer = busy.request({
      method: 'POST',
      path: '/v1/sessions',
      headers: { ...job.tenant.key.headers, 'content-type': 'application/json' },
      body: JSON.stringify({ policy: 'identity' }),
    });
    await held.reached;

    const exit = site.server.terminate();
    const notReady = await eventually(async () => {
      const ready = await site.anonymous.get('/health/ready');
      return ready.status === 503 && ready;
    });
    expect(notReady.body).toEqual({ status: 'unavailable', checks: { shutdown: 'in progress' } });
    expect(notReady.headers.get('connection')).toBe('close');
    expect((await job.tenant.key.get('/v1/sessions')).status).toBe(200);
    await eventually(() => isLost(site.anonymous.get('/health/ready')), 30_000);
    held.release();

    const { statusCode, headers, body } = await answer;
    expect(statusCode).toBe(201);
    expect(headers.connection).toBe('close');
    expect(await body.json()).toMatchObject({ status: 'ongoing' });
    expect(await exit).toBe(0);
    await Promise.all([idle.destroy(), busy.destroy()]);
  }, 60_000);

  it('row 57: neither a connection that says nothing nor a body that stalls keeps it', async () => {
    const port = await freePort();
    const server = await site.startServer(port, { SHUTDOWN_NOTICE_SECONDS: '1' });
    const [silent, stalled] = [await openAt(port), await openAt(port)];
    // That the second is being served says that the first was accepted.
    await stalled.begin({ path: '/v1/sessions', headers: job.tenant.key.headers, body: '{', length: 100 });
    // Its own limit would make it exit with 1.
    expect(await server.terminate()).toBe(0);
    await Promise.all([silent.ended, stalled.ended]);
  }, 60_000);

  it('row 57: it answers as always what arrives on connections that were there before', async () => {
    const server = await site.startServerHere();
    const accepted = once(server.app.getHttpServer(), 'connection');
    const late = await RawConnection.open(server.localUrl);
    await accepted;
    const refusing = new Promise<void>((resolve) => {
      const adapter = server.app.getHttpAdapter();
      const close = adapter.close.bind(adapter);
      jest.spyOn(adapter, 'close').mockImplementation(() => {
        resolve();
        return close();
      });
    });
    const stopped = server.stop();
    await refusing;
    late.get('/v1/sessions', job.tenant.key.headers);
    await late.ended;
    expect(late.received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(late.received).toMatch(/\r\nx-request-id: /i);
    expect(late.received).toMatch(/\r\nconnection: close\r\n/i);
    await stopped;
  });

  it('row 57: it ends work in flight, takes nothing new meanwhile, and gives every lease back', async () => {
    const webhook = site.receiver.atHolding(job.path);
    const session = await job.created();
    await site.receiver.events(job.path);
    const sync = site.gate.holdAnswer(reading);
    await job.show(session.id as string);
    await sync.reached;
    expect(await leased()).toHaveLength(2);

    const exit = site.server.terminate();
    // It takes nothing new while it waits for them.
    await eventually(() => isLost(site.anonymous.get('/health/ready')), 30_000);
    expect((await leased()).length).toBeGreaterThanOrEqual(2);
    sync.release();
    webhook.release();
    expect(await exit).toBe(0);
    expect(await leased()).toEqual([]);

    await site.restart();
    await job.inReview(session.id as string);
    const { events } = await job.story(session.id as string);
    expect(events.map(({ name }) => name)).toContain('review.opened');
    expect(events.map(({ deliveries }) => deliveries)).toEqual(events.map(() => ['delivered']));
  }, 60_000);

  it(
    'row 57: servers are replaced one after the other under load: no request fails',
    async () => {
      const ports = [await freePort(), await freePort()];
      const servers = new Map<number, ServerProcess>();
      const startAt = async (port: number) =>
        servers.set(port, await site.startServer(port, { SHUTDOWN_NOTICE_SECONDS: '1' }));
      await Promise.all(ports.map(startAt));
      const balancer = new RetryingBalancer(ports.map((port) => `http://127.0.0.1:${port}`));
      let stopped = false;
      const created: string[] = [];
      const failures: unknown[] = [];
      const call = async () => {
        while (!stopped) {
          const headers = { ...job.tenant.key.headers, 'idempotency-key': randomUUID() };
          const answer = await balancer.send('POST', '/v1/sessions', headers, { policy: 'identity' });
          if (answer.status === 201) created.push(answer.body.id as string);
          else failures.push(answer);
          const read = await balancer.send('GET', `/v1/sessions/${answer.body.id}`, job.tenant.key.headers);
          if (read.status !== 200) failures.push(read);
        }
      };
      const callers = Array.from({ length: 2 }, () => call().catch((error: unknown) => failures.push(error)));
      try {
        for (let restart = 0; restart < RESTARTS; restart += 1) {
          const before = created.length;
          await eventually(async () => created.length >= before + 8, 60_000);
          const port = ports[restart % ports.length] ?? 0;
          // Its own limit, well below thirty seconds, would make it exit with 1.
          expect(await servers.get(port)?.terminate()).toBe(0);
          await startAt(port);
        }
      } finally {
        stopped = true;
        await Promise.all(callers);
        balancer.close();
        for (const server of servers.values()) await server.kill();
      }
      expect(failures).toEqual([]);
      expect(balancer.cut).toBe(0);
      expect(balancer.curt).toEqual([]);
      const kept = await site.sql(`SELECT id FROM sessions WHERE id = ANY ($1) AND status = 'ongoing'`, [
        created,
      ]);
      expect(kept).toHaveLength(created.length);
    },
    120_000 + RESTARTS * 60_000,
  );
});
