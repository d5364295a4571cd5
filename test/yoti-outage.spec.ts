import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MAX_SYNC_ATTEMPTS } from '../src/sessions/sync.schedule.js';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import type { Any } from './support/client.js';
import {
  createReadyTenant,
  createSession,
  expectStatus,
  finishSession,
  type TestTenant,
} from './support/factories.js';
import { expectInvariants } from './support/invariants.js';
import { creation, YotiGate } from './support/yoti-gate.js';
import { startYotiProxy, through, type YotiCallName, type YotiProxy } from './support/yoti-proxy.js';

let app: TestApp;
let proxy: YotiProxy;
let gate: YotiGate;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startTestApp({ yoti: { backoffMs: 5, pauseMs: 500, longestPauseMs: 500 } });
  gate = await YotiGate.start(app.simulator.origin);
  proxy = await startYotiProxy(() => gate.origin);
  app.config.yotiApiUrls.push(proxy.baseUrl);
});

beforeEach(async () => {
  tenant = await createReadyTenant(through(app, proxy));
});

afterEach(async () => {
  setAway(false);
  await expectInvariants(app);
});

afterAll(async () => {
  await app.stop();
  await proxy.close();
  await gate.close();
});

/** No connection to Yoti comes about. */
function setAway(away: boolean): void {
  for (const call of ['create', 'read', 'delete', 'media'] satisfies YotiCallName[]) {
    proxy.answer(call, away ? (response) => void response.socket?.resetAndDestroy() : undefined);
  }
}

const rows = () =>
  app.sql<{ id: string; status: string; outcome: string; parked: string; late: boolean; attempts: number }>(
    `SELECT id, status, outcome, parked_reason AS parked, work_attempts AS attempts,
            next_sync_at > now() + interval '10 minutes' AS late
       FROM sessions WHERE tenant_id = $1 ORDER BY id`,
    [tenant.id],
  );

/** Lets the next try of every session come now, and waits until all have been made. */
async function tryAll(change = ''): Promise<void> {
  const open = `tenant_id = $1 AND status = 'ongoing'`;
  await app.sql(`UPDATE sessions SET next_sync_at = now() ${change} WHERE ${open} AND lease_token IS NULL`, [
    tenant.id,
  ]);
  await eventually(async () => {
    const due = await app.sql(
      `SELECT 1 FROM sessions WHERE ${open} AND (next_sync_at <= now() OR lease_token IS NOT NULL)`,
      [tenant.id],
    );
    return due.length === 0;
  });
}

describe('I2 hours without Yoti', () => {
  it('make sessions late and nothing else', async () => {
    const sessions: Any[] = [];
    for (let n = 0; n < 6; n += 1) sessions.push(await createSession(tenant));
    setAway(true);
    // The people go on: Yoti's client talks to Yoti, and only our way there is cut.
    for (const session of sessions) await finishSession(app, tenant, session);
    await eventually(async () => {
      const failed = await app.sql(
        `SELECT 1 FROM sessions WHERE tenant_id = $1 AND sync_error = 'yoti_unavailable'`,
        [tenant.id],
      );
      return failed.length === sessions.length;
    });

    await tryAll(
      `, work_attempts = ${MAX_SYNC_ATTEMPTS - 1}, client_expires_at = now() - interval '9 hours'`,
    );
    for (let n = 0; n < 3; n += 1) await tryAll();
    for (const row of await rows()) {
      // Not given up, and asked for again within minutes of Yoti's return.
      expect(row).toMatchObject({ status: 'ongoing', parked: null, late: false });
    }
    const refused = await tenant.key.post('/v1/sessions', { policy: 'identity' });
    expect([refused.status, refused.body.code]).toEqual([503, 'yoti_unavailable']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    // The credential is not to blame.
    const { items: credentials } = expectStatus(await tenant.key.get('/v1/credentials'), 200);
    expect(credentials.map(({ suspect }: Any) => suspect)).toEqual([null]);

    setAway(false);
    await eventually(async () => {
      await tryAll();
      return (await rows()).every(({ status }) => status !== 'ongoing');
    });
    const ended = (await rows()).filter(({ status }) => status === 'completed');
    expect(ended.map(({ id, outcome }) => [id, outcome])).toEqual(sessions.map(({ id }) => [id, 'approved']));
    await eventually(
      async () => (await tenant.key.post('/v1/sessions', { policy: 'identity' })).status === 201,
    );
  });
});

describe('a creation that comes to nothing', () => {
  const keyed = (key: string) => tenant.key.with({ 'idempotency-key': key });
  const create = (key: string) => keyed(key).post('/v1/sessions', { policy: 'identity' });
  const keys = () =>
    app.sql('SELECT key, response IS NULL AS open FROM idempotency_keys WHERE tenant_id = $1', [tenant.id]);

  it('because Yoti is away leaves a failed session and a free key', async () => {
    setAway(true);
    const key = randomUUID();
    expect(await create(key)).toMatchObject({ status: 503, body: { code: 'yoti_unavailable' } });
    expect(await rows()).toMatchObject([{ status: 'failed' }]);
    expect(await keys()).toEqual([]);
    setAway(false);
    expectStatus(await create(key), 201);
  });

  it('because creations are paused leaves nothing', async () => {
    setAway(true);
    const before = proxy.count('create');
    let answers = 0;
    await eventually(async () => {
      expect((await create(randomUUID())).status).toBe(503);
      answers += 1;
      return answers > proxy.count('create') - before;
    });
    expect(await rows()).toHaveLength(proxy.count('create') - before);
    expect(await keys()).toEqual([]);
  });

  it('for a caller who goes away is made all the same, and is told to whom asks again with the key', async () => {
    const held = gate.holdRequest(creation);
    const key = randomUUID();
    const leaving = new AbortController();
    const left = fetch(`${app.url}/v1/sessions`, {
      method: 'POST',
      headers: { ...keyed(key).headers, 'content-type': 'application/json' },
      body: JSON.stringify({ policy: 'identity' }),
      signal: leaving.signal,
    }).then(
      () => false,
      () => true,
    );
    await held.reached;
    expect(await rows()).toMatchObject([{ status: 'creating' }]);
    leaving.abort();
    expect(await left).toBe(true);
    held.release();
    const again = await eventually(async () => {
      const answer = await create(key);
      return answer.status !== 409 && answer;
    });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await rows()).toMatchObject([{ id: again.body.id, status: 'ongoing' }]);
  });

  it('because connections to the database end in the meantime is finished over new ones', async () => {
    const held = gate.holdAnswer(creation);
    const creating = create(randomUUID());
    await held.reached;
    await app.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'countersign'`,
    );
    held.release();
    const answer = await creating;
    // A connection whose end has not been noticed yet may be used once more, and the sweep ends what that leaves.
    expect([201, 503]).toContain(answer.status);
    await app.sql(`UPDATE sessions SET next_sync_at = now() WHERE tenant_id = $1 AND status = 'creating'`, [
      tenant.id,
    ]);
    await eventually(
      async () => (await rows())[0]?.status === (answer.status === 201 ? 'ongoing' : 'failed'),
    );
    expect(await rows()).toHaveLength(1);
  });

  it('because the database takes nothing is ended by the sweep, and its key is taken over', async () => {
    const held = gate.holdAnswer(creation);
    const key = randomUUID();
    const creating = create(key);
    await held.reached;
    await app.sql('REVOKE INSERT ON events FROM countersign_app');
    try {
      held.release();
      expect((await creating).status).toBe(500);
      expect(await rows()).toMatchObject([{ status: 'creating' }]);
      expect(await create(key)).toMatchObject({ status: 409, body: { code: 'idempotency_in_flight' } });
    } finally {
      await app.sql('GRANT INSERT ON events TO countersign_app');
    }
    await app.sql(`UPDATE sessions SET next_sync_at = now() WHERE tenant_id = $1`, [tenant.id]);
    await eventually(async () => (await rows())[0]?.status === 'failed');
    await app.sql('UPDATE idempotency_keys SET locked_until = now() WHERE tenant_id = $1', [tenant.id]);
    const { id } = expectStatus(await create(key), 201);
    expect((await rows()).map(({ status }) => status)).toEqual(['failed', 'ongoing']);
    expect((await rows())[1]?.id).toBe(id);
  });
});
