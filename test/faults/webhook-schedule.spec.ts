import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestApp, type TestApp } from '../support/app.js';
import type { Any } from '../support/client.js';
import { createTenant, expectStatus, type TestTenant } from '../support/factories.js';
import { expectInvariants } from '../support/invariants.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import {
  attempted,
  createEndpoint,
  deliveriesTo,
  failedFor,
  makeDue,
  publishEvent,
  readEndpoint,
  watchEndpoints,
} from '../support/webhooks.js';

/** Least seconds between one attempt and the next. */
const STEPS = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
const DAY = 24 * 60 * 60;

let app: TestApp;
let receiver: WebhookReceiver;
let tenant: TestTenant;

beforeAll(async () => {
  [app, receiver] = await Promise.all([startTestApp(), WebhookReceiver.start()]);
  tenant = await createTenant(app);
});
afterEach(() => expectInvariants(app));
afterAll(async () => {
  await app?.stop();
  await receiver?.close();
});

describe('row 23: an endpoint that only fails', () => {
  it('row 23: is tried for 75 hours at least, warned of, disabled after five days, and goes on where it stopped', async () => {
    const [path, watcher] = ['/failing', '/watcher'];
    const endpoint = await createEndpoint(tenant, receiver.atWithStatuses(path, 500));
    await watchEndpoints(tenant, receiver.at(watcher));
    await publishEvent(app, tenant);
    const [{ id }] = await eventually(async () => {
      const items = await deliveriesTo(tenant, endpoint);
      return items.length > 0 && items;
    });
    let elapsed = 0;
    for (const [index, step] of STEPS.entries()) {
      const delivery = await attempted(tenant, id, index + 1);
      // The shortest step may be over by now.
      const next = delivery.attempts[index + 1]?.startedAt ?? delivery.nextAttemptAt;
      const wait = (Date.parse(next) - Date.parse(delivery.attempts[index].startedAt)) / 1000;
      expect(wait).toBeGreaterThanOrEqual(step);
      // And what a busy machine takes for the attempt.
      expect(wait).toBeLessThanOrEqual(step * 1.4 + 60);
      elapsed += step;
      await failedFor(app, endpoint, elapsed);
      if (delivery.attemptCount === index + 1) await makeDue(app, id);
    }
    expect(await attempted(tenant, id, 10)).toMatchObject({ status: 'failed', nextAttemptAt: null });
    const warnings = await receiver.events(watcher, 2);
    const failing = await readEndpoint(tenant, endpoint);
    expect(failing).toMatchObject({ status: 'enabled', failureCount: 10, pausedUntil: expect.any(String) });
    expect(Date.parse(failing.disablesAt) - Date.parse(failing.failingSince)).toBe(5 * DAY * 1000);
    expect(warnings.map(({ event }) => [event.type, event.data])).toEqual([
      [
        'endpoint.failing',
        expect.objectContaining({ endpointId: endpoint.id, reason: 'failing', failures: 8 }),
      ],
      ['endpoint.failing', expect.objectContaining({ failures: 10, disablesAt: failing.disablesAt })],
    ]);

    await failedFor(app, endpoint, 5 * DAY);
    await publishEvent(app, tenant);
    const [, , told] = await receiver.events(watcher, 3);
    expect(told!.event).toMatchObject({
      type: 'endpoint.disabled',
      data: { endpointId: endpoint.id, reason: 'failing', failures: 11, disablesAt: null },
    });
    const disabled = await readEndpoint(tenant, endpoint);
    expect(disabled).toMatchObject({ status: 'disabled', disabledReason: 'failing', disablesAt: null });
    const filter = `objectId=${endpoint.id}&action=endpoint.disabled`;
    expect((await tenant.key.get(`/v1/audit-entries?${filter}`)).body.items).toMatchObject([
      { actor: { type: 'system' }, object: { type: 'webhook_endpoint', id: endpoint.id } },
    ]);
    await publishEvent(app, tenant);

    const before = receiver.count(path);
    receiver.at(path);
    expectStatus(await tenant.key.patch(`/v1/webhook-endpoints/${endpoint.id}`, { status: 'enabled' }), 200);
    const sent = (await receiver.events(path, before + 3)).slice(before);
    const { items } = (await tenant.key.get('/v1/events?type=policy.published')).body;
    expect(new Set(sent.map(({ headers }) => headers['webhook-id']))).toEqual(
      new Set(items.map((event: Any) => event.id)),
    );
    await eventually(async () =>
      (await deliveriesTo(tenant, endpoint)).every(({ status }) => status === 'delivered'),
    );
    expect(await readEndpoint(tenant, endpoint)).toMatchObject({
      failingSince: null,
      failureCount: 0,
      replayFrom: null,
    });
  }, 90_000);
});
