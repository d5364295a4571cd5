import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { RequestMethod } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { ACCESS } from '../src/auth/access.js';
import { operatorScopes, roleNames, roles, tenantScopes, type Scope } from '../src/auth/scopes.js';
import { startTestApp, type TestApp } from './support/app.js';
import { createBareTenant, type BareTenant } from './support/bare-tenant.js';
import type { Any, Client } from './support/client.js';
import {
  addPerson,
  bearer,
  createApiKey,
  createTenant,
  expectStatus,
  type TestTenant,
} from './support/factories.js';
import { fill, operationsOf, readDocument, type Operation } from './support/operations.js';

/** Everything that answers somebody who hasn't said who they are. */
const PUBLIC_ROUTES = [
  'GET /embed/:name',
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics',
  'GET /verify/:link',
  'GET /verify/:link/state',
  'GET /verify/assets/:name',
  'POST /hooks/yoti/:opaque',
  'POST /v1/auth/login',
  'POST /v1/auth/logout',
  'POST /verify/:link/client',
  'POST /verify/:link/events',
];

describe('who may do what', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let bare: BareTenant;
  let operations: Operation[];

  beforeAll(async () => {
    app = await startTestApp();
    const all = operationsOf(await readDocument(app));
    operations = all.filter(({ permission }) => permission !== 'public');
    tenant = await createTenant(app);
    bare = await createBareTenant(app);
  });

  afterAll(async () => {
    await app.stop();
  });

  /** Calls the operation on objects that don't exist, asking for nothing the caller may not give. */
  function attempt(caller: Client, { id, method, path, pathParameters, body }: Operation, scope?: Scope) {
    const values = Object.fromEntries(pathParameters.map((name) => [name, name === 'n' ? '1' : uuidv7()]));
    const example =
      id === 'createApiKey' ? { name: 'Key', scopes: [scope ?? 'api-keys:write'] } : body?.example;
    return caller.send(method, fill(path, values), example);
  }

  /** Operations the caller is let into: everything that the guard doesn't refuse with 403 `forbidden`. */
  async function allowed(caller: Client): Promise<string[]> {
    const ids: string[] = [];
    for (const operation of operations) {
      if (operation.permission === 'authenticated') continue;
      const { status, body } = await attempt(caller, operation);
      expect([operation.id, status]).not.toEqual([operation.id, 401]);
      const guarded = `This needs the permission ${operation.permission}.`;
      if (status !== 403 || body.detail !== guarded) ids.push(operation.id);
      else expect(body).toMatchObject({ code: 'forbidden', status: 403 });
    }
    return ids;
  }

  const expected = (granted: readonly string[]) =>
    operations.filter(({ permission }) => granted.includes(permission)).map(({ id }) => id);

  it('declares for every operation a permission that exists', () => {
    const known = new Set<string>([...tenantScopes, ...operatorScopes, 'authenticated']);
    expect(operations.filter(({ permission }) => !known.has(permission))).toEqual([]);
    const used = new Set(operations.map(({ permission }) => permission));
    expect([...tenantScopes, ...operatorScopes].filter((scope) => !used.has(scope))).toEqual([]);
  });

  it.each(roleNames)('I8 lets the role %s do exactly what its scopes say', async (role) => {
    const person = await addPerson(app, tenant, role);
    expect(await allowed(person)).toEqual(expected(roles[role]));
  });

  it('I8 lets an operator do exactly what is above tenants', async () => {
    expect(await allowed(app.operator)).toEqual(expected([...operatorScopes]));
  });

  it('I8 keeps personal data from operators, auditors and developers', () => {
    const personal: Scope[] = ['results:read', 'media:read', 'reviews:write'];
    const granted = [...operatorScopes, ...roles.auditor, ...roles.developer];
    expect(granted.filter((scope) => personal.includes(scope))).toEqual([]);
    expect(roles.auditor.filter((scope) => scope.endsWith(':write'))).toEqual([]);
  });

  it.each(tenantScopes)('I8 lets an API key with only %s do exactly that', async (scope) => {
    const key = await bare.keyWith([scope]);
    for (const operation of operations.filter(({ permission }) => permission !== 'authenticated')) {
      const { status, body } = await attempt(key, operation, scope);
      const refused = status === 403 && body.detail === `This needs the permission ${operation.permission}.`;
      expect([operation.id, refused]).toEqual([operation.id, operation.permission !== scope]);
    }
  });

  it.each([
    ['nothing', {}],
    ['a key that does not exist', bearer(`csk_${'A'.repeat(43)}`)],
    ['a cut key', bearer('csk_short')],
    ['another scheme', { authorization: 'Basic dXNlcjpwYXNz' }],
    ['an empty bearer', { authorization: 'Bearer ' }],
    ['a made-up cookie', { cookie: `__Host-countersign=${'A'.repeat(43)}` }],
    ['a tenant only', { 'countersign-tenant': uuidv7() }],
  ])('I8 refuses every operation to a caller with %s', async (_, headers) => {
    const caller = app.anonymous.with(headers);
    for (const operation of operations) {
      const { status, body, headers: answered } = await attempt(caller, operation);
      expect([operation.id, status, body.code]).toEqual([operation.id, 401, 'unauthenticated']);
      expect(answered.get('www-authenticate')).toBe('Bearer');
    }
  });

  it('I8 has exactly these public routes', () => {
    const nest = app.server.app;
    const reflector = nest.get(Reflector);
    const paths = (target: object) => [Reflect.getMetadata('path', target) as string | string[]].flat();
    const found: string[] = [];
    for (const { instance, metatype } of nest.get(DiscoveryService, { strict: false }).getControllers()) {
      const prototype = Object.getPrototypeOf(instance) as Record<string, () => unknown>;
      for (const name of nest.get(MetadataScanner, { strict: false }).getAllMethodNames(prototype)) {
        const handler = prototype[name];
        if (!handler || !metatype || reflector.get<string>(ACCESS, handler) !== 'public') continue;
        const method = RequestMethod[Reflect.getMetadata('method', handler) as number];
        found.push(
          `${method} /${[paths(metatype)[0], paths(handler)[0]].filter((p) => p && p !== '/').join('/')}`,
        );
      }
    }
    expect(found.toSorted()).toEqual(PUBLIC_ROUTES);
  });

  it('gives an API key no scope that its creator has not got', async () => {
    const developer = await addPerson(app, tenant, 'developer');
    const tries: Scope[] = ['results:read', 'media:read', 'audit:read', 'users:write', 'credentials:write'];
    for (const scope of tries) {
      const answer = await developer.post('/v1/api-keys', { name: 'More', scopes: ['sessions:read', scope] });
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
    const platform = await developer.post('/v1/api-keys', { name: 'More', scopes: ['tenants:write'] });
    expect(platform).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    const narrow = await createApiKey(developer, ['api-keys:write', 'sessions:read']);
    const narrowKey = app.anonymous.with(bearer(narrow.key));
    const wider = await narrowKey.post('/v1/api-keys', { name: 'More', scopes: ['sessions:write'] });
    expect(wider.status).toBe(403);
  });

  it('gives a person no role with more rights than its giver has', async () => {
    const key = await bare.keyWith(['users:write', 'users:read', 'sessions:read']);
    const person = { email: `${uuidv7()}@bare.example`, name: 'Somebody' };
    const answer = await key.post('/v1/users', { ...person, role: 'admin' });
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it('refuses a revoked and an expired API key at once', async () => {
    const revoked = await createApiKey(tenant.admin);
    const expired = await createApiKey(tenant.admin);
    const callers = [revoked, expired].map(({ key }) => app.anonymous.with(bearer(key as string)));
    for (const caller of callers) expectStatus(await caller.get('/v1/policies'), 200);
    expectStatus(await tenant.admin.post(`/v1/api-keys/${revoked.id}/revoke`), 200);
    await app.sql(`UPDATE api_keys SET expires_at = now() WHERE id = $1`, [expired.id]);
    for (const caller of callers) {
      expect(await caller.get('/v1/policies')).toMatchObject({
        status: 401,
        body: { code: 'unauthenticated' },
      });
    }
    const { items } = expectStatus(await tenant.admin.get('/v1/api-keys'), 200);
    const statusOf = ({ id }: Any) => items.find((item: Any) => item.id === id).status as string;
    expect([statusOf(revoked), statusOf(expired)]).toEqual(['revoked', 'expired']);
  });

  it('heeds a changed role and a removal with the person’s next request', async () => {
    const person = await addPerson(app, tenant, 'developer');
    expectStatus(await person.get('/v1/webhook-endpoints'), 200);
    expectStatus(await tenant.admin.patch(`/v1/users/${person.userId}`, { role: 'reviewer' }), 200);
    expectStatus(await person.get('/v1/webhook-endpoints'), 403);
    expectStatus(await person.get('/v1/reviews'), 200);
    expectStatus(await tenant.admin.delete(`/v1/users/${person.userId}`), 204);
    expectStatus(await person.get('/v1/reviews'), 403);
    const named = person.with({ 'countersign-tenant': tenant.id });
    expectStatus(await named.get('/v1/reviews'), 403);
  });

  it('lets nobody change or remove themselves', async () => {
    const { id } = expectStatus(await tenant.admin.get('/v1/auth/me'), 200);
    expectStatus(await tenant.admin.patch(`/v1/users/${id}`, { role: 'reviewer' }), 409);
    expectStatus(await tenant.admin.delete(`/v1/users/${id}`), 409);
  });

  it('answers a suspended tenant nothing but 403, and lets it back', async () => {
    const other = await createTenant(app);
    const path = `/v1/tenants/${other.id}`;
    expectStatus(await app.operator.patch(path, { status: 'suspended' }), 200);
    for (const caller of [other.key, other.admin]) {
      const answer = await caller.get('/v1/sessions');
      expect(answer).toMatchObject({ status: 403, body: { code: 'tenant_suspended' } });
    }
    expectStatus(await app.operator.patch(path, { status: 'active' }), 200);
    for (const caller of [other.key, other.admin]) expectStatus(await caller.get('/v1/sessions'), 200);
  });
});
