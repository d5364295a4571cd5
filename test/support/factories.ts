import { generateKeyPairSync, randomUUID } from 'node:crypto';
import yoti from 'yoti';
import type { Role, TenantScope } from '../../src/auth/scopes.js';
import { tenantScopes } from '../../src/auth/scopes.js';
import { logIn, type TestSite } from './app.js';
import type { Any, Client } from './client.js';

/** A tenant of a test's own, made over HTTP. */
export interface TestTenant {
  id: string;
  slug: string;
  /** Its first admin, logged in. */
  admin: Client;
  /** An API key with every scope. */
  key: Client;
  apiKey: string;
  /** Its application at Yoti, once a credential is active. */
  yoti?: { sdkId: string; pem: string };
}

let count = 0;

/** A fresh tenant with an admin and an API key. */
export async function createTenant(app: TestSite): Promise<TestTenant> {
  const slug = `unit-${(count += 1)}-${randomUUID().slice(0, 8)}`;
  const email = `admin@${slug}.example`;
  const created = expectStatus(
    await app.operator.post('/v1/tenants', { slug, name: `Unit ${slug}`, admin: { email, name: 'Admin' } }),
    201,
  );
  const admin = await logIn(app.anonymous, email, created.admin.initialPassword as string);
  const { key } = await createApiKey(admin);
  return { id: created.tenant.id, slug, admin, apiKey: key, key: app.anonymous.with(bearer(key)) };
}

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** An API key made by `caller`. */
export async function createApiKey(caller: Client, scopes: TenantScope[] = tenantScopes): Promise<Any> {
  return expectStatus(await caller.post('/v1/api-keys', { name: 'Test key', scopes }), 201);
}

/** A person of the tenant, logged in. */
export async function addPerson(
  app: TestSite,
  tenant: TestTenant,
  role: Role,
): Promise<Client & { userId?: string }> {
  const email = `${role}-${randomUUID().slice(0, 8)}@${tenant.slug}.example`;
  const added = expectStatus(await tenant.admin.post('/v1/users', { email, name: `A ${role}`, role }), 201);
  return Object.assign(await logIn(app.anonymous, email, added.initialPassword as string), {
    userId: added.id,
  });
}

/** One key pair for a whole test run: making one takes long. */
const keyPair = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const privateKeyPem = keyPair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const publicKeyPem = keyPair.publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** A credential of an application that the simulator knows; checked and active. */
export async function activateCredential(app: TestSite, tenant: TestTenant): Promise<Any> {
  const sdkId = randomUUID();
  app.simulator.registerApp({ sdkId, publicKeyPem });
  const body = { name: 'Simulator', sdkId, apiUrl: app.simulator.baseUrl, privateKeyPem };
  const { id } = expectStatus(await tenant.admin.post('/v1/credentials', body), 201);
  expectStatus(await tenant.admin.post(`/v1/credentials/${id}/check`, { depth: 'basic' }), 200);
  tenant.yoti = { sdkId, pem: privateKeyPem };
  return expectStatus(await tenant.admin.post(`/v1/credentials/${id}/activate`), 200);
}

/** A published policy: the starter document unless another draft is given. */
export async function publishPolicy(
  tenant: TestTenant,
  slug = 'identity',
  change: (draft: Any) => Any = (d) => d,
) {
  const policy = expectStatus(await tenant.admin.post('/v1/policies', { slug, name: 'Identity' }), 201);
  const draft = change(policy.draft);
  expectStatus(await tenant.admin.patch(`/v1/policies/${policy.id}`, { draft }), 200);
  expectStatus(await tenant.admin.post(`/v1/policies/${policy.id}/versions/1/publish`), 201);
  return policy.id as string;
}

/** A tenant that can create sessions. */
export async function createReadyTenant(app: TestSite): Promise<TestTenant> {
  const tenant = await createTenant(app);
  await activateCredential(app, tenant);
  await publishPolicy(tenant);
  return tenant;
}

/** A new session of the tenant's policy. */
export async function createSession(tenant: TestTenant, body: Record<string, unknown> = {}): Promise<Any> {
  return expectStatus(await tenant.key.post('/v1/sessions', { policy: 'identity', ...body }), 201);
}

/** Finishes a session headlessly, as a person would in Yoti's client, with the results of a scenario. */
export async function finishSession(app: TestSite, tenant: TestTenant, session: Any, scenario = 'happy') {
  const { yotiSessionId, yotiSessionToken } = session.client as {
    yotiSessionId: string;
    yotiSessionToken: string;
  };
  app.simulator.setScenario(scenario, yotiSessionId);
  if (!tenant.yoti) throw new Error('The tenant has no application at Yoti.');
  const body = {
    session_id: yotiSessionId,
    client_session_token: yotiSessionToken,
    resources: {
      id_documents: [{ issuing_country: 'GBR', document_type: 'PASSPORT', capture_method: 'CAMERA' }],
    },
  };
  await new yoti.RequestBuilder()
    .withBaseUrl(app.simulator.baseUrl)
    .withPemString(tenant.yoti.pem)
    .withEndpoint('/agent')
    .withQueryParam('sdkId', tenant.yoti.sdkId)
    .withPayload(new yoti.Payload(body))
    .withPost()
    .build()
    .execute();
}

/** The body of an answer that has to have this status. */
export function expectStatus(answer: { status: number; body: Any }, status: number): Any {
  if (answer.status !== status)
    throw new Error(`${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
