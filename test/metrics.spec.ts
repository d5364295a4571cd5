import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TenantDb } from '../src/database/tenant-db.js';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import { createReadyTenant, createSession, expectStatus, type TestTenant } from './support/factories.js';
import { readMetric } from './support/metric.js';

/** Nobody is there: the receiver of what stays owed. */
const NOWHERE = 'http://127.0.0.1:9/';

const WAITING = 'countersign_database_connections{state="waiting"}';
const GAUGE = /^countersign_queue_(\w+)\{kind="(\w+)"\} (\S+)$/gm;
const EMPTY = { due: 0, lag_seconds: 0, leased: 0, parked: 0 };

type Queues = Record<string, Record<string, number>>;

describe('the metrics', () => {
  let app: TestApp;
  let tenant: TestTenant;

  // Without a worker, so that what is due stays so.
  beforeAll(async () => {
    app = await startTestApp({ config: { role: 'api' } });
    tenant = await createReadyTenant(app);
    const endpoint = { url: NOWHERE, events: ['session.created'] };
    expectStatus(await tenant.key.post('/v1/webhook-endpoints', endpoint), 201);
  });

  afterAll(() => app.stop());

  async function scrape(): Promise<string> {
    return expectStatus(await app.anonymous.get('/metrics'), 200) as string;
  }

  /** Each queue's depth, lag, leases and parked work, once they are as wanted: they are read every few seconds. */
  function queuesWhen(wanted: (queues: Queues) => boolean): Promise<Queues> {
    return eventually(async () => {
      const queues: Queues = {};
      for (const [, name = '', kind = '', value] of (await scrape()).matchAll(GAUGE))
        queues[kind] = { ...queues[kind], [name]: Number(value) };
      return wanted(queues) ? queues : null;
    });
  }

  it('tell of each queue what is due, for how long, in hand and parked', async () => {
    const [parked] = [await createSession(tenant), await createSession(tenant), await createSession(tenant)];
    const before = await queuesWhen(({ deliveries }) => deliveries?.due === 3);
    expect(before.deliveries).toEqual({ due: 3, lag_seconds: expect.any(Number), leased: 0, parked: 0 });
    await app.sql(`UPDATE deliveries SET next_attempt_at = now() - interval '1 hour'
                    WHERE id = (SELECT id FROM deliveries ORDER BY id LIMIT 1)`);
    await app.sql(`UPDATE sessions SET next_sync_at = now() + interval '1 day'`);
    await app.sql(`UPDATE sessions SET next_sync_at = NULL, parked_reason = 'sync_failed' WHERE id = $1`, [
      parked.id,
    ]);
    await app.sql(`UPDATE deliveries SET lease_until = now() + interval '1 hour', lease_token = gen_random_uuid()
                    WHERE id = (SELECT id FROM deliveries ORDER BY id DESC LIMIT 1)`);
    const after = await queuesWhen(({ deliveries }) => deliveries?.leased === 1);
    expect(after).toEqual({
      sessions: { ...EMPTY, parked: 1 },
      deliveries: { due: 2, lag_seconds: expect.any(Number), leased: 1, parked: 0 },
      credentials: EMPTY,
      emails: EMPTY,
    });
    expect(after.deliveries?.lag_seconds).toBeGreaterThanOrEqual(3600);
  });

  it('count what was parked long ago as history', async () => {
    await app.sql(`UPDATE deliveries SET status = 'failed', parked_reason = 'over', next_attempt_at = NULL,
                          created_at = now() - interval '31 days', finished_at = now(),
                          lease_until = NULL, lease_token = NULL`);
    const { deliveries } = await queuesWhen((queues) => queues.deliveries?.due === 0);
    expect(deliveries).toEqual(EMPTY);
  });

  describe('count as parked what somebody can still do something about', () => {
    /** What the gauges are read from. */
    async function parked(kind: string): Promise<number> {
      const [row] = await app.sql<{ count: number }>(
        'SELECT parked::int AS count FROM queue_depths() WHERE kind = $1',
        [kind],
      );
      return row!.count;
    }
    const isParked = (id: string) =>
      app.sql(`UPDATE sessions SET next_sync_at = NULL, parked_reason = 'sync_failed' WHERE id = $1`, [id]);

    beforeEach(async () => {
      await app.sql('UPDATE sessions SET parked_reason = NULL');
    });

    async function email(sessionId: string, reason: string | null, finished = 'now()'): Promise<void> {
      // Which one is later is told by their ids, and those of one millisecond are in no order.
      await sleep(2);
      await app.sql(
        `INSERT INTO emails (tenant_id, id, session_id, link_hash, status, parked_reason, finished_at)
         VALUES ($1, uuid_v7(), $2, 'link', CASE WHEN $3::text IS NULL THEN 'sent' ELSE 'failed' END, $3, ${finished})`,
        [tenant.id, sessionId, reason],
      );
    }

    it('of sessions those that are open', async () => {
      const [open, closed] = [await createSession(tenant), await createSession(tenant)];
      for (const { id } of [open, closed]) await isParked(id);
      expect(await parked('sessions')).toBe(2);
      expectStatus(await tenant.key.post(`/v1/sessions/${closed.id}/cancel`), 200);
      expect(await parked('sessions')).toBe(1);
    });

    it('of deliveries those that can be replayed', async () => {
      await createSession(tenant);
      await app.sql(`UPDATE deliveries SET status = 'failed', parked_reason = 'over', next_attempt_at = NULL,
                            created_at = now(), finished_at = now()`);
      const [row] = await app.sql<{ count: number }>('SELECT count(*)::int AS count FROM deliveries');
      expect(await parked('deliveries')).toBe(row!.count);
      await app.sql(`UPDATE deliveries SET status = 'cancelled'`);
      expect(await parked('deliveries')).toBe(0);
    });

    it('of e-mails those that could not even be tried, until they are sent anew or their session closes', async () => {
      const [first, second] = [await createSession(tenant), await createSession(tenant)];
      await email(first.id, 'rejected');
      await email(first.id, 'link_ended');
      await email(second.id, 'server_failed', `now() - interval '31 days'`);
      await email(first.id, 'server_failed');
      await email(second.id, 'server_failed');
      expect(await parked('emails')).toBe(2);
      await email(first.id, null);
      expect(await parked('emails')).toBe(1);
      expectStatus(await tenant.key.post(`/v1/sessions/${second.id}/cancel`), 200);
      expect(await parked('emails')).toBe(0);
    });
  });

  it('tell of the pool of connections, and that the process can serve', async () => {
    const text = await eventually(async () => {
      const now = await scrape();
      return /^countersign_ready 1$/m.test(now) ? now : null;
    });
    expect(text).toMatch(/^countersign_database_connections\{state="total"\} [1-9]/m);
    expect(text).toMatch(/^countersign_database_connections\{state="idle"\} \d/m);
    expect(text).toMatch(/^countersign_database_connections\{state="waiting"\} 0$/m);
  });

  it('tell how many wait for a connection while all are taken', async () => {
    const other = await createReadyTenant(app);
    const holder = new pg.Client({ connectionString: app.database.adminUrl });
    await holder.connect();
    let stopped = false;
    const call = async ({ key }: TestTenant) => {
      while (!stopped) await key.get('/v1/sessions');
    };
    let callers: Promise<void>[] = [];
    try {
      await holder.query('BEGIN; LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE');
      callers = [tenant, other].flatMap((of) => Array.from({ length: 10 }, () => call(of)));
      await eventually(async () => (await readMetric(app, WAITING)) > 0, 30_000);
    } finally {
      stopped = true;
      await holder.end();
      await Promise.all(callers);
    }
    await eventually(async () => (await readMetric(app, WAITING)) === 0);
  }, 60_000);

  it('ask the database once for many who ask for them at once', async () => {
    const lookUps = jest.spyOn(TenantDb.prototype, 'lookUp');
    // What was asked some moments ago is still known: then nobody asks.
    const asked = await eventually(async () => {
      lookUps.mockClear();
      await Promise.all(Array.from({ length: 20 }, scrape));
      const { length } = lookUps.mock.calls.filter(([sql]) => sql.includes('count_paused_endpoints'));
      return length > 0 && length;
    }).finally(() => lookUps.mockRestore());
    // Those that come later than some moments after the first ask again.
    expect(asked).toBeLessThan(10);
  });

  it('leave out what the database would tell while it is away, and nothing else', async () => {
    const [{ name } = { name: '' }] = await app.sql<{ name: string }>('SELECT current_database() AS name');
    // The superuser isn't bound by the limit.
    await app.sql(`ALTER DATABASE "${name}" CONNECTION LIMIT 0`);
    await app.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename = 'countersign_app'`,
      [name],
    );
    const away = await eventually(async () => {
      const text = await scrape();
      return /^countersign_ready 0$/m.test(text) && !/^countersign_queue_\w+\{/m.test(text) ? text : null;
    });
    expect(away).not.toMatch(/^countersign_suspect_credentials\{/m);
    expect(away).toMatch(/^process_cpu_seconds_total \d/m);
    expect(away).toMatch(/^countersign_http_request_duration_seconds_count\{.*route="\/v1\/sessions"/m);
    await app.sql(`ALTER DATABASE "${name}" CONNECTION LIMIT -1`);
    await eventually(async () => {
      const text = await scrape();
      return /^countersign_ready 1$/m.test(text) && /^countersign_queue_due\{/m.test(text);
      // A pooler that was refused waits a while before it tries again.
    }, 60_000);
  }, 90_000);
});
