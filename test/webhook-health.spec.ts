import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import { createTenant, type TestTenant } from './support/factories.js';
import { readMetric } from './support/metric.js';
import { WebhookReceiver } from './support/webhook-receiver.js';
import {
  attempted,
  createEndpoint,
  deliveriesTo,
  failedFor,
  makeDue,
  publishEvent,
  readDelivery,
  readEndpoint,
  sendTest,
  watchEndpoints,
} from './support/webhooks.js';

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

describe('an endpoint that only fails', () => {
  it('is as good as new once a delivery succeeds', async () => {
    tenant = await createTenant(app);
    const [path, watcher] = [receiver.newPath(), receiver.newPath()];
    const endpoint = await createEndpoint(tenant, receiver.atWithStatuses(path, 500));
    await watchEndpoints(tenant, receiver.at(watcher));
    const { id } = await sendTest(tenant, endpoint);
    await attempted(tenant, id, 1);
    await failedFor(app, endpoint, 2 * DAY);
    await makeDue(app, id);
    await receiver.events(watcher);
    expect(await readEndpoint(tenant, endpoint)).toMatchObject({ failingSince: expect.any(String) });
    receiver.at(path);
    await makeDue(app, id);
    await eventually(async () => (await readDelivery(tenant, id)).status === 'delivered');
    expect(await readEndpoint(tenant, endpoint)).toMatchObject({
      failureCount: 0,
      failingSince: null,
      disablesAt: null,
      pausedUntil: null,
    });
  });

  it('is left alone after ten failures in a row, what it is owed put off, until a test is sent', async () => {
    tenant = await createTenant(app);
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.atWithStatuses(path, 500));
    const first = await sendTest(tenant, endpoint);
    await attempted(tenant, first.id, 1);
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
    await makeDue(app, first.id);
    const paused = await eventually(async () => {
      const state = await readEndpoint(tenant, endpoint);
      return state.pausedUntil !== null && state;
    });
    // Published meanwhile, it waits for the end of the pause without being looked at.
    await publishEvent(app, tenant);
    const due = (await deliveriesTo(tenant, endpoint)).map(({ nextAttemptAt }) => Date.parse(nextAttemptAt));
    expect(due).toHaveLength(7);
    expect(Math.min(...due)).toBeGreaterThanOrEqual(Date.parse(paused.pausedUntil));
    const before = receiver.count(path);
    receiver.at(path);
    const probe = await sendTest(tenant, endpoint);
    expect(await attempted(tenant, probe.id, 1)).toMatchObject({ status: 'delivered' });
    const [sent] = (await receiver.events(path, before + 1)).slice(before);
    expect(sent!.event.type).toBe('endpoint.test');
    expect(await readEndpoint(tenant, endpoint)).toMatchObject({ pausedUntil: null, failureCount: 0 });
  });

  it('is tried with one event after a pause in which several happened, and with the others later', async () => {
    tenant = await createTenant(app);
    const endpoint = await createEndpoint(tenant, receiver.at(receiver.newPath()));
    await app.sql(`UPDATE webhook_endpoints SET paused_until = now() + interval '1 h' WHERE id = $1`, [
      endpoint.id,
    ]);
    for (let each = 0; each < 5; each += 1) await publishEvent(app, tenant);
    const { pausedUntil } = await readEndpoint(tenant, endpoint);
    const [first, ...others] = (await deliveriesTo(tenant, endpoint))
      .map(({ nextAttemptAt }) => (Date.parse(nextAttemptAt) - Date.parse(pausedUntil)) / 1000)
      .toSorted((one, two) => one - two);
    expect(first).toBe(0);
    // Times are given in whole milliseconds.
    expect(Math.min(...others)).toBeGreaterThanOrEqual(4.99);
    expect(Math.max(...others)).toBeLessThanOrEqual(35.01);
    expect(new Set(others).size).toBeGreaterThan(1);
  });

  it('takes no more than four places, and leaves the others of its tenant and everybody else alone', async () => {
    tenant = await createTenant(app);
    const path = receiver.newPath();
    const { url, release } = receiver.atHolding(path);
    const stuck = await createEndpoint(tenant, url);
    await Promise.all(Array.from({ length: 30 }, () => sendTest(tenant, stuck)));
    await receiver.events(path, 4);
    const free = receiver.newPath();
    const other = await createEndpoint(tenant, receiver.at(free));
    const sent = await Promise.all(Array.from({ length: 5 }, () => sendTest(tenant, other)));
    await receiver.events(free, 5);
    await Promise.all(sent.map(({ id }) => attempted(tenant, id, 1)));
    expect(receiver.count(path)).toBe(4);
    release();
    await eventually(async () =>
      (await deliveriesTo(tenant, stuck)).every(({ status }) => status === 'delivered'),
    );
    expect(receiver.count(path)).toBe(30);
  });
});

describe('metrics', () => {
  // What the database is asked for is some moments old.
  const arePaused = (count: number) =>
    eventually(async () => (await readMetric(app, 'countersign_webhook_paused_endpoints')) === count);

  it('count attempts by outcome, and endpoints that are disabled or paused', async () => {
    tenant = await createTenant(app);
    const endpoint = await createEndpoint(tenant, receiver.atWithStatuses(receiver.newPath(), 410));
    const { id } = await sendTest(tenant, endpoint);
    await attempted(tenant, id, 1);
    const text = (await app.anonymous.get<string>('/metrics')).body;
    expect(text).toMatch(/countersign_webhook_attempts_total\{outcome="http_4xx"\} [1-9]/);
    expect(text).toMatch(/countersign_webhook_attempt_duration_seconds_count [1-9]/);
    expect(text).toMatch(/countersign_webhook_endpoints_disabled_total\{reason="gone"\} [1-9]/);
    await app.sql('UPDATE webhook_endpoints SET paused_until = NULL');
    await arePaused(0);
    const failing = await createEndpoint(tenant, receiver.atWithStatuses(receiver.newPath(), 500));
    await app.sql('UPDATE webhook_endpoints SET failures = 9 WHERE id = $1', [failing.id]);
    await sendTest(tenant, failing);
    await eventually(async () => (await readEndpoint(tenant, failing)).pausedUntil !== null);
    await arePaused(1);
  });
});
