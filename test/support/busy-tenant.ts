import type { TestApp } from './app.js';
import { eventually } from './app.js';
import type { Any, Client } from './client.js';
import {
  addPerson,
  createApiKey,
  createReadyTenant,
  createSession,
  expectStatus,
  finishSession,
  publishPolicy,
  type TestTenant,
} from './factories.js';

/** A tenant with one or more of everything. */
export interface BusyTenant extends TestTenant {
  /** Ids by the segment of the path that lists them. */
  ids: Record<string, string[]>;
  /** A published policy that only this tenant has. */
  policySlug: string;
  /** A session with a result, an open review and media. */
  reviewedSession: string;
  mediaId: string;
  /** A signing secret of its endpoint that a newer one has replaced. */
  secretId: string;
  eventId: string;
  reference: string;
}

/** Makes a tenant with sessions, a review, media, an endpoint with deliveries, people and keys. */
export async function createBusyTenant(app: TestApp, webhookUrl: string): Promise<BusyTenant> {
  const tenant = await createReadyTenant(app);
  const policySlug = `only-${tenant.slug}`;
  const secondPolicy = await publishPolicy(tenant, policySlug);
  const endpoint = expectStatus(
    await tenant.key.post('/v1/webhook-endpoints', { url: webhookUrl, events: ['session.completed'] }),
    201,
  );
  const rotated = expectStatus(
    await tenant.key.post(`/v1/webhook-endpoints/${endpoint.id}/rotate-secret`),
    200,
  );
  const reference = `ref-${tenant.slug}`;
  const reviewed = await createSession(tenant, { reference });
  await finishSession(app, tenant, reviewed, 'forged_document');
  const { reviewId } = await eventually(async () => {
    const { body } = await tenant.key.get(`/v1/sessions/${reviewed.id}`);
    return body.reviewId && body;
  });
  const secret = `secret-of-${tenant.slug}`;
  expectStatus(await tenant.key.send('PUT', `/v1/secrets/${secret}`, { value: tenant.slug }), 200);
  const ongoing = await createSession(tenant);
  const person = await addPerson(app, tenant, 'reviewer');
  const { id: keyId } = await createApiKey(tenant.admin);
  const [delivery] = await eventually(async () => {
    const { items } = await list(tenant.key, 'deliveries');
    return items.length > 0 && items.every(({ status }: Any) => status === 'delivered') && items;
  });
  const media = expectStatus(await tenant.key.get(`/v1/sessions/${reviewed.id}/media`), 200);
  const idsOf = async (segment: string) =>
    (await list(tenant.key, segment)).items.map(({ id }: Any) => id as string);
  return {
    ...tenant,
    policySlug,
    reviewedSession: reviewed.id,
    mediaId: media.items[0].id,
    secretId: rotated.retiringSecrets[0].id,
    eventId: delivery.eventId,
    reference,
    ids: {
      sessions: [reviewed.id, ongoing.id],
      reviews: [reviewId],
      policies: [secondPolicy, ...(await idsOf('policies'))],
      credentials: await idsOf('credentials'),
      secrets: [secret],
      'api-keys': [keyId],
      'webhook-endpoints': [endpoint.id],
      deliveries: [delivery.id],
      users: [String(person.userId)],
      tenants: [tenant.id],
    },
  };
}

const list = async (caller: Client, segment: string): Promise<Any> =>
  expectStatus(await caller.get(`/v1/${segment}?limit=200`), 200);
