import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MAX_SYNC_ATTEMPTS } from '../../src/sessions/sync.schedule.js';
import { eventually, startTestApp, type TestApp } from '../support/app.js';
import type { Any, Answer } from '../support/client.js';
import {
  createReadyTenant,
  createSession,
  expectStatus,
  finishSession,
  type TestTenant,
} from '../support/factories.js';
import { expectInvariants } from '../support/invariants.js';
import { closeAll, failureOf, sessionId, specification, yotiThat } from '../support/yoti-stand-in.js';
import {
  answering,
  startYotiProxy,
  through,
  type YotiAnswer,
  type YotiCallName,
  type YotiProxy,
} from '../support/yoti-proxy.js';

/** Hanging calls hang for longer than any test takes; what is paused is tried again soon. */
const HANGING = { headersMs: 120_000, deadlineMs: 120_000 };
const BOUNDS = {
  ...HANGING,
  creation: HANGING,
  bodyMs: 120_000,
  waitMs: 200,
  backoffMs: 5,
  pauseMs: 1500,
  longestPauseMs: 1500,
};
const EVERY_CALL: YotiCallName[] = ['create', 'read', 'media'];

let app: TestApp;
let proxy: YotiProxy;
/** In trouble: its way to Yoti is the proxy. */
let tenant: TestTenant;
/** Another one, whose way to Yoti is free. */
let other: TestTenant;

beforeAll(async () => {
  app = await startTestApp({ yoti: BOUNDS });
  proxy = await startYotiProxy(() => app.simulator.origin);
  app.config.yotiApiUrls.push(proxy.baseUrl);
});

beforeEach(async () => {
  tenant = await createReadyTenant(through(app, proxy));
  other = await createReadyTenant(app);
});

afterEach(async () => {
  for (const call of EVERY_CALL) proxy.answer(call, undefined);
  await closeAll();
  await expectInvariants(app);
});

afterAll(async () => {
  await app.stop();
  await proxy.close();
});

/** A byte every 500 ms, and no end. */
const drip: YotiAnswer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 500);
  response.on('close', () => clearInterval(timer));
};

const create = (of = tenant): Promise<Answer<Any>> => of.key.post('/v1/sessions', { policy: 'identity' });
const read = async (id: string, of = tenant): Promise<Any> =>
  expectStatus(await of.key.get(`/v1/sessions/${id}`), 200);
const sync = (id: string, of = tenant): Promise<Answer<Any>> => of.key.post(`/v1/sessions/${id}/sync`);
const sessionsOf = (of = tenant) =>
  app.sql<{ id: string; status: string; failureCode: string }>(
    `SELECT id, status, failure_code AS "failureCode" FROM sessions WHERE tenant_id = $1 ORDER BY id`,
    [of.id],
  );
const makeDue = (of = tenant) =>
  app.sql(
    `UPDATE sessions SET next_sync_at = now() WHERE tenant_id = $1 AND status = 'ongoing' AND lease_token IS NULL`,
    [of.id],
  );

/** The worker brings the session to its end, whatever of its tries Yoti is answering badly. */
const completed = (id: string, of = tenant) =>
  eventually(async () => {
    await makeDue(of);
    return (await read(id, of)).status === 'completed';
  });

/** A whole journey: created, finished by the person, synced by the worker. */
async function journey(of: TestTenant): Promise<void> {
  const session = await createSession(of);
  await finishSession(app, of, session);
  await eventually(async () => (await read(session.id, of)).status === 'completed');
}

const expectComeAgain = (answer: Answer<Any>) => {
  expect([answer.status, answer.body.code]).toEqual([503, 'yoti_unavailable']);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
};

describe('bursts of 500, 502 and 503', () => {
  it('row 10: reads are tried again, creations are paused with 503, no session is lost, and all goes on after', async () => {
    const session = await createSession(tenant);
    let failures = 0;
    proxy.answer('read', (response) => {
      const code = [500, 502, 503][failures] ?? 503;
      failures += 1;
      if (failures === 2) proxy.answer('read', undefined);
      answering(code)(response);
    });
    expectStatus(await sync(session.id), 200);
    expect(failures).toBe(2);

    let burst = 0;
    for (const call of EVERY_CALL) {
      proxy.answer(call, (response) => answering([500, 502, 503][(burst += 1) % 3] ?? 503)(response));
    }
    await finishSession(app, tenant, session);
    await eventually(async () => (await read(session.id)).syncError === 'yoti_unavailable');
    const sent = proxy.count('create');
    let answers = 0;
    await eventually(async () => {
      expectComeAgain(await create());
      answers += 1;
      return answers > proxy.count('create') - sent;
    });
    expect(proxy.count('create')).toBeGreaterThan(sent);
    // What was sent is on record as failed; what was not sent is not on record at all.
    const stored = (await sessionsOf()).filter(({ id }) => id !== session.id);
    expect(stored.map(({ status: is, failureCode }) => [is, failureCode])).toEqual(
      Array.from({ length: proxy.count('create') - sent }, () => ['failed', 'yoti_unavailable']),
    );
    expect(await read(session.id)).toMatchObject({ status: 'ongoing', parkedReason: null });

    for (const call of EVERY_CALL) proxy.answer(call, undefined);
    await completed(session.id);
    await eventually(async () => (await create()).status === 201);
  });
});

describe('a Yoti that hangs, or drips', () => {
  it.each<[string, YotiAnswer]>([
    ['says nothing', () => undefined],
    ['drips a byte every 500 ms', drip],
  ])('row 11: other tenants are served while one tenant’s Yoti %s', async (_, answer) => {
    const sessions: Any[] = [];
    for (let n = 0; n < 12; n += 1) sessions.push(await createSession(tenant));
    const held: (() => void)[] = [];
    for (const call of ['create', 'read'] as const) {
      proxy.answer(call, (response) => {
        held.push(() => response.destroy());
        answer(response);
      });
    }
    await makeDue();
    const creations = Promise.all([create(), create(), create()]);
    let over = false;
    void creations.then(() => (over = true));
    // All that one tenant may have in flight.
    await eventually(async () => held.length >= 8);

    await journey(other);
    await journey(other);
    expect(over).toBe(false);

    for (const call of ['create', 'read'] as const) proxy.answer(call, undefined);
    for (const cut of held) cut();
    for (const refused of await creations) expectComeAgain(refused);
    for (const { id } of sessions)
      expect(await read(id)).toMatchObject({ status: 'ongoing', parkedReason: null });
    await finishSession(app, tenant, sessions[0]);
    await completed(sessions[0].id);
  });

  it('row 11: a call is cut off at its deadline although bytes keep coming, and holds no connection', async () => {
    const bounds = { deadlineMs: 1200, creation: { headersMs: 1200, deadlineMs: 1200 } };
    const { client, connection, sockets } = await yotiThat(drip, bounds);
    const calls = [client.createSession(connection, specification), client.getSession(connection, sessionId)];
    for (const call of calls) expect((await failureOf(call)).code).toBe('YOTI_TIMEOUT');
    await eventually(async () => sockets.size === 0);
  });
});

describe('an answer that can not be used', () => {
  it('row 12: is asked for again, parks the session when it stays so, and a sync by hand goes on', async () => {
    const session = await createSession(tenant);
    await finishSession(app, tenant, session);
    await completed(session.id);
    const stuck = await createSession(tenant);
    proxy.answer('read', answering(200, { session_id: 1, state: [] }));
    await makeDue();
    await eventually(async () => (await read(stuck.id)).syncError === 'yoti_bad_response');
    expect(await read(stuck.id)).toMatchObject({ status: 'ongoing', parkedReason: null });
    await app.sql('UPDATE sessions SET work_attempts = $2 WHERE id = $1', [stuck.id, MAX_SYNC_ATTEMPTS - 1]);
    await makeDue();
    await eventually(async () => (await read(stuck.id)).parkedReason === 'yoti_bad_response');
    proxy.answer('read', undefined);
    expectStatus(await sync(stuck.id), 200);
    expect(await read(stuck.id)).toMatchObject({ status: 'ongoing', parkedReason: null, syncError: null });
  });
});

describe('a redirect to another host', () => {
  let elsewhere: Server;
  const strayed: unknown[] = [];

  beforeAll(async () => {
    elsewhere = createServer((request, response) => {
      strayed.push(request.headers);
      response.end('{}');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    elsewhere.close();
  });

  it.each([302, 307])('row 13: %i is not followed, and no signature reaches the other host', async (code) => {
    const session = await createSession(tenant);
    const { port } = elsewhere.address() as AddressInfo;
    for (const call of EVERY_CALL) {
      proxy.answer(call, (response) => {
        const path = response.req.url ?? '';
        answering(code, {}, { location: `http://localhost:${port}${path}` })(response);
      });
    }
    for (const refused of [await create(), await sync(session.id)]) {
      expect([refused.status, refused.body.code]).toEqual([502, 'yoti_bad_response']);
    }
    expect(proxy.count('create')).toBeGreaterThan(0);
    expect(strayed).toEqual([]);
  });
});

describe('429 with Retry-After', () => {
  it('row 15: nothing of the kind is sent until then, nothing is stored meanwhile, and nobody else waits', async () => {
    const session = await createSession(tenant);
    const seconds = 3;
    let refusedAt = 0;
    proxy.answer('create', (response) => {
      refusedAt = performance.now();
      answering(429, { code: 'TOO_MANY_REQUESTS' }, { 'retry-after': String(seconds) })(response);
    });
    const sent = proxy.count('create');
    const first = await create();
    expectComeAgain(first);
    expect(first.headers.get('retry-after')).toBe(String(seconds));
    let sentAgainAt = 0;
    proxy.answer('create', (response) => {
      sentAgainAt ||= performance.now();
      answering(503)(response);
    });
    for (const refused of await Promise.all([create(), create(), create()])) expectComeAgain(refused);
    expectStatus(await sync(session.id), 200);
    await journey(other);
    await eventually(async () => {
      expectComeAgain(await create());
      return sentAgainAt > 0;
    });
    // A timer may fire a moment early.
    expect(sentAgainAt - refusedAt).toBeGreaterThan(seconds * 1000 - 10);
    expect(await sessionsOf()).toHaveLength(1 + proxy.count('create') - sent);

    proxy.answer('create', undefined);
    await eventually(async () => (await create()).status === 201);
    const { body: metrics } = await app.anonymous.get<string>('/metrics');
    expect(metrics).toMatch(/^countersign_yoti_calls_total\{operation="create",outcome="throttled"\} [1-9]/m);
    expect(metrics).toMatch(/^countersign_yoti_calls_total\{operation="create",outcome="shed"\} [1-9]/m);
    expect(metrics).not.toContain(tenant.id);
  });

  it('row 15: a reading waits for as long as Yoti asks, and is answered then', async () => {
    const session = await createSession(tenant);
    let refusedAt = 0;
    let sentAgainAt = 0;
    proxy.answer('read', (response) => {
      refusedAt = performance.now();
      proxy.answer('read', (again) => {
        sentAgainAt = performance.now();
        proxy.answer('read', undefined);
        answering(503)(again);
      });
      answering(429, { code: 'TOO_MANY_REQUESTS' }, { 'retry-after': '1' })(response);
    });
    expectStatus(await sync(session.id), 200);
    expect(sentAgainAt - refusedAt).toBeGreaterThan(990);
    const { body: metrics } = await app.anonymous.get<string>('/metrics');
    expect(metrics).toMatch(/^countersign_yoti_call_duration_seconds_count\{operation="read"\} [1-9]/m);
    expect(metrics).toMatch(/^countersign_yoti_retries_total\{operation="read"\} [1-9]/m);
  });
});
