import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DueWorker, holdLease, LeaseLost, type Lease } from '../src/database/due-work.js';
import { TenantDb } from '../src/database/tenant-db.js';
import { WakeUp } from '../src/database/wake-up.js';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import { createReadyTenant, createSession, type TestTenant } from './support/factories.js';

type Options = ConstructorParameters<typeof DueWorker>[0];

/** Work that goes on until the test ends it. */
interface Taken {
  lease: Lease;
  signal: AbortSignal;
  finish: () => void;
}

describe('due work', () => {
  let app: TestApp;
  let db: TenantDb;
  let tenants: TestTenant[];
  let workers: DueWorker[] = [];
  let taken: Taken[] = [];

  beforeAll(async () => {
    // No worker but those of the tests.
    app = await startTestApp({ config: { role: 'api' } });
    db = app.server.app.get(TenantDb);
    tenants = await Promise.all([createReadyTenant(app), createReadyTenant(app)]);
  });

  beforeEach(() => {
    taken = [];
    workers = [];
  });

  afterEach(async () => {
    for (const { finish } of taken) finish();
    await Promise.all(workers.map((worker) => worker.stop(0)));
    await app.sql('UPDATE sessions SET next_sync_at = NULL, lease_token = NULL, lease_until = NULL');
  });

  afterAll(() => app.stop());

  /** Sessions of a tenant that are due. */
  async function due(tenant: TestTenant, count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1) ids.push((await createSession(tenant)).id as string);
    await app.sql('UPDATE sessions SET next_sync_at = now(), work_attempts = 0 WHERE id = ANY ($1)', [ids]);
    return ids;
  }

  const work = (lease: Lease, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      taken.push({ lease, signal, finish: resolve });
    });

  function start(options: Partial<Options> = {}): DueWorker {
    const worker = new DueWorker({
      db,
      wakeUp: app.server.app.get(WakeUp),
      log: new Logger('test'),
      kind: 'sessions',
      leaseSeconds: 60,
      concurrency: 10,
      perTenant: 10,
      work,
      failed: async () => 'failed',
      mostClaims: 5,
      park: async () => undefined,
      ...options,
    });
    workers.push(worker);
    worker.start();
    return worker;
  }

  const rowOf = async (id: string) => {
    const [row] = await app.sql<{ token: string | null; held: boolean; attempts: number; until: Date }>(
      `SELECT lease_token AS token, coalesce(lease_until > now(), false) AS held, work_attempts AS attempts,
              lease_until AS until FROM sessions WHERE id = $1`,
      [id],
    );
    return row!;
  };
  const takes = (count: number) => eventually(async () => taken.length >= count);
  const tenantsInHand = () => taken.map(({ lease }) => lease.tenantId);

  it('stays its own when it takes longer than a lease', async () => {
    const [id] = await due(tenants[0]!, 1);
    start({ leaseSeconds: 3 });
    await takes(1);
    const { token, until } = await rowOf(id!);
    start({ leaseSeconds: 3 });
    // More than a lease later.
    const later = await eventually(async () => {
      const row = await rowOf(id!);
      return row.held && row.until.getTime() > until.getTime() + 4000 && row;
    });
    expect(later).toMatchObject({ token, attempts: 1 });
    expect(taken).toHaveLength(1);
    expect(taken[0]?.signal.aborted).toBe(false);
  });

  it('is told when its lease is lost, and has no effect then', async () => {
    const [id] = await due(tenants[0]!, 1);
    start({ leaseSeconds: 2 });
    await takes(1);
    const { lease, signal } = taken[0]!;
    await app.sql(`UPDATE sessions SET lease_token = gen_random_uuid() WHERE id = $1`, [id]);
    await eventually(async () => signal.aborted);
    expect(signal.reason).toBeInstanceOf(LeaseLost);
    const effect = db.run(lease.tenantId, (em) => holdLease(em, 'sessions', lease));
    await expect(effect).rejects.toBeInstanceOf(LeaseLost);
  });

  it('I6 of one tenant never takes every place of a worker, however much there is', async () => {
    const [noisy, quiet] = tenants as [TestTenant, TestTenant];
    await due(noisy, 6);
    start({ concurrency: 4, perTenant: 3 });
    await takes(3);
    await due(quiet, 1);
    await takes(4);
    expect(tenantsInHand()).toEqual([noisy.id, noisy.id, noisy.id, quiet.id]);
    taken[0]!.finish();
    await takes(5);
    expect(tenantsInHand().at(-1)).toBe(noisy.id);
  });

  it('I6 is taken up fairly first, and then first come first served', async () => {
    const [first, second] = tenants as [TestTenant, TestTenant];
    await due(first, 5);
    await due(second, 3);
    start({ concurrency: 6 });
    await takes(6);
    const count = (id: string) => tenantsInHand().filter((tenantId) => tenantId === id).length;
    expect([count(first.id), count(second.id)]).toEqual([4, 2]);
  });

  it('is begun anew by the worker that lost it: what it did before has no effect from then on', async () => {
    const [id] = await due(tenants[0]!, 1);
    // Not renewed while this lasts.
    start({ leaseSeconds: 600 });
    await takes(1);
    await app.sql('UPDATE sessions SET lease_until = now() WHERE id = $1', [id]);
    await takes(2);
    expect(taken.map(({ lease }) => [lease.id, lease.attempts])).toEqual([
      [id, 1],
      [id, 2],
    ]);
    expect(taken.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    expect(taken[0]?.signal.reason).toBeInstanceOf(LeaseLost);
  });

  describe('a claim', () => {
    let claimers: pg.Client[];

    beforeEach(() => {
      claimers = [];
    });

    afterEach(() => Promise.all(claimers.map((client) => client.end())));

    /** Claims in a transaction that stays open. @returns whose rows it got */
    async function claim(limit: number, cap: number, busy: TestTenant[] = []): Promise<string[]> {
      const client = new pg.Client({ connectionString: app.appUrl });
      claimers.push(client);
      await client.connect();
      await client.query('BEGIN');
      const { rows } = await client.query<{ tenant_id: string }>(
        `SELECT * FROM claim_due_sessions($1, interval '1 minute', $2, $3)`,
        [limit, cap, busy.map(({ id }) => id)],
      );
      return rows.map((row) => row.tenant_id);
    }

    /** How many of the due rows nobody has locked. */
    const unlocked = async () =>
      (await app.sql('SELECT id FROM sessions WHERE next_sync_at IS NOT NULL FOR UPDATE SKIP LOCKED')).length;

    it('I6 locks what it takes and nothing else, however much is due', async () => {
      for (const tenant of tenants) await due(tenant, 5);
      expect(await claim(1, 8)).toHaveLength(1);
      expect(await unlocked()).toBe(9);
      expect(await claim(3, 2, tenants)).toHaveLength(2);
      expect(await unlocked()).toBe(7);
    });

    it('passes over what another has locked, and takes what comes after it', async () => {
      const [first] = tenants as [TestTenant];
      await due(first, 7);
      expect(await claim(3, 3)).toHaveLength(3);
      expect(await claim(3, 3)).toHaveLength(3);
      expect(await claim(3, 3)).toHaveLength(1);
    });

    it('I6 never exceeds the room of a tenant, be it that another has locked what is due of the rest', async () => {
      const [noisy, quiet] = tenants as [TestTenant, TestTenant];
      await due(quiet, 2);
      expect(await claim(2, 2)).toEqual([quiet.id, quiet.id]);
      await due(noisy, 6);
      expect(await claim(4, 2)).toEqual([noisy.id, noisy.id]);
      expect(await claim(4, 2, [noisy, noisy])).toEqual([]);
    });
  });

  it('is given back at once by a server that stops before its end', async () => {
    const [id] = await due(tenants[0]!, 1);
    const stopping = start();
    await takes(1);
    await stopping.stop(0);
    expect(taken[0]?.signal.aborted).toBe(true);
    expect(await rowOf(id!)).toMatchObject({ token: null, held: false, attempts: 0 });
    start();
    await takes(2);
    expect(taken[1]?.lease).toMatchObject({ id, attempts: 1 });
  });

  it('is waited for by a server that stops', async () => {
    await due(tenants[0]!, 1);
    const stopping = start();
    await takes(1);
    let stopped = false;
    const stop = stopping.stop().then(() => (stopped = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(stopped).toBe(false);
    taken[0]!.finish();
    await stop;
    expect(taken[0]?.signal.aborted).toBe(false);
  });

  it('is parked when it keeps killing the process', async () => {
    const [id] = await due(tenants[0]!, 1);
    await app.sql('UPDATE sessions SET work_attempts = 5 WHERE id = $1', [id]);
    const parked: string[] = [];
    const park = async ({ tenantId, ...lease }: Lease) => {
      parked.push(lease.id);
      await db.run(tenantId, (em) =>
        em.query('UPDATE sessions SET next_sync_at = NULL WHERE tenant_id = $1 AND id = $2', [
          tenantId,
          lease.id,
        ]),
      );
    };
    start({ park });
    await eventually(async () => parked.length > 0);
    expect(parked).toEqual([id]);
    expect(taken).toEqual([]);
  });
});
