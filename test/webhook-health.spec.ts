import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import type { Any } from './support/client.js';
import { createTenant, expectStatus, type TestTenant } from './support/factories.js';
import { readMetric } from './support/metric.js';
import { WebhookReceiver } from './support/webhook-receiver.js';
import { createEndpoint, publishEvent, readDelivery, sendTest } from './support/webhooks.js';

const DAY = 24 * 60 * 60;

let app: TestApp;
let receiver: WebhookReceiver;
let tenant: TestTenant;

beforeAll(async () => {
  // Longer than any test: what is held back isn't given up meanwhile.
  const config = { webhookLimits: { deadlineMs: 40_000 } };
  [app, receiver] = await Promise.all([startTestApp({ config }), WebhookReceiver.start()]);
});
afterAll(async () => {
  await app?.stop();
  await receiver?.close();
});

let paths = 0;
const newPath = () => `/hook-${(paths += 1)}`;

const read = async (endpoint: Any) =>
  expectStatus(await tenant.key.get(`/v1/webhook-endpoints/${endpoint.id}`), 200);

/** An endpoint that hears how the others fare. */
const watch = async (path: string) =>
  expectStatus(
    await tenant.key.post('/v1/webhook-endpoints', {
      url: receiver.at(path),
      events: ['endpoint.failing', 'endpoint.disabled'],
    }),
    201,
  );

/** The endpoint's first failure was so many seconds ago, and no pause is going on. */
const failedFor = (endpoint: Any, seconds: number) =>
  app.sql(
    `UPDATE webhook_endpoints SET failing_since = now() - make_interval(secs => $2), paused_until = NULL
      WHERE id = $1`,
    [endpoint.id, seconds],
  );

const makeDue = (id: string) =>
  app.sql(`UPDATE deliveries SET next_attempt_at = now() WHERE id = $1 AND status = 'pending'`, [id]);

/** The deliveries of the endpoint, oldest first. */
const deliveriesTo = async (endpoint: Any): Promise<Any[]> =>
  (await tenant.key.get(`/v1/deliveries?endpointId=${endpoint.id}`)).body.items.toReversed();

const afterAttempt = (id: string, count: number) =>
  eventually(async () => {
    const delivery = await readDelivery(tenant, id);
    return delivery.attemptCount >= count && delivery;
  });

describe('an endpoint that only fails', () => {
  it('is as good as new once a delivery succeeds', async () => {
    tenant = await createTenant(app);
    const [path, watcher] = [newPath(), newPath()];
    const endpoint = await createEndpoint(tenant, receiver.atWithStatuses(path, 500));
    await watch(watcher);
    const { id } = await sendTest(tenant, endpoint);
    await afterAttempt(id, 1);
    await failedFor(endpoint, 2 * DAY);
    await makeDue(id);
    await receiver.events(watcher);
    expect(await read(endpoint)).toMatchObject({ failingSince: expect.any(String) });
    receiver.at(path);
    await makeDue(id);
    await eventually(async () => (await readDelivery(tenant, id)).status === 'delivered');
    expect(await read(endpoint)).toMatchObject({
      failureCount: 0,
      failingSince: null,
      disablesAt: null,
      pausedUntil: null,
    });
  });

  it('is left alone after ten failures in a row, what it is owed put off, until a test is sent', async () => {
    tenant = await createTenant(app);
    const path = newPath();
    const endpoint = await createEndpoint(tenant, receiver.atWithStatuses(path, 500));
    const first = await sendTest(tenant, endpoint);
    await afterAttempt(first.id, 1);
    for (let each = 0; each < 5; each += 1) await publishEvent(app, tenant);
    // Each has failed, and none is being sent: then they wait for less than the pause will last.
    await eventually(async () => {
      const rows = await app.sql(
        `UPDATE deliveries SET next_attempt_at = now() + interval '25 s'
          WHERE endpoint_id = $1 AND 0 = (
            SELECT count(*) FROM deliveries WHERE endpoint_id = $1 AND (attempts = 0 OR lease_token IS NOT NULL))
        RETURNING 1`,
        [endpoint.id],
      );
      return rows.length === 6;
    });
    await app.sql('UPDATE webhook_endpoints SET failures = 9 WHERE id = $1', [endpoint.id]);
    await makeDue(first.id);
    const paused = await eventually(async () => {
      const state = await read(endpoint);
      return state.pausedUntil !== null && state;
    });
    // Published meanwhile, it waits for the end of the pause without being looked at.
    await publishEvent(app, tenant);
    const due = (await deliveriesTo(endpoint)).map(({ nextAttemptAt }) => Date.parse(nextAttemptAt));
    expect(due).toHaveLength(7);
    expect(Math.min(...due)).toBeGreaterThanOrEqual(Date.parse(paused.pausedUntil));
    const before = receiver.count(path);
    receiver.at(path);
    const probe = await sendTest(tenant, endpoint);
    expect(await afterAttempt(probe.id, 1)).toMatchObject({ status: 'delivered' });
    const [sent] = (await receiver.events(path, before + 1)).slice(before);
    expect(sent!.event.type).toBe('endpoint.test');
    expect(await read(endpoint)).toMatchObject({ pausedUntil: null, failureCount: 0 });
  });

  it('takes no more than four places, and leaves the others of its tenant and everybody else alone', async () => {
    tenant = await createTenant(app);
    const path = newPath();
    const { url, release } = receiver.atHolding(path);
    const stuck = await createEndpoint(tenant, url);
    await Promise.all(Array.from({ length: 30 }, () => sendTest(tenant, stuck)));
    await receiver.events(path, 4);
    const free = newPath();
    const other = await createEndpoint(tenant, receiver.at(free));
    const sent = await Promise.all(Array.from({ length: 5 }, () => sendTest(tenant, other)));
    await receiver.events(free, 5);
    await Promise.all(sent.map(({ id }) => afterAttempt(id, 1)));
    expect(receiver.count(path)).toBe(4);
    release();
    await eventually(async () => (await deliveriesTo(stuck)).every(({ status }) => status === 'delivered'));
    expect(receiver.count(path)).toBe(30);
  });
});

describe('metrics', () => {
  // What the database is asked for is some moments old.
  const arePaused = (count: number) =>
    eventually(async () => (await readMetric(app, 'countersign_webhook_paused_endpoints')) === count);

  it('count attempts by outcome, and endpoints that are disabled or paused', async () => {
    tenant = await createTenant(app);
    const endpoint = await createEndpoint(tenant, receiver.atWithStatuses(newPath(), 410));
    const { id } = await sendTest(tenant, endpoint);
    await afterAttempt(id, 1);
    const text = (await app.anonymous.get<string>('/metrics')).body;
    expect(text).toMatch(/countersign_webhook_attempts_total\{outcome="http_4xx"\} [1-9]/);
    expect(text).toMatch(/countersign_webhook_attempt_duration_seconds_count [1-9]/);
    expect(text).toMatch(/countersign_webhook_endpoints_disabled_total\{reason="gone"\} [1-9]/);
    await app.sql('UPDATE webhook_endpoints SET paused_until = NULL');
    await arePaused(0);
    const failing = await createEndpoint(tenant, receiver.atWithStatuses(newPath(), 500));
    await app.sql('UPDATE webhook_endpoints SET failures = 9 WHERE id = $1', [failing.id]);
    await sendTest(tenant, failing);
    await eventually(async () => (await read(failing)).pausedUntil !== null);
    await arePaused(1);
  });
});
