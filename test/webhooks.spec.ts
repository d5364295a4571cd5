import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { LeaseLost } from '../src/database/due-work.js';
import { AddressRules } from '../src/webhooks/address-guard.js';
import { DeliveryLog } from '../src/webhooks/delivery-log.js';
import { WebhookClient } from '../src/webhooks/webhook-client.js';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import type { Any } from './support/client.js';
import { createTenant, expectStatus, type TestTenant } from './support/factories.js';
import { WebhookReceiver } from './support/webhook-receiver.js';
import {
  attempted,
  createEndpoint,
  publishEvent,
  putOff,
  readDelivery,
  sendTest,
} from './support/webhooks.js';

let app: TestApp;
let receiver: WebhookReceiver;
let tenant: TestTenant;

beforeAll(async () => {
  // Longer than any test: what is held back isn't given up meanwhile.
  const config = { webhookLimits: { deadlineMs: 40_000 } };
  [app, receiver] = await Promise.all([startTestApp({ config }), WebhookReceiver.start()]);
  tenant = await createTenant(app);
});
afterAll(async () => {
  await app?.stop();
  await receiver?.close();
});

describe('sending webhooks', () => {
  it('sends a signed test event to one endpoint and shows what came of it', async () => {
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.at(path));
    const other = receiver.newPath();
    await createEndpoint(tenant, receiver.at(other));
    const accepted = await sendTest(tenant, endpoint);
    expect(accepted).toMatchObject({
      endpointId: endpoint.id,
      eventType: 'endpoint.test',
      status: 'pending',
    });
    const [request] = await receiver.events(path);
    expect(new Webhook(endpoint.secret).verify(request!.text, request!.headers)).toEqual({
      id: accepted.eventId,
      type: 'endpoint.test',
      timestamp: expect.any(String),
      data: { endpointId: endpoint.id },
    });
    expect(request!.headers).toMatchObject({
      'webhook-id': accepted.eventId,
      'content-type': 'application/json',
      'user-agent': 'Countersign',
    });
    const delivery = await attempted(tenant, accepted.id);
    expect(delivery).toMatchObject({ status: 'delivered', attemptCount: 1, nextAttemptAt: null });
    expect(delivery.attempts).toEqual([
      {
        attempt: 1,
        startedAt: expect.any(String),
        durationMs: expect.any(Number),
        statusCode: 204,
        errorClass: null,
        responseExcerpt: '',
      },
    ]);
    expect(JSON.stringify(delivery.payload)).toBe(request!.text);
    expect(receiver.count(other)).toBe(0);
  });

  it('sends an event to every subscribed endpoint of its tenant, each with its own signature, and to no other', async () => {
    const [own, foreign] = await Promise.all([createTenant(app), createTenant(app)]);
    const hooks = [receiver.newPath(), receiver.newPath()];
    const endpoints: Any[] = [];
    for (const path of hooks) endpoints.push(await createEndpoint(own, receiver.at(path)));
    const deaf = receiver.newPath();
    const body = { url: receiver.at(deaf), events: ['session.completed'] };
    expectStatus(await own.key.post('/v1/webhook-endpoints', body), 201);
    const elsewhere = receiver.newPath();
    await createEndpoint(foreign, receiver.at(elsewhere));

    const policyId = await publishEvent(app, own);
    for (const [index, path] of hooks.entries()) {
      const [request] = await receiver.events(path);
      expect(request!.event.data).toEqual({ policyId, slug: 'identity', version: 1 });
      new Webhook(endpoints[index].secret).verify(request!.text, request!.headers);
    }
    const { items } = expectStatus(await own.key.get('/v1/events?type=policy.published'), 200);
    expect(items).toEqual([(await receiver.events(hooks[0]!))[0]!.event]);
    const { items: deliveries } = expectStatus(
      await own.key.get(`/v1/deliveries?eventId=${items[0].id}`),
      200,
    );
    expect(new Set(deliveries.map(({ endpointId }: Any) => endpointId))).toEqual(
      new Set(endpoints.map(({ id }) => id)),
    );
    expect(deliveries).toHaveLength(endpoints.length);
    expect([receiver.count(deaf), receiver.count(elsewhere)]).toEqual([0, 0]);
    expect((await foreign.key.get('/v1/deliveries')).body.items).toEqual([]);
    expect((await foreign.key.get(`/v1/deliveries/${deliveries[0].id}`)).status).toBe(404);
    expect((await foreign.key.post(`/v1/deliveries/${deliveries[0].id}/retry`)).status).toBe(404);
  });

  it('tries a failed delivery again by the schedule and by hand, with the same id', async () => {
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.atWithStatuses(path, 500, 204));
    const { id } = await sendTest(tenant, endpoint);
    const failed = await attempted(tenant, id);
    expect(failed).toMatchObject({ status: 'pending', attemptCount: 1, finishedAt: null });
    expect(failed.attempts[0]).toMatchObject({ statusCode: 500, errorClass: 'http_5xx' });
    const waitMs = Date.parse(failed.nextAttemptAt) - Date.parse(failed.attempts[0].startedAt);
    expect(waitMs).toBeGreaterThanOrEqual(4000);

    expectStatus(await tenant.key.post(`/v1/deliveries/${id}/retry`), 202);
    expect(await attempted(tenant, id, 2)).toMatchObject({ status: 'delivered', attemptCount: 2 });
    const [first, second] = await receiver.events(path, 2);
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    expect(second!.text).toBe(first!.text);
    const { items } = expectStatus(await tenant.key.get(`/v1/audit-entries?objectId=${id}`), 200);
    expect(items).toMatchObject([{ action: 'delivery.retried', object: { type: 'delivery', id } }]);
  });

  it('sends a delivered one again on request', async () => {
    const path = receiver.newPath();
    const { id } = await sendTest(tenant, await createEndpoint(tenant, receiver.at(path)));
    await attempted(tenant, id);
    expect(expectStatus(await tenant.key.post(`/v1/deliveries/${id}/retry`), 202)).toMatchObject({
      finishedAt: null,
    });
    await receiver.events(path, 2);
    expect(await attempted(tenant, id, 2)).toMatchObject({ status: 'delivered' });
  });

  it('gives up after the last attempt of the schedule, and can still be asked to try once more', async () => {
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.atWithStatuses(path, 503));
    const { id } = await sendTest(tenant, endpoint);
    await attempted(tenant, id);
    await app.sql('UPDATE deliveries SET attempts = 9, next_attempt_at = now() WHERE id = $1', [id]);
    expect(await attempted(tenant, id, 2)).toMatchObject({
      status: 'failed',
      attemptCount: 10,
      nextAttemptAt: null,
    });
    const { items } = expectStatus(
      await tenant.key.get(`/v1/deliveries?status=failed&endpointId=${endpoint.id}`),
      200,
    );
    expect(items.map((item: Any) => item.id)).toEqual([id]);
    receiver.at(path);
    expectStatus(await tenant.key.post(`/v1/deliveries/${id}/retry`), 202);
    expect(await attempted(tenant, id, 3)).toMatchObject({ status: 'delivered', attemptCount: 11 });
  });

  it('keeps its schedule however often somebody asks to send it again', async () => {
    const endpoint = await createEndpoint(tenant, receiver.atWithStatuses(receiver.newPath(), 503));
    const { id } = await sendTest(tenant, endpoint);
    await attempted(tenant, id);
    await app.sql(
      `UPDATE deliveries SET attempts = 3, next_attempt_at = now() + interval '30 min' WHERE id = $1`,
      [id],
    );
    for (let made = 4; made <= 10; made += 1) {
      expectStatus(await tenant.key.post(`/v1/deliveries/${id}/retry`), 202);
      await eventually(async () => (await readDelivery(tenant, id)).attemptCount === made);
      // Left alone, and no pause: the next one is made by hand.
      await app.sql('UPDATE webhook_endpoints SET failures = 1 WHERE id = $1', [endpoint.id]);
    }
    const delivery = await readDelivery(tenant, id);
    expect(delivery.status).toBe('pending');
    const waits = Date.parse(delivery.nextAttemptAt) - Date.parse(delivery.attempts.at(-1).startedAt);
    // As after the third attempt of the schedule.
    expect(waits).toBeGreaterThanOrEqual(30 * 60_000);
    expect(waits).toBeLessThan(2 * 60 * 60_000);
  });

  it.each(['https://10.255.255.1/', 'https://[::1]/', 'http://[::1]/'])(
    'reaches %s not even when it is stored',
    async (url) => {
      const endpoint = await createEndpoint(tenant, receiver.at(receiver.newPath()));
      await app.sql('UPDATE webhook_endpoints SET url = $2 WHERE id = $1', [endpoint.id, url]);
      const { id } = await sendTest(tenant, endpoint);
      expect((await attempted(tenant, id)).attempts[0]).toMatchObject({
        statusCode: null,
        errorClass: 'address_refused',
      });
    },
  );

  it('puts a delivery that it cannot even sign off, and ends it when that goes on', async () => {
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.at(path));
    await app.sql(`UPDATE webhook_endpoints SET secret = '\\x00' WHERE id = $1`, [endpoint.id]);
    const { id } = await sendTest(tenant, endpoint);
    const due = `SELECT 1 FROM deliveries WHERE id = $1 AND next_attempt_at > now() + interval '20 s' AND lease_token IS NULL`;
    await eventually(async () => (await app.sql(due, [id])).length === 1);
    await app.sql('UPDATE deliveries SET work_attempts = 20, next_attempt_at = now() WHERE id = $1', [id]);
    const ended = await eventually(async () => {
      const delivery = await readDelivery(tenant, id);
      return delivery.status === 'failed' && delivery;
    });
    expect(ended).toMatchObject({
      attempts: [],
      parkedReason: expect.stringContaining('failing'),
      nextAttemptAt: null,
    });
    expect(receiver.count(path)).toBe(0);
  });

  it('I3 records nothing for a worker whose lease was taken over', async () => {
    const endpoint = await createEndpoint(tenant, receiver.atWithStatuses(receiver.newPath(), 500));
    const { id } = await sendTest(tenant, endpoint);
    await attempted(tenant, id);
    await putOff(app, id);
    const token = randomUUID();
    const lend = `UPDATE deliveries SET lease_token = $2, lease_until = now() + interval '1 h' WHERE id = $1`;
    await app.sql(lend, [id, token]);
    const log = app.server.app.get(DeliveryLog, { strict: false });
    const lease = { tenantId: tenant.id, id, token, attempts: 1 };
    const outgoing = await log.load(lease);
    const gone = await new WebhookClient(new AddressRules(['127.0.0.0/8'])).post(
      receiver.atWithStatuses(receiver.newPath(), 410),
      {},
      '{}',
    );
    const late = log.record({ ...lease, token: randomUUID() }, outgoing!, gone, false);
    await expect(late).rejects.toThrow(LeaseLost);
    expect(await readDelivery(tenant, id)).toMatchObject({ status: 'pending', attemptCount: 1 });
    expect((await tenant.key.get(`/v1/webhook-endpoints/${endpoint.id}`)).body.status).toBe('enabled');
  });

  it("I6 keeps one tenant's slow receivers from holding up another tenant", async () => {
    const [slow, quick] = await Promise.all([createTenant(app), createTenant(app)]);
    // Four at once to each: more than the sixteen that one tenant may have.
    const hooks = Array.from({ length: 6 }, () => {
      const path = receiver.newPath();
      return { path, ...receiver.atHolding(path) };
    });
    for (const { url } of hooks) {
      const stuck = await createEndpoint(slow, url);
      await Promise.all(Array.from({ length: 8 }, () => sendTest(slow, stuck)));
    }
    const held = () => hooks.reduce((sum, { path }) => sum + receiver.count(path), 0);
    await eventually(async () => held() === 16);
    const free = receiver.newPath();
    await sendTest(quick, await createEndpoint(quick, receiver.at(free)));
    await receiver.events(free);
    expect((await slow.key.get('/v1/deliveries?status=delivered')).body.items).toEqual([]);
    expect(held()).toBe(16);
    for (const { path } of hooks) expect(receiver.count(path)).toBeLessThanOrEqual(4);
    for (const { release } of hooks) release();
  });
});
