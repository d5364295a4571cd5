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

/** Sends a test event. @returns the delivery */
export const sendTest = async (tenant: Owner, endpoint: Any): Promise<Any> =>
  expectStatus(await tenant.key.post(`/v1/webhook-endpoints/${endpoint.id}/test`), 202);

export const readDelivery = async (tenant: Owner, id: string): Promise<Any> =>
  expectStatus(await tenant.key.get(`/v1/deliveries/${id}`), 200);

/** Waits until the delivery's `count` attempts have been recorded. */
export const attempted = (tenant: Owner, id: string, count = 1): Promise<Any> =>
  eventually(async () => {
    const delivery = await readDelivery(tenant, id);
    return delivery.attempts.length >= count && delivery;
  });

/** Takes a delivery's next attempt out of the test's way. */
export const putOff = (app: TestApp, id: string) =>
  app.sql(`UPDATE deliveries SET next_attempt_at = now() + interval '1 h' WHERE id = $1`, [id]);

/** Something happens in the tenant, as any feature tells it. @returns the id of the policy it is about */
export async function publishEvent(app: TestApp, tenant: Owner): Promise<string> {
  const nest = app.server.app;
  const policyId = randomUUID();
  const data = { policyId, slug: 'identity', version: 1 };
  const publication = { actor: SYSTEM, object: { type: 'policy', id: policyId }, data } as const;
  await nest
    .get(TenantDb)
    .run(tenant.id, (em) => nest.get(Events).publish(em, tenant.id, 'policy.published', publication));
  nest.get(WakeUp).wake('deliveries');
  return policyId;
}
