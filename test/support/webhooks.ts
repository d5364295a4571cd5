import { randomUUID } from 'node:crypto';
import { Events } from '../../src/audit/events.service.js';
import { TenantDb } from '../../src/database/tenant-db.js';
import { WakeUp } from '../../src/database/wake-up.js';
import { SYSTEM } from '../../src/http/caller.js';
import { eventually, type TestApp } from './app.js';
import type { Any } from './client.js';
import { expectStatus, type TestTenant } from './factories.js';

/** Whose endpoint it is. */
type Owner = Pick<TestTenant, 'id' | 'key'>;

/** Makes an endpoint that hears of published policies. */
export const createEndpoint = async (tenant: Owner, url: string): Promise<Any> =>
  expectStatus(await tenant.key.post('/v1/webhook-endpoints', { url, events: ['policy.published'] }), 201);

/** An endpoint that hears how the others fare. */
export const watchEndpoints = async (tenant: Owner, url: string): Promise<Any> =>
  expectStatus(
    await tenant.key.post('/v1/webhook-endpoints', {
      url,
      events: ['endpoint.failing', 'endpoint.disabled'],
    }),
    201,
  );

export const readEndpoint = async (tenant: Owner, endpoint: Any): Promise<Any> =>
  expectStatus(await tenant.key.get(`/v1/webhook-endpoints/${endpoint.id}`), 200);

export const changeEndpoint = async (tenant: Owner, endpoint: Any, body: object): Promise<Any> =>
  expectStatus(await tenant.key.patch(`/v1/webhook-endpoints/${endpoint.id}`, body), 200);

/** The endpoint's first failure was so many seconds ago, and no pause is going on. */
export const failedFor = (app: TestApp, endpoint: Any, seconds: number) =>
  app.sql(
    `UPDATE webhook_endpoints SET failing_since = now() - make_interval(secs => $2), paused_until = NULL
      WHERE id = $1`,
    [endpoint.id, seconds],
  );

/** Sends a test event. @returns the delivery */
export const sendTest = async (tenant: Owner, endpoint: Any): Promise<Any> =>
  expectStatus(await tenant.key.post(`/v1/webhook-endpoints/${endpoint.id}/test`), 202);

export const readDelivery = async (tenant: Owner, id: string): Promise<Any> =>
  expectStatus(await tenant.key.get(`/v1/deliveries/${id}`), 200);

/** The deliveries of the endpoint, oldest first. */
export const deliveriesTo = async (tenant: Owner, endpoint: Any): Promise<Any[]> =>
  (await tenant.key.get(`/v1/deliveries?endpointId=${endpoint.id}`)).body.items.toReversed();

/** Waits until nothing is owed to the endpoint any more. */
export const settled = (app: TestApp, endpoint: Any) =>
  eventually(async () => {
    const pending = await app.sql(`SELECT 1 FROM deliveries WHERE endpoint_id = $1 AND status = 'pending'`, [
      endpoint.id,
    ]);
    return pending.length === 0;
  });

/** Waits until the delivery's `count` attempts have been recorded. */
export const attempted = (tenant: Owner, id: string, count = 1): Promise<Any> =>
  eventually(async () => {
    const delivery = await readDelivery(tenant, id);
    return delivery.attempts.length >= count && delivery;
  });

/** Makes a delivery's next attempt due, if there is to be one. */
export const makeDue = (app: TestApp, id: string) =>
  app.sql(`UPDATE deliveries SET next_attempt_at = now() WHERE id = $1 AND status = 'pending'`, [id]);

/** Takes a delivery's next attempt out of the test's way. */
export const putOff = (app: TestApp, id: string) =>
  app.sql(`UPDATE deliveries SET next_attempt_at = now() + interval '1 h' WHERE id = $1`, [id]);

/**
 * Ids of the events of published policies in the order in which they happened: ids that the database makes within one
 * millisecond are in none.
 */
export async function publishedIds(app: TestApp, tenant: Owner): Promise<string[]> {
  const rows = await app.sql<{ id: string }>(
    `SELECT id FROM events WHERE tenant_id = $1 AND name = 'policy.published' ORDER BY created_at, id`,
    [tenant.id],
  );
  return rows.map(({ id }) => id);
}

/**
 * Something happens in the tenant, told as every feature tells its own.
 *
 * @param meanwhile what goes on between the beginning of the transaction and its event
 * @returns the id of the policy it is about
 */
export async function publishEvent(
  app: TestApp,
  tenant: Owner,
  meanwhile?: () => Promise<unknown>,
): Promise<string> {
  const nest = app.server.app;
  const policyId = randomUUID();
  const data = { policyId, slug: 'identity', version: 1 };
  const publication = { actor: SYSTEM, object: { type: 'policy', id: policyId }, data } as const;
  await nest.get(TenantDb).run(tenant.id, async (em) => {
    if (meanwhile) await em.query('SET LOCAL idle_in_transaction_session_timeout = 0').then(meanwhile);
    return nest.get(Events).publish(em, tenant.id, 'policy.published', publication);
  });
  nest.get(WakeUp).wake('deliveries');
  return policyId;
}
