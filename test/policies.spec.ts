import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { starterDocument } from '../src/policies/policy.document.js';
import { startTestApp, type TestApp } from './support/app.js';
import { createBareTenant, type BareTenant } from './support/bare-tenant.js';
import { auditActions, call, changeDraft, createPolicy, publish, shorter } from './support/policies.js';

let app: TestApp;
let tenant: BareTenant;

beforeAll(async () => {
  app = await startTestApp();
});

afterAll(() => app.stop());

beforeEach(async () => {
  tenant = await createBareTenant(app);
});

describe('creating a policy', () => {
  it('starts with a draft that can be published as it is, and is on record', async () => {
    const created = await call(tenant, 'POST', '/v1/policies', { slug: 'identity', name: 'Identity' });
    expect(created.status).toBe(201);
    expect(created.headers.get('etag')).toBe('"1"');
    expect(created.body).toEqual({
      id: expect.any(String),
      slug: 'identity',
      name: 'Identity',
      description: '',
      draft: starterDocument,
      draftChanged: true,
      publishedVersion: null,
      version: 1,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect((await call(tenant, 'GET', `/v1/policies/${created.body.id}`)).body).toEqual(created.body);
    expect((await publish(tenant, created.body.id, 1)).body.warnings).toEqual([]);
    expect(await auditActions(app, tenant)).toEqual(['policy.created', 'policy.published']);
  });

  it('happens once for one idempotency key', async () => {
    const body = { slug: 'identity', name: 'Identity' };
    const headers = { 'idempotency-key': 'create-1' };
    const first = await call(tenant, 'POST', '/v1/policies', body, headers);
    const again = await call(tenant, 'POST', '/v1/policies', body, headers);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = await call(tenant, 'POST', '/v1/policies', { ...body, name: 'Other' }, headers);
    expect(other.body.code).toBe('idempotency_key_reused');
    expect(await auditActions(app, tenant)).toEqual(['policy.created']);
  });

  it('refuses a slug that is taken, in this tenant only', async () => {
    const body = { slug: 'identity', name: 'Identity' };
    await call(tenant, 'POST', '/v1/policies', body);
    expect((await call(tenant, 'POST', '/v1/policies', body)).body.code).toBe('already_exists');
    const other = await createBareTenant(app);
    expect((await call(other, 'POST', '/v1/policies', body)).status).toBe(201);
  });

  it.each([
    ['an unknown field', { slug: 'a', name: 'A', colour: 'red' }, '/colour'],
    ['a slug that looks like an id', { slug: randomUUID(), name: 'A' }, '/slug'],
    [
      'a draft that asks for something unknown',
      { slug: 'a', name: 'A', draft: { ...starterDocument, checks: [{ type: 'TEA_LEAVES' }] } },
      '/draft/checks/0/type',
    ],
    [
      'a rule without conditions',
      {
        slug: 'a',
        name: 'A',
        draft: {
          ...starterDocument,
          decision: {
            rules: [{ name: 'r', when: [], outcome: 'approve', reasonCodes: [] }],
            otherwise: 'review',
          },
        },
      },
      '/draft/decision/rules/0/when',
    ],
  ])('refuses %s', async (_name, body, path) => {
    const { status, body: problem } = await call(tenant, 'POST', '/v1/policies', body);
    expect(status).toBe(400);
    expect(problem.code).toBe('invalid_request');
    expect(problem.errors).toContainEqual({ path, message: expect.any(String) });
  });
});

describe('editing a policy', () => {
  it('changes what is given, raises the version and is on record', async () => {
    const id = await createPolicy(tenant);
    const renamed = await call(tenant, 'PATCH', `/v1/policies/${id}`, {
      name: 'New',
      description: 'For all',
    });
    expect(renamed.status).toBe(200);
    expect(renamed.headers.get('etag')).toBe('"2"');
    expect(renamed.body).toMatchObject({
      name: 'New',
      description: 'For all',
      draft: starterDocument,
      version: 2,
    });
    expect((await changeDraft(tenant, id, shorter(1200))).body.draft.limits.tokenTtlSeconds).toBe(1200);
    expect(await auditActions(app, tenant)).toEqual(['policy.created', 'policy.updated', 'policy.updated']);
  });

  it('heeds If-Match', async () => {
    const id = await createPolicy(tenant);
    expect((await changeDraft(tenant, id, shorter(1200), { 'if-match': '"1"' })).status).toBe(200);
    const late = await changeDraft(tenant, id, shorter(1500), { 'if-match': '"1"' });
    expect([late.status, late.body.code]).toEqual([412, 'version_mismatch']);
    expect((await changeDraft(tenant, id, shorter(1500), { 'if-match': 'W/"2"' })).status).toBe(200);
    expect((await changeDraft(tenant, id, shorter(1500), { 'if-match': '*' })).status).toBe(200);
    expect((await changeDraft(tenant, id, shorter(1500), { 'if-match': 'two' })).body.code).toBe(
      'invalid_request',
    );
  });

  it('saves a draft that could not be published, but not one that is no policy', async () => {
    const id = await createPolicy(tenant);
    expect((await changeDraft(tenant, id, { ...starterDocument, checks: [] })).status).toBe(200);
    expect((await changeDraft(tenant, id, { checks: [] })).status).toBe(400);
    expect((await call(tenant, 'PATCH', `/v1/policies/${id}`, {})).status).toBe(400);
  });

  it('knows whether the draft differs from what is published', async () => {
    const id = await createPolicy(tenant);
    await publish(tenant, id, 1);
    expect((await call(tenant, 'GET', `/v1/policies/${id}`)).body.draftChanged).toBe(false);
    expect((await changeDraft(tenant, id, shorter(1200))).body.draftChanged).toBe(true);
    const reordered = Object.fromEntries(Object.entries(starterDocument).toReversed());
    expect((await changeDraft(tenant, id, reordered)).body.draftChanged).toBe(false);
  });
});

describe('reading policies', () => {
  it('lists them newest first in pages, without drafts', async () => {
    for (const slug of ['a', 'b', 'c']) await call(tenant, 'POST', '/v1/policies', { slug, name: slug });
    const first = await call(tenant, 'GET', '/v1/policies?limit=2');
    expect(first.body.items.map(({ slug }: { slug: string }) => slug)).toEqual(['c', 'b']);
    expect(first.body.items[0]).not.toHaveProperty('draft');
    const last = await call(tenant, 'GET', `/v1/policies?limit=2&after=${first.body.next}`);
    expect(last.body).toMatchObject({ items: [{ slug: 'a' }], next: null });
  });

  it('lists versions newest first in pages, without documents', async () => {
    const id = await createPolicy(tenant);
    for (const version of [1, 2, 3]) {
      await changeDraft(tenant, id, shorter(900 + version));
      await publish(tenant, id, version);
    }
    const path = `/v1/policies/${id}/versions?limit=2`;
    const first = await call(tenant, 'GET', path);
    expect(first.body.items.map(({ version }: { version: number }) => version)).toEqual([3, 2]);
    expect(first.body.items[0]).not.toHaveProperty('document');
    const last = await call(tenant, 'GET', `${path}&after=${first.body.next}`);
    expect(last.body).toMatchObject({ items: [{ version: 1 }], next: null });
    expect((await call(tenant, 'GET', `${path}&after=bm90IG9uZQ`)).body.code).toBe('invalid_request');
  });

  it('is a 404 for what there is not and for what is another tenant’s', async () => {
    const id = await createPolicy(tenant);
    await publish(tenant, id, 1);
    const stranger = await createBareTenant(app);
    for (const [method, path, body] of [
      ['GET', ''],
      ['PATCH', '', { name: 'Mine' }],
      ['GET', '/versions'],
      ['GET', '/versions/1'],
      ['POST', '/versions/2/publish'],
      ['POST', '/preview'],
    ] as const) {
      const foreign = await call(stranger, method, `/v1/policies/${id}${path}`, body);
      const missing = await call(stranger, method, `/v1/policies/${randomUUID()}${path}`, body);
      expect([foreign.status, foreign.body.code]).toEqual([404, 'not_found']);
      expect({ ...missing.body, requestId: '' }).toEqual({ ...foreign.body, requestId: '' });
    }
    expect((await call(stranger, 'GET', '/v1/policies')).body.items).toEqual([]);
    expect((await call(tenant, 'GET', `/v1/policies/${id}/versions/2`)).status).toBe(404);
    expect((await call(tenant, 'GET', `/v1/policies/${id}/versions/0`)).status).toBe(400);
    expect((await call(tenant, 'GET', '/v1/policies/nonsense')).status).toBe(400);
  });

  it('needs the permission', async () => {
    const id = await createPolicy(tenant);
    const reader = await tenant.keyWith(['policies:read']);
    expect((await reader.send('GET', `/v1/policies/${id}`)).status).toBe(200);
    expect((await reader.send('POST', `/v1/policies/${id}/preview`)).status).toBe(200);
    expect((await reader.send('PATCH', `/v1/policies/${id}`, { name: 'x' })).status).toBe(403);
    expect((await reader.send('POST', `/v1/policies/${id}/versions/1/publish`)).status).toBe(403);
    const other = await tenant.keyWith(['sessions:read']);
    expect((await other.send('GET', '/v1/policies')).status).toBe(403);
  });
});
