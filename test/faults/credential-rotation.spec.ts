import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually, startTestApp, type TestApp } from '../support/app.js';
import { atOnce } from '../support/at-once.js';
import type { Answer, Any } from '../support/client.js';
import { credentialDesk } from '../support/credentials.js';
import {
  createReadyTenant,
  createSession,
  expectStatus,
  finishSession,
  type TestTenant,
} from '../support/factories.js';
import { expectInvariants } from '../support/invariants.js';
import { registerApp } from '../support/simulated-yoti.js';

/** 50 creations a second. */
const PAUSE_MS = 20;
/** Fewer than may call Yoti at once for one tenant, however slow this machine is. */
const AT_ONCE = 6;

/** Does `work` for 1 … `count`. */
const paced = <T>(count: number, pauseMs: number, work: (n: number) => Promise<T>): Promise<T[]> =>
  atOnce(
    AT_ONCE,
    Array.from({ length: count }, (_, index) => index + 1),
    work,
    pauseMs,
  );

describe('row 52: rotating a credential while sessions are made and run', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });

  afterEach(() => expectInvariants(app));

  afterAll(() => app.stop());

  const credentialsOf = (tenant: TestTenant) =>
    app.sql<{ id: string; status: string; sessions: number; open: number }>(
      `SELECT c.id, c.status, count(s.id)::int AS sessions,
              count(s.id) FILTER (WHERE s.status IN ('creating', 'ongoing'))::int AS open
         FROM credentials c LEFT JOIN sessions s ON s.tenant_id = c.tenant_id AND s.credential_id = c.id
        WHERE c.tenant_id = $1 GROUP BY c.tenant_id, c.id ORDER BY c.id`,
      [tenant.id],
    );

  const isClosed = async (tenant: TestTenant, id: string) =>
    (await tenant.key.get(`/v1/sessions/${id}`)).body.status === 'completed';

  it('fails no call under load, also when the old key stops working once its sessions have closed', async () => {
    const tenant = await createReadyTenant(app);
    const old = { ...tenant, yoti: tenant.yoti! };
    const [before] = await credentialsOf(tenant);
    const yotiApp = registerApp(app.simulator);
    const desk = credentialDesk(app, tenant, yotiApp);
    let rotation: Promise<string> | undefined;
    const sessions = await paced(250, PAUSE_MS, (n) => {
      if (n === 100) rotation = desk.addActive();
      return createSession(tenant);
    });
    tenant.yoti = yotiApp;
    const after = await rotation;
    const [first, second] = await credentialsOf(tenant);
    expect(first).toMatchObject({ id: before!.id, status: 'retiring' });
    expect(second).toMatchObject({ id: after, status: 'active' });
    expect(first!.sessions).toBeGreaterThan(0);
    expect(second!.sessions).toBeGreaterThan(0);
    expect(first!.sessions + second!.sessions).toBe(sessions.length);

    const mine = new Set(await sessionsOf(before!.id));
    const ofOld = sessions.filter(({ id }) => mine.has(id));
    const finished = ofOld.slice(0, 5);
    for (const session of finished) await finishSession(app, old, session);
    await paced(ofOld.length - 5, 0, (n) => cancel(ofOld[n + 4]));
    for (const { id } of finished) await eventually(() => isClosed(tenant, id), 60_000);
    await app.sql('UPDATE credentials SET next_look_at = now() WHERE id = $1', [before!.id]);
    await eventually(async () => (await desk.get(before!.id)).status === 'retired');
    app.simulator.registerApp({ sdkId: old.yoti.sdkId, publicKeyPem: 'none', enabled: false });

    const later = await paced(20, PAUSE_MS, () => createSession(tenant));
    await finishSession(app, tenant, later[0]);
    await eventually(() => isClosed(tenant, later[0].id), 60_000);
    const all = [...sessions, ...later];
    const read = await paced(all.length, 0, (n) => tenant.key.get(`/v1/sessions/${all[n - 1].id}`));
    expect(read.filter(({ status }) => status !== 200)).toEqual([]);
    for (const { id } of [...finished, later[0]]) {
      expect((await tenant.key.get(`/v1/sessions/${id}/result`)).status).toBe(200);
    }
    expect(await desk.eventNames()).not.toContain('credential.suspect');

    async function cancel(session: Any) {
      return expectStatus(await tenant.key.post(`/v1/sessions/${session.id}/cancel`), 200);
    }
  }, 180_000);

  async function sessionsOf(credentialId: string): Promise<string[]> {
    const rows = await app.sql<{ id: string }>('SELECT id FROM sessions WHERE credential_id = $1', [
      credentialId,
    ]);
    return rows.map(({ id }) => id);
  }

  it('puts a session that meets it on the new credential, not on the one that is gone', async () => {
    const tenant = await createReadyTenant(app);
    const desk = credentialDesk(app, tenant, registerApp(app.simulator));
    const [before] = await credentialsOf(tenant);
    const next = await desk.add();
    const rotation = new pg.Client({ connectionString: app.database.adminUrl });
    await rotation.connect();
    try {
      await rotation.query('BEGIN');
      const { rows } = await rotation.query('SELECT pg_backend_pid() AS pid');
      await rotation.query(`UPDATE credentials SET status = 'retired' WHERE id = $1`, [before!.id]);
      await rotation.query(`UPDATE credentials SET status = 'active' WHERE id = $1`, [next]);
      const creation = createSession(tenant);
      await waitingFor(rows[0].pid as number);
      await rotation.query('COMMIT');
      const { id } = await creation;
      expect(await sessionsOf(next)).toEqual([id]);
      expect(await sessionsOf(before!.id)).toEqual([]);
    } finally {
      await rotation.end();
    }
  });

  it.each([
    ['live', 'sandbox', { status: 201, body: { environment: 'live' } }],
    ['sandbox', 'simulator', { status: 400, body: { code: 'environment_required' } }],
  ])(
    'puts a session without an environment that meets it in %s on none of %s, which is in use all the time',
    async (environment, other, expected) => {
      const tenant = await createReadyTenant(app);
      const desk = credentialDesk(app, tenant, registerApp(app.simulator));
      const moveTo = (id: string, where: string) =>
        app.sql('UPDATE credentials SET environment = $2 WHERE id = $1', [id, where]);
      const [before] = await credentialsOf(tenant);
      await moveTo(before!.id, environment);
      const apart = await desk.addActive();
      const next = await desk.add();
      expectStatus(await desk.act(next, 'check'), 200);
      await moveTo(apart, other);
      await moveTo(next, environment);
      const answer = await createdWithin(tenant, () => desk.act(next, 'activate'));
      expect(answer).toMatchObject(expected);
      expect(await sessionsOf(next)).toEqual(answer.status === 201 ? [answer.body.id] : []);
      for (const id of [apart, before!.id]) expect(await sessionsOf(id)).toEqual([]);
    },
  );

  /** The answer to a creation that waits for an activation, which has been held before its end. */
  async function createdWithin(
    tenant: TestTenant,
    activate: () => Promise<Answer<Any>>,
  ): Promise<Answer<Any>> {
    const endpoint = { url: 'http://127.0.0.1:9/', events: ['session.failed'] };
    expectStatus(await tenant.key.post('/v1/webhook-endpoints', endpoint), 201);
    const holder = new pg.Client({ connectionString: app.database.adminUrl });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      // The event, which locks the tenant's endpoints, is the last of what an activation stores.
      await holder.query('SELECT 1 FROM webhook_endpoints WHERE tenant_id = $1 FOR UPDATE', [tenant.id]);
      const { rows } = await holder.query('SELECT pg_backend_pid() AS pid');
      const activation = activate();
      const activating = await waitingFor(rows[0].pid as number);
      const creation = tenant.key.post('/v1/sessions', { policy: 'identity' });
      await waitingFor(activating);
      await holder.query('COMMIT');
      expectStatus(await activation, 200);
      return await creation;
    } finally {
      await holder.end();
    }
  }

  /** Whose transaction waits for that of the process. @returns its process */
  async function waitingFor(pid: number): Promise<number> {
    const { waiting } = await eventually(async () => {
      const [row] = await app.sql<{ waiting: number }>(
        'SELECT pid AS waiting FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))',
        [pid],
      );
      return row;
    });
    return waiting;
  }

  it('waits with the end of a credential for a session that is just being made by it', async () => {
    const tenant = await createReadyTenant(app);
    const desk = credentialDesk(app, tenant, registerApp(app.simulator));
    const [before] = await credentialsOf(tenant);
    await Promise.all([
      ...Array.from({ length: 4 }, () => createSession(tenant)),
      desk.addActive().then(() => desk.act(before!.id, 'retire')),
    ]);
    const rows = await credentialsOf(tenant);
    expect(rows.reduce((sum, { sessions }) => sum + sessions, 0)).toBe(4);
    expect(rows.filter(({ status, open }) => status === 'retired' && open > 0)).toEqual([]);
  });
});
