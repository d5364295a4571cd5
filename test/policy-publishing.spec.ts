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

describe('publishing', () => {
  it('makes an immutable version of the draft', async () => {
    const id = await createPolicy(tenant);
    const first = await publish(tenant, id, 1);
    expect(first.status).toBe(201);
    expect(first.body).toEqual({
      policyId: id,
      version: 1,
      document: starterDocument,
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      publishedBy: expect.stringMatching(/^api_key:/),
      publishedAt: expect.any(String),
      warnings: [],
    });
    await changeDraft(tenant, id, shorter(1200));
    const { warnings: _, ...version } = first.body;
    expect((await call(tenant, 'GET', `/v1/policies/${id}/versions/1`)).body).toEqual(version);
    const second = await publish(tenant, id, 2);
    expect(second.body.fingerprint).not.toBe(version.fingerprint);
    expect((await call(tenant, 'GET', `/v1/policies/${id}`)).body.publishedVersion).toBe(2);
    const rights = await app.sql(
      `SELECT has_table_privilege('countersign_app', 'policy_versions', right_) AS has
         FROM unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS right_`,
    );
    expect(rights).toEqual([{ has: false }, { has: false }, { has: false }]);
  });

  it('publishes the next version only, once, and only what is new', async () => {
    const id = await createPolicy(tenant);
    expect((await publish(tenant, id, 2)).body).toMatchObject({
      code: 'conflict',
      detail: 'The next version is 1.',
    });
    const both = await Promise.all([publish(tenant, id, 1), publish(tenant, id, 1)]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    expect((await publish(tenant, id, 2)).body).toMatchObject({ code: 'conflict' });
    await changeDraft(tenant, id, shorter(1200));
    expect((await publish(tenant, id, 2, { 'if-match': '"2"' })).status).toBe(412);
    const headers = { 'idempotency-key': 'publish-2', 'if-match': '"3"' };
    const done = await publish(tenant, id, 2, headers);
    expect((await publish(tenant, id, 2, headers)).body).toEqual(done.body);
  });

  it('owes the event to the endpoints that subscribed', async () => {
    const id = await createPolicy(tenant);
    for (const [events, url] of [
      [['policy.published'], 'https://subscribed.example/'],
      [['session.created'], 'https://other.example/'],
    ]) {
      await app.sql(
        `INSERT INTO webhook_endpoints (tenant_id, id, url, events, secret) VALUES ($1, $2, $3, $4, '')`,
        [tenant.id, randomUUID(), url, events],
      );
    }
    await publish(tenant, id, 1);
    const [event] = await app.sql('SELECT name, payload FROM events WHERE tenant_id = $1', [tenant.id]);
    expect(event).toEqual({
      name: 'policy.published',
      payload: { policyId: id, slug: 'identity', version: 1 },
    });
    const owed = await app.sql(
      `SELECT e.url FROM deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id WHERE d.tenant_id = $1`,
      [tenant.id],
    );
    expect(owed).toEqual([{ url: 'https://subscribed.example/' }]);
  });

  it('refuses what Yoti would refuse, naming every place, and keeps the draft', async () => {
    const id = await createPolicy(tenant, {
      ...starterDocument,
      checks: [{ type: 'ID_DOCUMENT_FACE_MATCH', manualCheck: 'NEVER' }],
      client: { primaryColour: 'blue' },
      limits: { tokenTtlSeconds: 300, resourcesTtlSeconds: 60 },
      decision: {
        rules: ['one', 'one'].map((name) => ({
          name,
          when: [{ fact: 'all_checks', is: 'APPROVE' }],
          outcome: 'approve',
          reasonCodes: [],
        })),
        otherwise: 'review',
      },
    });
    const refused = await publish(tenant, id, 1);
    expect([refused.status, refused.body.code]).toEqual([422, 'policy_invalid']);
    expect(refused.body.errors.map(({ path }: { path: string }) => path).toSorted()).toEqual([
      '/checks/0',
      '/client/primaryColour',
      '/decision/rules/1/name',
      '/limits/resourcesTtlSeconds',
      '/limits/tokenTtlSeconds',
    ]);
    expect((await call(tenant, 'GET', `/v1/policies/${id}/versions`)).body.items).toEqual([]);
    expect(await auditActions(app, tenant)).toEqual(['policy.created']);
  });

  it('warns about what is probably not meant', async () => {
    const id = await createPolicy(tenant, {
      ...starterDocument,
      limits: { ...starterDocument.limits, tokenTtlSeconds: 600 },
      decision: {
        rules: [
          {
            name: 'forged',
            when: [
              { fact: 'check', type: 'WATCHLIST_SCREENING', recommendation: ['CONSIDER'] },
              { fact: 'sub_check', name: 'no_such_line', result: 'FAIL' },
            ],
            outcome: 'reject',
            reasonCodes: [],
          },
        ],
        otherwise: 'review',
      },
    });
    const { status, body } = await publish(tenant, id, 1);
    expect(status).toBe(201);
    expect(body.warnings.map(({ path }: { path: string }) => path).toSorted()).toEqual([
      '/decision/rules',
      '/decision/rules/0/when/0/type',
      '/decision/rules/0/when/1/name',
      '/limits/tokenTtlSeconds',
    ]);
  });
});

describe('previewing', () => {
  it("shows Yoti's create-session body with placeholders", async () => {
    const id = await createPolicy(tenant);
    const { status, body } = await call(tenant, 'POST', `/v1/policies/${id}/preview`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ errors: [], warnings: [] });
    expect(body.specification).toMatchObject({
      client_session_token_ttl: 900,
      user_tracking_id: 'SESSION_ID',
      notifications: { endpoint: `${app.url}/hooks/yoti/OPAQUE`, auth_token: 'TOKEN' },
      requested_checks: [
        { type: 'ID_DOCUMENT_AUTHENTICITY', config: { manual_check: 'FALLBACK' } },
        { type: 'LIVENESS', config: { liveness_type: 'STATIC', max_retries: 3 } },
        { type: 'ID_DOCUMENT_FACE_MATCH', config: { manual_check: 'FALLBACK' } },
      ],
      required_documents: [{ type: 'ID_DOCUMENT' }],
    });
  });

  it('says what is wrong with a draft', async () => {
    const id = await createPolicy(tenant, { ...starterDocument, checks: [] });
    const { body } = await call(tenant, 'POST', `/v1/policies/${id}/preview`);
    expect(body.errors).toEqual([{ path: '/checks', message: expect.any(String), fix: expect.any(String) }]);
  });
});
