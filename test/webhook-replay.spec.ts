import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import type { Any } from './support/client.js';
import { createTenant, expectStatus, type TestTenant } from './support/factories.js';
import { WebhookReceiver } from './support/webhook-receiver.js';
import { changeEndpoint, createEndpoint, publishEvent, publishedIds, settled } from './support/webhooks.js';

let app: TestApp;
let receiver: WebhookReceiver;

beforeAll(async () => {
  [app, receiver] = await Promise.all([startTestApp(), WebhookReceiver.start()]);
});
afterAll(async () => {
  await app?.stop();
  await receiver?.close();
});

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
const HOUR = 60 * 60;

const call = (tenant: TestTenant, endpoint: Any, what: 'replay' | 'recover', body: object) =>
  tenant.key.post(`/v1/webhook-endpoints/${endpoint.id}/${what}`, body);

/** Something that happened long ago, of which nobody was told. */
const pastEvents = (tenant: TestTenant, count: number, age: string) =>
  app.sql(
    `INSERT INTO events (tenant_id, id, name, payload, created_at)
     SELECT $1, uuid_v7(), 'policy.published', '{"policyId": "x"}', now() - $3::interval + n * interval '1 ms'
       FROM generate_series(1, $2::int) n`,
    [tenant.id, count, age],
  );

describe('replaying a time range', () => {
  it('sends what was delivered, what failed and what was never owed, under the same ids', async () => {
    const tenant = await createTenant(app);
    await publishEvent(app, tenant);
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.at(path));
    await publishEvent(app, tenant);
    await settled(app, endpoint);
    const answer = await call(tenant, endpoint, 'replay', { from: ago(HOUR) });
    expect([answer.status, answer.body]).toEqual([202, { deliveries: 2, next: null }]);
    await settled(app, endpoint);
    const [before, after] = await publishedIds(app, tenant);
    expect((await receiver.ids(path, 3)).toSorted()).toEqual([before, after, after].map(String).toSorted());
    const filter = `objectId=${endpoint.id}&action=webhook_endpoint.replayed`;
    const { items } = (await tenant.key.get(`/v1/audit-entries?${filter}`)).body;
    expect(items).toMatchObject([
      { details: { which: 'any', to: null, types: ['policy.published'], count: 2 } },
    ]);
  });

  it('keeps to the range and to the types', async () => {
    const tenant = await createTenant(app);
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.at(path));
    await pastEvents(tenant, 1, '20 hours');
    await pastEvents(tenant, 1, '10 hours');
    const body = { from: ago(11 * HOUR), to: ago(9 * HOUR), types: ['policy.published'] };
    expect((await call(tenant, endpoint, 'replay', body)).body).toEqual({ deliveries: 1, next: null });
    const [, second] = await publishedIds(app, tenant);
    expect(await receiver.ids(path, 1)).toEqual([second]);
  });

  it('says where to go on when there is more', async () => {
    const tenant = await createTenant(app);
    const endpoint = await createEndpoint(tenant, receiver.atWithStatuses(receiver.newPath(), 204));
    await pastEvents(tenant, 1003, '2 hours');
    const { body: first } = await call(tenant, endpoint, 'replay', { from: ago(3 * HOUR) });
    expect(first).toEqual({ deliveries: 1000, next: expect.any(String) });
    const { body: second } = await call(tenant, endpoint, 'replay', { from: first.next, to: ago(0) });
    expect(second.next).toBeNull();
    const rows = await app.sql(
      'SELECT event_id FROM deliveries WHERE endpoint_id = $1 GROUP BY event_id HAVING count(*) = 1',
      [endpoint.id],
    );
    expect(rows).toHaveLength(1003);
  });

  it('begins with one event after a pause, and the others follow', async () => {
    const tenant = await createTenant(app);
    const endpoint = await createEndpoint(tenant, receiver.at(receiver.newPath()));
    await pastEvents(tenant, 10, '2 hours');
    await app.sql(`UPDATE webhook_endpoints SET paused_until = now() + interval '1 h' WHERE id = $1`, [
      endpoint.id,
    ]);
    expect((await call(tenant, endpoint, 'replay', { from: ago(3 * HOUR) })).body.deliveries).toBe(10);
    const rows = await app.sql<{ seconds: number }>(
      `SELECT extract(epoch FROM d.next_attempt_at - w.paused_until)::double precision AS seconds
         FROM deliveries d JOIN webhook_endpoints w ON w.id = d.endpoint_id
         JOIN events e ON e.id = d.event_id WHERE w.id = $1 ORDER BY e.created_at`,
      [endpoint.id],
    );
    const [first, ...others] = rows.map(({ seconds }) => seconds);
    // A time that has been through the server has whole milliseconds.
    expect(Math.abs(first!)).toBeLessThan(0.002);
    expect(others).toEqual(others.toSorted((one, two) => one - two));
    expect(Math.min(...others)).toBeGreaterThanOrEqual(4.99);
    expect(Math.max(...others)).toBeLessThanOrEqual(35);
  });

  it('happens once for one idempotency key', async () => {
    const tenant = await createTenant(app);
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.at(path));
    await publishEvent(app, tenant);
    await settled(app, endpoint);
    const once = tenant.key.with({ 'idempotency-key': randomUUID() });
    const body = { from: ago(HOUR) };
    const address = `/v1/webhook-endpoints/${endpoint.id}/replay`;
    expect((await once.post(address, body)).body).toEqual({ deliveries: 1, next: null });
    await settled(app, endpoint);
    expect((await once.post(address, body)).body).toEqual({ deliveries: 1, next: null });
    await settled(app, endpoint);
    expect(receiver.count(path)).toBe(2);
  });

  it('waits until the endpoint has kept up', async () => {
    const tenant = await createTenant(app);
    const endpoint = await createEndpoint(tenant, receiver.at(receiver.newPath()));
    await pastEvents(tenant, 1, '1 hour');
    await app.sql(
      `INSERT INTO deliveries (tenant_id, id, endpoint_id, event_id, next_attempt_at)
       SELECT e.tenant_id, uuid_v7(), $2, e.id, now() + interval '1 hour'
         FROM events e, generate_series(1, 5000) WHERE e.tenant_id = $1`,
      [tenant.id, endpoint.id],
    );
    const answer = await call(tenant, endpoint, 'replay', { from: ago(3 * HOUR) });
    expect(answer.body).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it.each([
    ['further back than 30 days', { from: ago(31 * 24 * HOUR) }, '/from'],
    ['an empty range', { from: ago(HOUR), to: ago(2 * HOUR) }, '/to'],
    ['an event it does not hear of', { from: ago(HOUR), types: ['session.created'] }, '/types/0'],
    ['no time', {}, '/from'],
  ])('refuses %s', async (_, body, path) => {
    const tenant = await createTenant(app);
    const endpoint = await createEndpoint(tenant, receiver.at(receiver.newPath()));
    const answer = await call(tenant, endpoint, 'replay', body);
    expect(answer.body).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ path }] });
  });
});

describe('recovering what has failed since a time', () => {
  it('begins its schedule anew, and leaves what was delivered alone', async () => {
    const tenant = await createTenant(app);
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.at(path));
    await publishEvent(app, tenant);
    await settled(app, endpoint);
    receiver.atWithStatuses(path, 500, 500, 204);
    await publishEvent(app, tenant);
    await receiver.events(path, 2);
    // As if this had been the last attempt of its schedule.
    const [row] = await eventually(async () => {
      const rows = await app.sql<{ id: string }>(
        `UPDATE deliveries SET status = 'failed', attempts = 10, next_attempt_at = NULL, finished_at = now()
          WHERE endpoint_id = $1 AND status = 'pending' AND attempts = 1 AND lease_token IS NULL RETURNING id`,
        [endpoint.id],
      );
      return rows.length === 1 && rows;
    });
    const answer = await call(tenant, endpoint, 'recover', { since: ago(HOUR) });
    expect([answer.status, answer.body]).toEqual([202, { deliveries: 1, next: null }]);
    await receiver.events(path, 3);
    const read = async () => expectStatus(await tenant.key.get(`/v1/deliveries/${row!.id}`), 200);
    const again = await eventually(async () => {
      const delivery = await read();
      return delivery.attemptCount === 11 && delivery;
    });
    expect(again).toMatchObject({ status: 'pending', nextAttemptAt: expect.any(String) });
    await app.sql('UPDATE deliveries SET next_attempt_at = now() WHERE id = $1', [row!.id]);
    await settled(app, endpoint);
    expect(await read()).toMatchObject({ status: 'delivered', attemptCount: 12 });
    expect((await call(tenant, endpoint, 'recover', { since: ago(HOUR) })).body.deliveries).toBe(0);
    expect(receiver.count(path)).toBe(4);
  });

  it('keeps nobody waiting who changes or publishes something meanwhile', async () => {
    const tenant = await createTenant(app);
    const endpoint = await createEndpoint(tenant, receiver.at(receiver.newPath()));
    const other = new pg.Client({ connectionString: app.database.adminUrl });
    await other.connect();
    try {
      // As somebody does who publishes an event.
      await other.query('BEGIN');
      await other.query('SELECT 1 FROM webhook_endpoints WHERE id = $1 FOR SHARE', [endpoint.id]);
      const answer = await call(tenant, endpoint, 'recover', { since: ago(HOUR) });
      expect([answer.status, answer.body]).toEqual([202, { deliveries: 0, next: null }]);
    } finally {
      await other.end();
    }
  });

  it('says where to go on when there is more, and goes on there', async () => {
    const tenant = await createTenant(app);
    const endpoint = await createEndpoint(tenant, receiver.atWithStatuses(receiver.newPath(), 204));
    await pastEvents(tenant, 1003, '2 hours');
    await app.sql(
      `INSERT INTO deliveries (tenant_id, id, endpoint_id, event_id, status, attempts, finished_at)
       SELECT tenant_id, uuid_v7(), $2, id, CASE WHEN random() < 0.5 THEN 'failed' ELSE 'cancelled' END, 10, now()
         FROM events WHERE tenant_id = $1 AND name = 'policy.published'`,
      [tenant.id, endpoint.id],
    );
    const { body: first } = await call(tenant, endpoint, 'recover', { since: ago(3 * HOUR) });
    expect(first).toEqual({ deliveries: 1000, next: expect.any(String) });
    const oldest = await app.sql(
      `SELECT 1 FROM deliveries d JOIN events e ON e.id = d.event_id
        WHERE d.endpoint_id = $1 AND d.status IN ('failed', 'cancelled') AND e.created_at < $2`,
      [endpoint.id, first.next],
    );
    expect(oldest).toEqual([]);
    const { body: second } = await call(tenant, endpoint, 'recover', { since: first.next });
    expect(second).toEqual({ deliveries: 3, next: null });
    const left = await app.sql(
      `SELECT 1 FROM deliveries WHERE endpoint_id = $1 AND status IN ('failed', 'cancelled')`,
      [endpoint.id],
    );
    expect(left).toEqual([]);
  });

  it('is nothing for an endpoint that is disabled', async () => {
    const tenant = await createTenant(app);
    const endpoint = await createEndpoint(tenant, receiver.at(receiver.newPath()));
    await changeEndpoint(tenant, endpoint, { status: 'disabled' });
    for (const [what, body] of [
      ['recover', { since: ago(HOUR) }],
      ['replay', { from: ago(HOUR) }],
    ] as const) {
      expect((await call(tenant, endpoint, what, body)).body.code).toBe('conflict');
    }
  });
});
