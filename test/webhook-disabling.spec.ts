import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { EntityManager } from 'typeorm';
import { Events } from '../src/audit/events.service.js';
import { SYSTEM } from '../src/http/caller.js';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import type { Any } from './support/client.js';
import { createTenant, expectStatus, type TestTenant } from './support/factories.js';
import { WebhookReceiver } from './support/webhook-receiver.js';
import {
  attempted,
  changeEndpoint,
  createEndpoint,
  publishEvent,
  publishedIds,
  putOff,
  readDelivery,
  readEndpoint,
  sendTest,
  settled,
} from './support/webhooks.js';

let app: TestApp;
let receiver: WebhookReceiver;

beforeAll(async () => {
  [app, receiver] = await Promise.all([startTestApp(), WebhookReceiver.start()]);
});
afterAll(async () => {
  await app?.stop();
  await receiver?.close();
});

/** A connection without limits on waiting, which a busy machine would reach. */
async function connect(): Promise<pg.Client & { processId: number }> {
  const client = new pg.Client({ connectionString: app.database.adminUrl });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return Object.assign(client, { processId: rows[0]!.pid });
}

/** Publishes an event in a transaction of this connection. */
async function publishThrough(client: pg.Client, tenant: TestTenant): Promise<void> {
  const query = async (sql: string, values: unknown[]) => (await client.query(sql, values)).rows;
  const policyId = randomUUID();
  await client.query('BEGIN');
  await app.server.app
    .get(Events)
    .publish({ query } as unknown as EntityManager, tenant.id, 'policy.published', {
      actor: SYSTEM,
      object: { type: 'policy', id: policyId },
      data: { policyId, slug: 'identity', version: 1 },
    });
  await client.query('COMMIT');
}

describe('an endpoint that takes nothing any more', () => {
  it('disables an endpoint that is gone and cancels what it was owed', async () => {
    const tenant = await createTenant(app);
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.atWithStatuses(path, 500, 410));
    const waiting = await sendTest(tenant, endpoint);
    await attempted(tenant, waiting.id);
    await putOff(app, waiting.id);
    const last = await sendTest(tenant, endpoint);
    expect(await attempted(tenant, last.id)).toMatchObject({
      status: 'failed',
      attempts: [{ statusCode: 410 }],
    });
    expect(await readDelivery(tenant, waiting.id)).toMatchObject({
      status: 'cancelled',
      nextAttemptAt: null,
    });
    expect((await tenant.key.get(`/v1/webhook-endpoints/${endpoint.id}`)).body).toMatchObject({
      status: 'disabled',
      disabledReason: 'gone',
      disabledAt: expect.any(String),
      version: 2,
    });
    const filter = `action=endpoint.disabled&objectId=${endpoint.id}`;
    expect((await tenant.key.get(`/v1/audit-entries?${filter}`)).body.items).toMatchObject([
      { actor: { type: 'system', id: null } },
    ]);
    for (const action of [`deliveries/${last.id}/retry`, `webhook-endpoints/${endpoint.id}/test`]) {
      expect((await tenant.key.post(`/v1/${action}`)).body.code).toBe('conflict');
    }
    const enabled = await tenant.key.patch(`/v1/webhook-endpoints/${endpoint.id}`, { status: 'enabled' });
    expect(enabled.body).toMatchObject({ status: 'enabled', disabledReason: null, disabledAt: null });
    // A test isn't among what the endpoint hears of.
    expect((await tenant.key.post(`/v1/deliveries/${waiting.id}/retry`)).body.code).toBe('conflict');
  });

  it.each(['disabled', 'deleted'])('sends nothing to an endpoint that is %s meanwhile', async (what) => {
    const tenant = await createTenant(app);
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.atWithStatuses(path, 500));
    const { id } = await sendTest(tenant, endpoint);
    await attempted(tenant, id);
    await putOff(app, id);
    const address = `/v1/webhook-endpoints/${endpoint.id}`;
    if (what === 'disabled') expectStatus(await tenant.key.patch(address, { status: 'disabled' }), 200);
    else expectStatus(await tenant.key.delete(address), 204);
    expect(await readDelivery(tenant, id)).toMatchObject({
      status: 'cancelled',
      nextAttemptAt: null,
      attemptCount: 1,
    });
    // As if the event had been published while the endpoint was being changed.
    await app.sql(
      `UPDATE deliveries SET status = 'pending', finished_at = NULL, next_attempt_at = now() WHERE id = $1`,
      [id],
    );
    await eventually(async () => (await readDelivery(tenant, id)).status === 'cancelled');
    expect(receiver.count(path)).toBe(1);
  });
});

describe('an endpoint that is enabled again', () => {
  it('gets what it has missed, under the same ids, and nothing twice', async () => {
    const tenant = await createTenant(app);
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.at(path));
    await publishEvent(app, tenant);
    await settled(app, endpoint);
    receiver.atWithStatuses(path, 500);
    await publishEvent(app, tenant);
    await eventually(async () => {
      const { body } = await tenant.key.get(`/v1/webhook-endpoints/${endpoint.id}`);
      return body.failureCount === 1;
    });
    const disabled = await changeEndpoint(tenant, endpoint, { status: 'disabled' });
    expect(disabled).toMatchObject({ disabledReason: 'by_hand', disabledAt: expect.any(String) });
    await publishEvent(app, tenant);
    const [, failed, missed] = await publishedIds(app, tenant);
    expect(Date.parse(disabled.replayFrom)).toBeLessThanOrEqual(Date.parse(disabled.disabledAt));
    receiver.at(path);
    const enabled = await changeEndpoint(tenant, endpoint, { status: 'enabled' });
    expect(enabled).toMatchObject({
      disabledAt: null,
      failingSince: null,
      failureCount: 0,
      replayFrom: null,
    });
    expect((await receiver.ids(path, 4)).slice(2).toSorted()).toEqual(
      [failed, missed].map(String).toSorted(),
    );
    await settled(app, endpoint);
    expect(receiver.count(path)).toBe(4);
    const { items } = (await tenant.key.get(`/v1/audit-entries?objectId=${endpoint.id}`)).body;
    expect(items[0].details).toEqual({ changed: ['status'], status: 'enabled', replayed: 2 });
  });

  it('gets less when it asks for less', async () => {
    const tenant = await createTenant(app);
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.at(path));
    await changeEndpoint(tenant, endpoint, { status: 'disabled' });
    await publishEvent(app, tenant);
    const since = new Date(Date.now() + 60 * 60_000).toISOString();
    expect(await changeEndpoint(tenant, endpoint, { status: 'enabled', replaySince: since })).toMatchObject({
      status: 'enabled',
      replayFrom: null,
    });
    await publishEvent(app, tenant);
    const [, later] = await publishedIds(app, tenant);
    expect(await receiver.ids(path, 1)).toEqual([later]);
  });

  it('is not asked to replay when it is enabled already', async () => {
    const tenant = await createTenant(app);
    const endpoint = await createEndpoint(tenant, receiver.at(receiver.newPath()));
    const refused = await tenant.key.patch(`/v1/webhook-endpoints/${endpoint.id}`, {
      status: 'enabled',
      description: 'changed',
      replaySince: new Date(Date.now() - 60 * 60_000).toISOString(),
    });
    expect(refused.body).toMatchObject({
      status: 409,
      code: 'conflict',
      detail: expect.stringContaining(`POST /v1/webhook-endpoints/${endpoint.id}/replay`),
    });
    expect(await readEndpoint(tenant, endpoint)).toMatchObject({ version: 1, description: '' });
    const { items } = (await tenant.key.get(`/v1/audit-entries?objectId=${endpoint.id}`)).body;
    expect(items.map(({ action }: Any) => action)).toEqual(['webhook_endpoint.created']);
  });

  it('misses no event that is published while it is enabled', async () => {
    const tenant = await createTenant(app);
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.at(path));
    for (let round = 0; round < 5; round += 1) {
      await changeEndpoint(tenant, endpoint, { status: 'disabled' });
      await Promise.all([
        ...Array.from({ length: 4 }, () => publishEvent(app, tenant)),
        changeEndpoint(tenant, endpoint, { status: 'enabled' }),
        ...Array.from({ length: 4 }, () => publishEvent(app, tenant)),
      ]);
    }
    const expected = await publishedIds(app, tenant);
    expect(expected).toHaveLength(40);
    await eventually(async () => new Set(await receiver.ids(path, 40)).size === 40);
    await settled(app, endpoint);
    expect(new Set(await receiver.ids(path, 40))).toEqual(new Set(expected));
  });
});

describe('an event whose transaction began before its endpoint was disabled', () => {
  it.each<[string, number, (tenant: TestTenant, endpoint: Any) => Promise<unknown>]>([
    ['by hand', 204, (tenant, endpoint) => changeEndpoint(tenant, endpoint, { status: 'disabled' })],
    ['by the server', 410, (tenant, endpoint) => sendTest(tenant, endpoint)],
  ])('is sent when it was disabled %s and is enabled again', async (_, answer, disable) => {
    const tenant = await createTenant(app);
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.atWithStatuses(path, answer));
    await publishEvent(app, tenant, async () => {
      await disable(tenant, endpoint);
      await eventually(async () => (await readEndpoint(tenant, endpoint)).status === 'disabled');
    });
    expect(
      await app.sql('SELECT 1 FROM deliveries WHERE tenant_id = $1 AND status = $2', [tenant.id, 'pending']),
    ).toEqual([]);
    const before = receiver.count(path);
    receiver.at(path);
    await changeEndpoint(tenant, endpoint, { status: 'enabled' });
    const [missed] = await publishedIds(app, tenant);
    expect((await receiver.ids(path, before + 1)).slice(before)).toEqual([missed]);
    await settled(app, endpoint);
    expect(receiver.count(path)).toBe(before + 1);
  });

  it('is sent when it waited for another endpoint meanwhile', async () => {
    const tenant = await createTenant(app);
    const path = receiver.newPath();
    // Endpoints are locked in the order of their ids: the event waits at the first for leave to look at the second.
    const first = await createEndpoint(tenant, receiver.at(receiver.newPath()));
    const second = await createEndpoint(tenant, receiver.at(path));
    const [blocker, publisher] = await Promise.all([connect(), connect()]);
    try {
      await blocker.query('BEGIN');
      await blocker.query('SELECT 1 FROM webhook_endpoints WHERE id = $1 FOR UPDATE', [first.id]);
      const published = publishThrough(publisher, tenant);
      await eventually(async () => {
        const [{ waiting } = { waiting: false }] = await app.sql<{ waiting: boolean }>(
          'SELECT cardinality(pg_blocking_pids($1)) > 0 AS waiting',
          [publisher.processId],
        );
        return waiting;
      });
      await changeEndpoint(tenant, second, { status: 'disabled' });
      await blocker.query('ROLLBACK');
      await published;
    } finally {
      await Promise.all([blocker.end(), publisher.end()]);
    }
    await changeEndpoint(tenant, second, { status: 'enabled' });
    expect(await receiver.ids(path, 1)).toEqual(await publishedIds(app, tenant));
  });
});
