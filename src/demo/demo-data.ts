import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import yoti from 'yoti';
import { tenantScopes, type Role } from '../auth/scopes.js';
import type { Config } from '../config.js';
import { randomToken } from '../crypto/tokens.js';
import { TenantDb } from '../database/tenant-db.js';
import { eventNames } from '../audit/event-types.js';
import type { RunningServer } from '../server.js';
import type { Simulator } from '../simulator/simulator.js';
import { createOperator } from '../users/create-operator.js';
import { People } from '../users/people.js';
import { DemoApi, type Body } from './demo-api.js';
import type { DemoFile, DemoTenant } from './demo-file.js';

interface Running {
  server: RunningServer;
  simulator: Simulator;
  sink: { url: string };
}

type Addresses = Omit<DemoFile, 'tenants' | 'users'>;

const OPERATOR_EMAIL = 'operator@demo.example';

/** Obviously made-up business units of a made-up organisation, and who works there. */
const UNITS: { slug: string; name: string; colour: string; people: Record<string, Role> }[] = [
  {
    slug: 'example-bank',
    name: 'Example Bank',
    colour: '#0b7285',
    people: {
      'admin@demo.example': 'admin',
      'reviewer@demo.example': 'reviewer',
      'supervisor@demo.example': 'supervisor',
      'auditor@demo.example': 'auditor',
      'developer@demo.example': 'developer',
    },
  },
  {
    slug: 'example-rentals',
    name: 'Example Car Rentals',
    colour: '#7048e8',
    people: { 'admin@rentals.example': 'admin', 'supervisor@demo.example': 'supervisor' },
  },
];

/** How many past sessions of which scenario each unit begins with. */
const PAST: [scenario: string, count: number][] = [
  ['happy', 6],
  ['liveness_second_try', 2],
  ['forged_document', 3],
  ['face_mismatch', 2],
  ['blurred_not_available', 2],
];
const OPEN_SESSIONS = 2;
const EXPIRED_SESSIONS = 2;
const DECIDED_REVIEWS = 2;
const TOKEN_LIFETIME_SECONDS = 900;

/**
 * Fills an empty database through the API, as an operator, an admin and an integrator would.
 *
 * @param secrets receives the webhook secrets, for the sink
 */
export async function fillDemo(
  config: Config,
  running: Running,
  addresses: Addresses,
  secrets: string[],
): Promise<DemoFile> {
  const password = `demo-${randomToken(6)}`;
  const db = running.server.app.get(TenantDb);
  await createOperator(db, { email: OPERATOR_EMAIL, name: 'Olive Operator', password });
  await addAccounts(db, password);
  const api = new DemoApi(running.server.localUrl);
  const operator = await api.logIn(OPERATOR_EMAIL, password);
  const tenants: DemoTenant[] = [];
  for (const unit of UNITS)
    tenants.push(await fillUnit(config, running, api, operator, unit, password, secrets));
  for (const tenant of tenants) await addEndedSessions(running, api.withKey(tenant.apiKey), tenant);
  const users = UNITS.flatMap(({ slug, people }) =>
    Object.entries(people).map(([email, role]) => ({ email, password, role: role as string, tenant: slug })),
  );
  return {
    ...addresses,
    tenants,
    users: [{ email: OPERATOR_EMAIL, password, role: 'operator', tenant: null }, ...users],
  };
}

/** Accounts exist before they are added to a tenant, so that all of them have the one password that is printed. */
async function addAccounts(db: TenantDb, password: string): Promise<void> {
  const people = new People();
  for (const email of new Set(UNITS.flatMap((unit) => Object.keys(unit.people)))) {
    const prepared = await people.prepare({ email, name: nameOf(email), password });
    await db.withoutTenant((em) => people.ensure(em, prepared));
  }
}

async function fillUnit(
  config: Config,
  { simulator, sink }: Running,
  api: DemoApi,
  operator: DemoApi,
  unit: (typeof UNITS)[number],
  password: string,
  secrets: string[],
): Promise<DemoTenant> {
  const [adminEmail = '', ...others] = Object.keys(unit.people);
  const created = await operator.post('/v1/tenants', {
    slug: unit.slug,
    name: unit.name,
    branding: { primaryColour: unit.colour },
    admin: { email: adminEmail, name: nameOf(adminEmail) },
  });
  const id = String((created.tenant as Body).id);
  const admin = (await api.logIn(adminEmail, password)).inTenant(id);
  for (const email of others) {
    await admin.post('/v1/users', { email, name: nameOf(email), role: unit.people[email] });
  }
  const yotiApp = await addCredential(admin, simulator, config);
  const { key } = await admin.post('/v1/api-keys', { name: 'Demo back-end', scopes: tenantScopes });
  const policies = [
    await addPolicy(admin, 'identity', 'Identity', {}),
    await addPolicy(admin, 'strict', 'Identity, forged documents rejected', { decision: STRICT }),
  ];
  const endpoint = await admin.post('/v1/webhook-endpoints', {
    url: sink.url,
    description: 'The demo’s own receiver',
    events: eventNames.filter((name) => name !== 'endpoint.test'),
  });
  secrets.push(String(endpoint.secret));
  return {
    id,
    slug: unit.slug,
    name: unit.name,
    apiKey: String(key),
    ...yotiApp,
    policies,
    webhookSecret: String(endpoint.secret),
  };
}

const STRICT = {
  rules: [
    {
      name: 'Document is not genuine',
      when: [{ fact: 'check', type: 'ID_DOCUMENT_AUTHENTICITY', recommendation: ['REJECT'] }],
      outcome: 'reject',
      reasonCodes: ['document_not_genuine'],
    },
    {
      name: 'Everything is in order',
      when: [{ fact: 'all_checks', is: 'APPROVE' }],
      outcome: 'approve',
      reasonCodes: ['all_checks_approved'],
    },
  ],
  otherwise: 'review',
};

async function addCredential(admin: DemoApi, simulator: Simulator, config: Config) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const yotiSdkId = randomUUID();
  const yotiPrivateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  simulator.registerApp({ sdkId: yotiSdkId, publicKeyPem });
  const [apiUrl] = config.yotiApiUrls;
  const body = { name: 'Simulator', sdkId: yotiSdkId, apiUrl, privateKeyPem: yotiPrivateKeyPem };
  const { id } = await admin.post('/v1/credentials', body);
  await admin.post(`/v1/credentials/${String(id)}/check`);
  await admin.post(`/v1/credentials/${String(id)}/activate`);
  return { yotiSdkId, yotiPrivateKeyPem };
}

async function addPolicy(admin: DemoApi, slug: string, name: string, change: Body) {
  const policy = await admin.post('/v1/policies', { slug, name });
  const id = String(policy.id);
  const draft = { ...(policy.draft as Body), ...change };
  await admin.patch(`/v1/policies/${id}`, { draft });
  await admin.post(`/v1/policies/${id}/versions/1/publish`);
  return { id, slug };
}

/** Sessions whose making disturbs others for a moment: the simulator's clock jumps and an application is disabled. */
async function addEndedSessions({ simulator }: Running, key: DemoApi, tenant: DemoTenant): Promise<void> {
  await expireSome(key, simulator);
  await failOne(key, simulator, tenant);
  const cancelled = await key.post('/v1/sessions', { policy: 'identity', reference: 'cancelled-1' });
  await key.post(`/v1/sessions/${String(cancelled.id)}/cancel`);
}

/** A few dozen past sessions; the product is in use meanwhile. */
export async function addPastSessions({ server, simulator }: Running, { tenants }: DemoFile): Promise<void> {
  for (const tenant of tenants) {
    const key = new DemoApi(server.localUrl).withKey(tenant.apiKey);
    let number = 1000;
    for (const [scenario, count] of PAST) {
      for (let i = 0; i < count; i += 1) {
        const policy = scenario === 'forged_document' && i === 0 ? 'strict' : 'identity';
        const session = await key.post('/v1/sessions', { policy, reference: `customer-${(number += 1)}` });
        await finish(simulator, tenant, session, scenario);
      }
    }
    for (let i = 0; i < OPEN_SESSIONS; i += 1) {
      await key.post('/v1/sessions', { policy: 'identity', reference: `customer-${(number += 1)}` });
    }
    await decideSome(key);
  }
}

async function expireSome(key: DemoApi, simulator: Simulator): Promise<void> {
  const ids: string[] = [];
  for (let i = 0; i < EXPIRED_SESSIONS; i += 1) {
    ids.push(
      String((await key.post('/v1/sessions', { policy: 'identity', reference: `abandoned-${i + 1}` })).id),
    );
  }
  await simulator.advanceClock(TOKEN_LIFETIME_SECONDS + 1);
  for (const id of ids) await key.post(`/v1/sessions/${id}/sync`);
}

/** A session whose creation Yoti refused, because the application was disabled. */
async function failOne(key: DemoApi, simulator: Simulator, { yotiSdkId, yotiPrivateKeyPem }: DemoTenant) {
  const app = { sdkId: yotiSdkId, publicKeyPem: publicPem(yotiPrivateKeyPem) };
  simulator.registerApp({ ...app, enabled: false });
  await key.tryPost('/v1/sessions', { policy: 'identity', reference: 'refused-1' });
  simulator.registerApp(app);
}

async function finish(
  simulator: Simulator,
  tenant: DemoTenant,
  session: Body,
  scenario: string,
): Promise<void> {
  const { yotiSessionId, yotiSessionToken } = session.client as {
    yotiSessionId: string;
    yotiSessionToken: string;
  };
  simulator.setScenario(scenario, yotiSessionId);
  const documents = [{ issuing_country: 'GBR', document_type: 'PASSPORT', capture_method: 'CAMERA' }];
  const payload = new yoti.Payload({
    session_id: yotiSessionId,
    client_session_token: yotiSessionToken,
    resources: { id_documents: documents },
  });
  await new yoti.RequestBuilder()
    .withBaseUrl(simulator.baseUrl)
    .withPemString(tenant.yotiPrivateKeyPem)
    .withEndpoint('/agent')
    .withQueryParam('sdkId', tenant.yotiSdkId)
    .withPayload(payload)
    .withPost()
    .build()
    .execute();
}

/** Waits for the first cases and decides them, so that there are outcomes of people too. */
async function decideSome(key: DemoApi): Promise<void> {
  const decisions = [
    { decision: 'approved', reasonCode: 'false_alarm' },
    { decision: 'rejected', reasonCode: 'document_not_genuine' },
  ];
  for (const decision of decisions.slice(0, DECIDED_REVIEWS)) {
    const review = await key.untilPresent(async () => (await key.post('/v1/reviews/claim-next')).review);
    await key.post(`/v1/reviews/${String((review as Body).id)}/decision`, decision);
  }
}

const publicPem = (privateKeyPem: string): string =>
  createPublicKey(privateKeyPem).export({ type: 'spki', format: 'pem' }).toString();

const nameOf = (email: string): string => {
  const [who = ''] = email.split('@');
  return `Demo ${who.charAt(0).toUpperCase()}${who.slice(1)}`;
};
