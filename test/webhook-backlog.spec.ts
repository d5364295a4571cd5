import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { EntityManager } from 'typeorm';
import { Events } from '../src/audit/events.service.js';
import { TenantDb } from '../src/database/tenant-db.js';
import { SYSTEM } from '../src/http/caller.js';
import { cancelPending } from '../src/webhooks/due-deliveries.js';
import { EndpointTrouble } from '../src/webhooks/endpoint-trouble.js';
import { WebhookEndpoint } from '../src/webhooks/webhook.entity.js';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import { createBareTenant, type BareTenant } from './support/bare-tenant.js';
import type { Any } from './support/client.js';
import { expectStatus } from './support/factories.js';
import { WebhookReceiver } from './support/webhook-receiver.js';
import {
  createEndpoint,
  makeDue,
  publishEvent,
  readDelivery,
  readEndpoint,
  sendTest,
} from './support/webhooks.js';

/** Rows that one statement changes at most. */
const BATCH = 500;
const BACKLOG = 1300;

let app: TestApp;
let receiver: WebhookReceiver;
let tenant: BareTenant;

beforeAll(async () => {
  // Longer than any test: what is held back isn't given up meanwhile.
  const config = { webhookLimits: { deadlineMs: 60_000 } };
  [app, receiver] = await Promise.all([startTestApp({ config }), WebhookReceiver.start()]);
});
afterAll(async () => {
  await app?.stop();
  await receiver?.close();
});

const inTenant = <T>(work: (em: EntityManager) => Promise<T>) =>
  app.server.app.get(TenantDb).run(tenant.id, work);

/** An endpoint that is owed more than one statement changes, in an hour. */
async function withBacklog(): Promise<Any> {
  const endpoint = await createEndpoint(tenant, receiver.at(receiver.newPath()));
  await app.sql(
    `WITH made AS (
       INSERT INTO events (tenant_id, id, name, payload)
       SELECT $1, uuid_v7(), 'policy.published', '{"policyId": "x"}' FROM generate_series(1, $3::int)
       RETURNING id
     )
     INSERT INTO deliveries (tenant_id, id, endpoint_id, event_id, next_attempt_at)
     SELECT $1, uuid_v7(), $2, id, now() + interval '1 h' FROM made`,
    [tenant.id, endpoint.id, BACKLOG],
  );
  return endpoint;
}

const countOf = async (em: EntityManager, endpoint: Any, condition: string) => {
  const [row] = await em.query<{ count: number }[]>(
    `SELECT count(*)::int FROM deliveries WHERE endpoint_id = $1 AND ${condition}`,
    [endpoint.id],
  );
  return row!.count;
};

const total = async (endpoint: Any, condition: string) => {
  const sql = `SELECT count(*)::int FROM deliveries WHERE endpoint_id = $1 AND ${condition}`;
  return (await app.sql<{ count: number }>(sql, [endpoint.id]))[0]!.count;
};

const rowOf = (em: EntityManager, endpoint: Any) =>
  em.findOneByOrFail(WebhookEndpoint, { tenantId: tenant.id, id: endpoint.id });

describe('a long backlog of an endpoint', () => {
  beforeAll(async () => {
    tenant = await createBareTenant(app);
  });

  it.each(['disabled', 'deleted'])('is cancelled in the end when it is %s', async (what) => {
    const endpoint = await withBacklog();
    const address = `/v1/webhook-endpoints/${endpoint.id}`;
    if (what === 'disabled') expectStatus(await tenant.key.patch(address, { status: 'disabled' }), 200);
    else expectStatus(await tenant.key.delete(address), 204);
    await eventually(async () => (await total(endpoint, `status = 'cancelled'`)) === BACKLOG);
    expect(await total(endpoint, 'next_attempt_at IS NOT NULL OR attempts > 0')).toBe(0);
  });

  it('is cancelled a bounded number at once', async () => {
    const endpoint = await withBacklog();
    await app.sql(`UPDATE webhook_endpoints SET status = 'disabled' WHERE id = $1`, [endpoint.id]);
    const cancelled = await inTenant(async (em) => {
      await cancelPending(em, tenant.id, endpoint.id);
      return countOf(em, endpoint, `status = 'cancelled'`);
    });
    expect(cancelled).toBe(BATCH);
    await eventually(async () => (await total(endpoint, `status = 'cancelled'`)) === BACKLOG);
  });

  it('is put off a bounded number at once when a pause begins, and as a whole in the end', async () => {
    const endpoint = await withBacklog();
    await app.sql(
      'UPDATE webhook_endpoints SET failures = 20, failing_since = now(), pauses = 9 WHERE id = $1',
      [endpoint.id],
    );
    const putOff = await inTenant(async (em) => {
      await em.query('UPDATE deliveries SET next_attempt_at = now() WHERE endpoint_id = $1', [endpoint.id]);
      await app.server.app
        .get(EndpointTrouble, { strict: false })
        .count(em, await rowOf(em, endpoint), false);
      return countOf(em, endpoint, 'next_attempt_at > now()');
    });
    expect(putOff).toBe(BATCH);
    const { pausedUntil } = await readEndpoint(tenant, endpoint);
    const early = `next_attempt_at < '${pausedUntil}' OR lease_token IS NOT NULL`;
    await eventually(async () => (await total(endpoint, early)) === 0);
    expect(await total(endpoint, 'next_attempt_at IS NOT NULL AND attempts = 0')).toBe(BACKLOG);
  });
});

describe('what follows from an attempt', () => {
  beforeAll(async () => {
    tenant = await createBareTenant(app);
  });

  it('I2 does not undo that the receiver has the event', async () => {
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.atWithStatuses(path, 500, 204));
    const { id } = await sendTest(tenant, endpoint);
    await eventually(async () => (await readDelivery(tenant, id)).attemptCount === 1);
    const admin = new pg.Client({ connectionString: app.database.adminUrl });
    await admin.connect();
    try {
      // Longer than anybody waits for a lock: the failure can't be wiped off the endpoint.
      await admin.query('BEGIN');
      await admin.query('SELECT 1 FROM webhook_endpoints WHERE id = $1 FOR UPDATE', [endpoint.id]);
      await makeDue(app, id);
      await eventually(async () => (await readDelivery(tenant, id)).status === 'delivered');
    } finally {
      await admin.end();
    }
    expect(receiver.count(path)).toBe(2);
    await sendTest(tenant, endpoint);
    await eventually(async () => (await readEndpoint(tenant, endpoint)).failureCount === 0);
  });

  it('waits for no transaction in a circle that publishes several events', async () => {
    const own = await createBareTenant(app);
    tenant = own;
    const endpointFor = async (event: string): Promise<Any> => {
      const body = { url: receiver.at(receiver.newPath()), events: [event] };
      return expectStatus(await own.key.post('/v1/webhook-endpoints', body), 201);
    };
    // The one that is gone and hears of the second event comes first in every order of locks.
    const gone = await endpointFor('endpoint.failing');
    await endpointFor('policy.published');
    const nest = app.server.app;
    const events = nest.get(Events);
    let disabling: Promise<unknown> | undefined;
    const published = inTenant(async (em) => {
      const policy = { type: 'policy', id: gone.id } as const;
      const data = { policyId: gone.id, slug: 'identity', version: 1 };
      await events.publish(em, own.id, 'policy.published', { actor: SYSTEM, object: policy, data });
      disabling = inTenant(async (other) =>
        nest.get(EndpointTrouble, { strict: false }).count(other, await rowOf(other, gone), true),
      ).then(
        () => ({}),
        (error: Error) => error,
      );
      await eventually(async () => {
        const waiting = await app.sql(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
              AND query LIKE '%FROM webhook_endpoints%'`,
        );
        return waiting.length > 0;
      });
      const failing = {
        endpointId: gone.id,
        reason: 'failing',
        failingSince: new Date().toISOString(),
        failures: 1,
        disablesAt: null,
      } as const;
      const object = { type: 'webhook_endpoint', id: gone.id } as const;
      return events.publish(em, own.id, 'endpoint.failing', { actor: SYSTEM, object, data: failing });
    });
    await expect(published).resolves.toBe(true);
    // PostgreSQL's code for a circle, which it ends by failing one of the two.
    expect(await disabling).not.toMatchObject({ code: '40P01' });
  });
});

describe('an endpoint that gets another address', () => {
  beforeAll(async () => {
    tenant = await createBareTenant(app);
  });

  it.each([410, 500])('is not blamed for a %d of the old one, and gets the event there', async (status) => {
    const [old, moved] = [receiver.newPath(), receiver.newPath()];
    let answer = () => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const url = receiver.at(old, async (response) => {
      await answered;
      response.writeHead(status).end();
    });
    const endpoint = await createEndpoint(tenant, url);
    await publishEvent(app, tenant);
    await receiver.events(old);
    const address = `/v1/webhook-endpoints/${endpoint.id}`;
    expectStatus(await tenant.key.patch(address, { url: receiver.at(moved) }), 200);
    answer();
    const [{ id }] = expectStatus(
      await tenant.key.get(`/v1/deliveries?endpointId=${endpoint.id}`),
      200,
    ).items;
    await eventually(async () => (await readDelivery(tenant, id)).attemptCount === 1);
    expect(await readEndpoint(tenant, endpoint)).toMatchObject({
      status: 'enabled',
      failureCount: 0,
      failingSince: null,
    });
    await makeDue(app, id);
    await receiver.events(moved);
    await eventually(async () => (await readDelivery(tenant, id)).status === 'delivered');
  });

  it('has no failures, warnings or pause of the old one', async () => {
    const endpoint = await createEndpoint(tenant, receiver.at(receiver.newPath()));
    await app.sql(
      `UPDATE webhook_endpoints SET failures = 30, failing_since = now() - interval '4 days', warnings = 2, pauses = 9,
              paused_until = now() + interval '1 h' WHERE id = $1`,
      [endpoint.id],
    );
    const address = `/v1/webhook-endpoints/${endpoint.id}`;
    const kept = expectStatus(
      await tenant.key.patch(address, { description: 'The same', url: endpoint.url }),
      200,
    );
    expect(kept).toMatchObject({ failureCount: 30, pausedUntil: expect.any(String) });
    const moved = expectStatus(
      await tenant.key.patch(address, { url: receiver.at(receiver.newPath()) }),
      200,
    );
    expect(moved).toMatchObject({ failureCount: 0, failingSince: null, disablesAt: null, pausedUntil: null });
    expect(
      await app.sql('SELECT warnings, pauses FROM webhook_endpoints WHERE id = $1', [endpoint.id]),
    ).toEqual([{ warnings: 0, pauses: 0 }]);
  });
});

describe('an endpoint that is enabled again', () => {
  beforeAll(async () => {
    tenant = await createBareTenant(app);
  });

  it('catches up batch by batch, oldest first, though it refuses one of the first', async () => {
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.at(path));
    const address = `/v1/webhook-endpoints/${endpoint.id}`;
    expectStatus(await tenant.key.patch(address, { status: 'disabled' }), 200);
    const events = await app.sql<{ id: string }>(
      `INSERT INTO events (tenant_id, id, name, payload, created_at)
       SELECT $1, uuid_v7(), 'policy.published', '{"policyId": "x"}', now() - interval '2 h' + n * interval '1 ms'
         FROM generate_series(1, 1130) n RETURNING id`,
      [tenant.id],
    );
    const ids = events.map(({ id }) => id);
    const [refused] = ids;
    receiver.at(
      path,
      (response, { event }) => void response.writeHead(event.id === refused ? 500 : 204).end(),
    );
    const replaySince = new Date(Date.now() - 3 * 60 * 60 * 1000).toISOString();
    const enabled = expectStatus(await tenant.key.patch(address, { status: 'enabled', replaySince }), 200);
    expect(enabled.replayFrom).toEqual(expect.any(String));
    // Most of the first batch, for the test's time: 200 of it are left.
    const skipped = await app.sql<{ event_id: string }>(
      `UPDATE deliveries SET status = 'delivered', next_attempt_at = NULL, finished_at = now()
        WHERE id IN (SELECT id FROM deliveries
                      WHERE endpoint_id = $1 AND status = 'pending' AND lease_token IS NULL AND event_id <> $2
                      ORDER BY next_attempt_at DESC LIMIT 800 FOR UPDATE)
          AND lease_token IS NULL
      RETURNING event_id`,
      [endpoint.id, refused],
    );
    await eventually(async () => (await total(endpoint, `status = 'delivered'`)) === 1129, 100_000);
    await eventually(async () => (await total(endpoint, `status = 'pending' AND attempts > 0`)) === 1);
    const untold = new Set(skipped.map((row) => row.event_id));
    const expected = ids.filter((id) => !untold.has(id));
    const arrived = [...new Set((await receiver.events(path)).map(({ event }) => event.id))];
    expect(arrived.toSorted()).toEqual(expected.toSorted());
    // The second batch isn't owed before all but a hundred of the first were tried.
    const second = new Set(ids.slice(1000));
    expect(arrived.findIndex((id) => second.has(id))).toBeGreaterThanOrEqual(900 - untold.size);
    expect(await readEndpoint(tenant, endpoint)).toMatchObject({ replayFrom: null });
  }, 120_000);
});
