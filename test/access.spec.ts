import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { RequestMethod } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { ACCESS } from '../src/auth/access.js';
import { operatorScopes, roleNames, roles, tenantScopes, type Scope } from '../src/auth/scopes.js';
import { logIn, startTestApp, type TestApp } from './support/app.js';
import { createBareTenant, type BareTenant } from './support/bare-tenant.js';
import type { Any, Client } from './support/client.js';
import { addPersonWithPassword } from './support/console.js';
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

  describe('of a suspended tenant', () => {
    const suspended = { status: 403, body: { code: 'tenant_suspended' } };
    const change = (id: string, status: string, by = app.operator) =>
      by.patch(`/v1/tenants/${id}`, { status });

    it('lets nobody do anything in it, and everybody again once it is back', async () => {
      const other = await createTenant(app);
      const callers = [other.key, other.admin, other.admin.with({ 'countersign-tenant': other.slug })];
      expectStatus(await change(other.id, 'suspended'), 200);
      for (const caller of callers) {
        expect(await caller.get('/v1/sessions')).toMatchObject(suspended);
        expect(await caller.get('/v1/tenants')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      }
      expectStatus(await change(other.id, 'active'), 200);
      for (const caller of callers) expectStatus(await caller.get('/v1/sessions'), 200);
    });

    it('keeps nobody from their own profile and password', async () => {
      const other = await createTenant(app);
      const { email, password } = await addPersonWithPassword(other, 'reviewer');
      const client = await logIn(app.anonymous, email, password);
      expectStatus(await change(other.id, 'suspended'), 200);
      expect(expectStatus(await client.get('/v1/auth/me'), 200)).toMatchObject({ email, memberships: [] });
      const changed = { currentPassword: password, newPassword: 'a new and long password' };
      expectStatus(await client.post('/v1/auth/password', changed), 204);
      expect(await client.get('/v1/sessions')).toMatchObject(suspended);
    });

    it('lets a person who is in another, too, go on there without naming it', async () => {
      const [gone, other] = [await createTenant(app), await createTenant(app)];
      const { email, password } = await addPersonWithPassword(gone, 'reviewer');
      const client = await logIn(app.anonymous, email, password);
      expectStatus(await other.admin.post('/v1/users', { email, name: 'Somebody', role: 'reviewer' }), 201);
      expectStatus(await change(gone.id, 'suspended'), 200);
      expectStatus(await client.get('/v1/sessions'), 200);
      expect(await client.with({ 'countersign-tenant': gone.slug }).get('/v1/sessions')).toMatchObject(
        suspended,
      );
    });

    it('I1 can not keep an operator whom its admin has added from what is above tenants', async () => {
      const other = await createTenant(app);
      const { email, password } = await addPersonWithPassword(tenant, 'developer');
      await app.sql('DELETE FROM memberships USING users WHERE id = user_id AND email = $1', [email]);
      await app.sql('UPDATE users SET operator = true WHERE email = $1', [email]);
      const client = await logIn(app.anonymous, email, password);
      expectStatus(await other.admin.post('/v1/users', { email, name: 'Mine', role: 'reviewer' }), 201);
      expectStatus(await change(other.id, 'suspended', client), 200);
      for (const caller of [client, client.with({ 'countersign-tenant': other.id })]) {
        expectStatus(await caller.get('/v1/auth/me'), 200);
        expectStatus(await caller.get('/v1/tenants'), 200);
        expect(await caller.get('/v1/reviews')).toMatchObject(suspended);
      }
      expectStatus(await change(other.id, 'active', client), 200);
    });
  });
});
