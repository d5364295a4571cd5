import type { Any, Client } from '../support/client.js';
import {
  activateCredential,
  addPerson,
  createTenant,
  expectStatus,
  publishPolicy,
  type TestTenant,
} from '../support/factories.js';
import type { ChaosSite } from './site.js';

/** A tenant with what its part in the run needs. */
export interface ChaosTenant {
  tenant: TestTenant;
  reviewer: Client;
  /** Where its webhooks arrive. */
  path: string;
}

const EVENTS = [
  'session.created',
  'session.started',
  'session.submitted',
  'session.completed',
  'session.expired',
  'session.cancelled',
  'session.failed',
  'session.decided',
  'review.opened',
  'review.decided',
];

/** Whose face is another one is rejected without a person looking at it. */
const withRule = (draft: Any): Any => ({
  ...draft,
  decision: {
    rules: [
      {
        name: 'Another person',
        when: [{ fact: 'check', type: 'ID_DOCUMENT_FACE_MATCH', recommendation: ['REJECT'] }],
        outcome: 'reject',
        reasonCodes: ['another_person'],
      },
      {
        name: 'All approved',
        when: [{ fact: 'all_checks', is: 'APPROVE' }],
        outcome: 'approve',
        reasonCodes: [],
      },
    ],
    otherwise: 'review',
  },
});

/** Makes the tenants, one after the other, while nothing is wrong yet. */
export async function makeTenants(site: ChaosSite, count: number): Promise<ChaosTenant[]> {
  const tenants: ChaosTenant[] = [];
  for (let made = 0; made < count; made += 1) {
    const tenant = await createTenant(site);
    await activateCredential(site, tenant);
    await publishPolicy(tenant, 'identity', withRule);
    const path = `/${tenant.slug}`;
    const body = { url: site.sinks.at(path), events: EVENTS };
    const { secret } = expectStatus(await tenant.key.post('/v1/webhook-endpoints', body), 201);
    site.sinks.verify(path, secret as string);
    tenants.push({ tenant, reviewer: await addPerson(site, tenant, 'reviewer'), path });
  }
  return tenants;
}
