import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import { createReadyTenant, type TestTenant } from './support/factories.js';
import { KillableSite } from './support/killable-site.js';
import { RawConnection, type RawRequest } from './support/raw-connection.js';
import { creation } from './support/yoti-gate.js';
import { startYotiProxy, through, type YotiProxy } from './support/yoti-proxy.js';

const CALLERS_LIMIT = 2;
/** Of which one address may hold eight. */
const BODIES = 40;
const BODIES_OF_ADDRESS = 8;

const creationBy = (tenant: TestTenant): RawRequest => ({
  path: '/v1/sessions',
  headers: tenant.key.headers,
  body: JSON.stringify({ policy: 'identity' }),
});

describe('what is under way', () => {
  let proxy: YotiProxy;
  let app: TestApp;
  let tenant: TestTenant;
  let held: ServerResponse[] = [];
  let connections: RawConnection[] = [];

  beforeAll(async () => {
    proxy = await startYotiProxy(() => app.simulator.origin);
    app = await startTestApp({
      config: {
        role: 'api',
        yotiApiUrls: [proxy.baseUrl],
        loadBounds: {
          requests: {
            loopDelayMs: Infinity,
            inFlightOfCaller: CALLERS_LIMIT,
            notifications: 2,
            bodies: BODIES,
          },
          connections: { patienceMs: 30_000, waitMs: 15_000 },
        },
      },
    });
    tenant = await createReadyTenant(through(app, proxy));
  }, 60_000);

  afterEach(() => {
    proxy.answerCreations(undefined);
    for (const response of held) response.destroy();
    for (const connection of connections) connection.hangUp();
    held = [];
    connections = [];
  });

  afterAll(async () => {
    await app.stop();
    await proxy.close();
  });

  async function open(): Promise<RawConnection> {
    const connection = await RawConnection.open(app.url);
    connections.push(connection);
    return connection;
  }

  const statusOf = async () => (await tenant.key.get('/v1/sessions')).status;
  const isServed = () => eventually(async () => (await statusOf()) === 200);

  it('ends with its caller: who hangs up again and again while Yoti is asked is served afterwards', async () => {
    proxy.answerCreations((response) => void held.push(response));
    for (let turn = 1; turn <= CALLERS_LIMIT + 1; turn += 1) {
      await isServed();
      const connection = await open();
      connection.post(creationBy(tenant));
      await eventually(async () => held.length === turn);
      connection.hangUp();
    }
    await isServed();
    await eventually(async () => {
      const { body } = await app.anonymous.get<string>('/metrics');
      return /^countersign_http_request_duration_seconds_count\{method="POST",route="\/v1\/sessions",status="aborted"\} 3$/m.test(
        body,
      );
    });
  });

  it('ends with its caller: also what came behind another request on the same connection', async () => {
    proxy.answerCreations((response) => void held.push(response));
    for (let turn = 1; turn <= CALLERS_LIMIT; turn += 1) {
      await isServed();
      const connection = await open();
      connection.post(creationBy(tenant), creationBy(tenant));
      await eventually(async () => held.length === 2 * turn);
      connection.hangUp();
    }
    await isServed();
  });

  it('begins when the body is there: who sends slowly takes no place, of an address only so many may, and those end too', async () => {
    const unknown = { path: `/hooks/yoti/${'A'.repeat(22)}`, headers: {}, body: '{}' };
    const slow = { ...unknown, body: '{', length: 1000 };
    for (let turn = 1; turn < BODIES_OF_ADDRESS; turn += 1) await (await open()).begin(slow);
    const notify = async () => {
      const { path, body } = unknown;
      return (await app.anonymous.post(path, JSON.parse(body))).status;
    };
    expect(await notify()).toBe(404);
    expect(await statusOf()).toBe(200);

    await (await open()).begin(slow);
    const refused = await app.anonymous.post(unknown.path);
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await statusOf()).toBe(200);

    for (const connection of connections) connection.hangUp();
    await eventually(async () => (await notify()) === 404);
  });
});

describe('the log', () => {
  let site: KillableSite;

  beforeAll(async () => {
    site = await KillableSite.start({ LOG_LEVEL: 'info' });
  }, 60_000);

  afterAll(() => site.stop());

  it('has a line for a request whose caller hung up: it may have had its effect', async () => {
    const tenant = await createReadyTenant(site);
    const asked = site.gate.holdAnswer(creation);
    const connection = await RawConnection.open(site.url);
    connection.post(creationBy(tenant));
    await asked.reached;
    connection.hangUp();
    const line = await eventually(async () =>
      site.server
        .output()
        .split('\n')
        .find((each) => each.includes('"aborted":true')),
    );
    expect(JSON.parse(line)).toMatchObject({
      msg: 'request',
      req: { method: 'POST', route: '/v1/sessions' },
      durationMs: expect.any(Number),
    });
    asked.release();
    await eventually(async () => (await tenant.key.get('/v1/sessions')).body.items[0]?.status === 'ongoing');
  });
});
