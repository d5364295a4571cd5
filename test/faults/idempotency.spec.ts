import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { IdempotencyCleanUp } from '../../src/http/idempotency-clean-up.js';
import { startTestApp, type TestApp } from '../support/app.js';
import type { Any, Answer, Client } from '../support/client.js';
import {
  addPerson,
  bearer,
  createApiKey,
  createReadyTenant,
  createSession,
  expectStatus,
  type TestTenant,
} from '../support/factories.js';
import { expectInvariants } from '../support/invariants.js';

const KEY = 'idempotency-key';
const AT_ONCE = 50;

describe('idempotency', () => {
  let app: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    app = await startTestApp();
    tenant = await createReadyTenant(app);
  });

  afterEach(() => expectInvariants(app));

  afterAll(() => app.stop());

  const keyed = (caller: Client, key: string = randomUUID()) => caller.with({ [KEY]: key });
  const policy = (slug: string = `p-${randomUUID()}`) => ({ slug, name: 'Policy' });
  const isReplayed = ({ headers }: Answer<Any>) => headers.get('idempotency-replayed') === 'true';

  async function count(table: string): Promise<number> {
    const [row] = await app.sql<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
    return row!.count;
  }

  function newTenant(slug = `twin-${randomUUID().slice(0, 8)}`) {
    return { slug, name: 'Twin', admin: { email: `admin@${slug}.example`, name: 'Admin' } };
  }

  /** Somebody else's transaction, in which `statement` has run. @returns what ends it */
  async function inMidst(statement: string, values: unknown[]): Promise<() => Promise<void>> {
    const other = new pg.Client({ connectionString: app.database.adminUrl });
    await other.connect();
    await other.query('BEGIN');
    await other.query(statement, values);
    return () => other.end();
  }

  describe('row 29: of fifty requests with one key at once, one has an effect', () => {
    it.each<[string, string, () => Client, string, () => Any]>([
      ['a session', 'sessions', () => tenant.key, '/v1/sessions', () => ({ policy: 'identity' })],
      ['a policy', 'policies', () => tenant.admin, '/v1/policies', () => policy()],
      ['a tenant', 'tenants', () => app.operator, '/v1/tenants', () => newTenant()],
    ])('creating %s', async (_, table, callerOf, path, bodyOf) => {
      const before = await count(table);
      const [caller, body] = [keyed(callerOf()), bodyOf()];
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => caller.post(path, body)));
      expect(await count(table)).toBe(before + 1);
      const made = answers.filter(({ status }) => status === 201);
      expect(made.filter((answer) => !isReplayed(answer))).toHaveLength(1);
      const last = await caller.post(path, body);
      expect(isReplayed(last)).toBe(true);
      for (const { body: answered } of made) expect(answered).toEqual(last.body);
      for (const { status, body: problem, headers } of answers.filter((answer) => !made.includes(answer))) {
        // Passwords are hashed a few at once: who comes when that is busy is told to come back.
        expect(['409 idempotency_in_flight', '429 rate_limited']).toContain(`${status} ${problem.code}`);
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      }
    });

    it('a twin is told at once while the first is in the midst of its transaction', async () => {
      const key = randomUUID();
      const release = await inMidst('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
        `${tenant.id} ${key}`,
      ]);
      const body = policy();
      const twin = await keyed(tenant.admin, key).post('/v1/policies', body);
      await release();
      expect(twin).toMatchObject({ status: 409, body: { code: 'idempotency_in_flight' } });
      expect(twin.headers.get('retry-after')).toBe('1');
      expect((await keyed(tenant.admin, key).post('/v1/policies', body)).status).toBe(201);
    });

    it('a twin that waits for the row of the first is told so too', async () => {
      const [key, body] = [randomUUID(), policy()];
      expectStatus(await keyed(tenant.admin, key).post('/v1/policies', body), 201);
      const release = await inMidst('SELECT 1 FROM idempotency_keys WHERE key = $1 FOR UPDATE', [key]);
      const twin = await keyed(tenant.admin, key).post('/v1/policies', body);
      await release();
      expect(twin).toMatchObject({ status: 409, body: { code: 'idempotency_in_flight' } });
      expect(isReplayed(await keyed(tenant.admin, key).post('/v1/policies', body))).toBe(true);
    });
  });

  describe('row 30: a key belongs to one request of one tenant', () => {
    it('another body, another address and another operation are refused', async () => {
      const caller = keyed(tenant.key);
      const { id } = expectStatus(await caller.post('/v1/sessions', { policy: 'identity' }), 201);
      const before = [await count('sessions'), await count('policies')];
      for (const [path, body] of [
        ['/v1/sessions', { policy: 'identity', reference: 'another' }],
        ['/v1/sessions?again=1', { policy: 'identity' }],
        ['/v1/policies', policy()],
        [`/v1/sessions/${id}/cancel`, {}],
      ] as const) {
        const answer = await caller.post(path, body);
        expect([path, answer.status, answer.body.code]).toEqual([path, 422, 'idempotency_key_reused']);
      }
      expect([await count('sessions'), await count('policies')]).toEqual(before);
      expect(isReplayed(await caller.post('/v1/sessions', { policy: 'identity' }))).toBe(true);
    });

    it('another tenant’s and the operator’s are their own', async () => {
      const [key, other] = [randomUUID(), await createReadyTenant(app)];
      const body = { policy: 'identity' };
      const first = expectStatus(await keyed(tenant.key, key).post('/v1/sessions', body), 201);
      const second = await keyed(other.key, key).post('/v1/sessions', body);
      expect([second.status, isReplayed(second)]).toEqual([201, false]);
      expect(second.body.id).not.toBe(first.id);
      const made = await keyed(app.operator, key).post('/v1/tenants', newTenant());
      expect([made.status, isReplayed(made)]).toEqual([201, false]);
    });

    it('a further API key of the tenant gets the same answer, another person is refused', async () => {
      const [key, body] = [randomUUID(), { policy: 'identity' }];
      const { id } = expectStatus(await keyed(tenant.key, key).post('/v1/sessions', body), 201);
      const renewed = app.anonymous.with(bearer((await createApiKey(tenant.admin)).key as string));
      const again = await keyed(renewed, key).post('/v1/sessions', body);
      expect([again.body.id, isReplayed(again)]).toEqual([id, true]);

      const [claim, supervisor] = [randomUUID(), await addPerson(app, tenant, 'supervisor')];
      expectStatus(await keyed(tenant.admin, claim).post('/v1/reviews/claim-next'), 200);
      expect(isReplayed(await keyed(tenant.admin, claim).post('/v1/reviews/claim-next'))).toBe(true);
      expect((await keyed(supervisor, claim).post('/v1/reviews/claim-next')).status).toBe(422);
    });

    it('decisions are answered again as they were, with their ETag', async () => {
      const session = await createSession(tenant);
      const caller = keyed(tenant.key);
      const first = await caller.post(`/v1/sessions/${session.id}/cancel`);
      const second = await caller.post(`/v1/sessions/${session.id}/cancel`);
      expect([first.status, second.status, isReplayed(second)]).toEqual([200, 200, true]);
      expect(second.body).toEqual(first.body);
      expect((await tenant.key.post(`/v1/sessions/${session.id}/cancel`)).body.code).toBe('conflict');

      const url = 'https://hooks.example/';
      const endpoint = { url, events: ['policy.published'] };
      const { id } = expectStatus(await tenant.key.post('/v1/webhook-endpoints', endpoint), 201);
      const rotated = await caller
        .with({ [KEY]: randomUUID() })
        .post(`/v1/webhook-endpoints/${id}/rotate-secret`);
      expect(rotated.headers.get('etag')).toBe('"2"');
    });
  });

  describe('row 31: what is stored, for how long, and what a key looks like', () => {
    it.each(['x'.repeat(256), 'a b', 'tab\there', 'ünicode', ''])('refuses the key %j', async (key) => {
      const before = await count('policies');
      const answer = await keyed(tenant.admin, key).post('/v1/policies', policy());
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
      expect(await count('policies')).toBe(before);
    });

    it('a failure of ours has no effect and leaves the key free', async () => {
      const [caller, body] = [keyed(tenant.admin), policy()];
      await app.sql('REVOKE INSERT ON audit_entries FROM countersign_app');
      const failed = await caller.post('/v1/policies', body);
      await app.sql('GRANT INSERT ON audit_entries TO countersign_app');
      expect(failed.status).toBe(500);
      const retried = await caller.post('/v1/policies', body);
      expect([retried.status, isReplayed(retried)]).toEqual([201, false]);
    });

    it('a refused request is not stored', async () => {
      const [caller, slug] = [keyed(tenant.admin), `later-${randomUUID()}`];
      expect((await caller.post('/v1/policies', { slug })).status).toBe(400);
      expect((await caller.post(`/v1/policies/${randomUUID()}/versions/1/publish`)).status).toBe(404);
      expect(await caller.post('/v1/policies', policy(slug))).toMatchObject({ status: 201, body: { slug } });
    });

    it('a key is forgotten after 24 hours: by the next request with it, and by the clean-up', async () => {
      const mine = keyed(tenant.admin);
      expectStatus(await mine.post('/v1/policies', policy()), 201);
      const fresh = await count('idempotency_keys');
      await app.sql(`UPDATE idempotency_keys SET created_at = now() - interval '25 hours'`);
      const other = await mine.post('/v1/policies', policy());
      expect([other.status, isReplayed(other)]).toEqual([201, false]);
      expect(await count('idempotency_keys')).toBe(fresh);

      expectStatus(await keyed(app.operator).post('/v1/tenants', newTenant()), 201);
      await app.sql(`UPDATE operator_idempotency_keys SET created_at = now() - interval '25 hours'`);
      await app.server.app.get(IdempotencyCleanUp).deleteOld();
      expect(await count('idempotency_keys')).toBe(1);
      expect(await count('operator_idempotency_keys')).toBe(0);
    });

    it('a key of more than 24 hours ago is neither replayed nor held against its next use, also while a twin takes it', async () => {
      const [key, body] = [randomUUID(), policy()];
      expectStatus(await keyed(tenant.admin, key).post('/v1/policies', body), 201);
      await app.sql(`UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = $1`, [
        key,
      ]);
      const release = await inMidst('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
        `${tenant.id} ${key}`,
      ]);
      const twins = [
        await keyed(tenant.admin, key).post('/v1/policies', body),
        await keyed(tenant.admin, key).post('/v1/policies', policy()),
      ];
      await release();
      for (const twin of twins) {
        expect(twin).toMatchObject({ status: 409, body: { code: 'idempotency_in_flight' } });
      }
    });

    it('a tenant whose keys can not be deleted keeps nobody else’s', async () => {
      const cleanUp = app.server.app.get(IdempotencyCleanUp);
      expectStatus(await keyed(tenant.admin).post('/v1/policies', policy()), 201);
      const other = await createReadyTenant(app);
      expectStatus(await keyed(other.admin).post('/v1/policies', policy()), 201);
      expectStatus(await keyed(app.operator).post('/v1/tenants', newTenant()), 201);
      await app.sql(`UPDATE idempotency_keys SET created_at = now() - interval '25 hours'`);
      await app.sql(`UPDATE operator_idempotency_keys SET created_at = now() - interval '25 hours'`);
      const [first] = await app.sql<{ id: string }>(
        'SELECT id FROM tenants WHERE id IN (SELECT tenant_id FROM idempotency_keys) LIMIT 1',
      );
      await app.sql(`
        CREATE FUNCTION stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'it stays'; END $$;
        CREATE TRIGGER stays BEFORE DELETE ON idempotency_keys FOR EACH ROW
          WHEN (OLD.tenant_id = '${first!.id}') EXECUTE FUNCTION stays();`);
      await cleanUp.deleteOld();
      const left = await app.sql<{ id: string }>('SELECT DISTINCT tenant_id AS id FROM idempotency_keys');
      expect(left).toEqual([first]);
      expect(await count('operator_idempotency_keys')).toBe(0);

      await app.sql('DROP TRIGGER stays ON idempotency_keys');
      // A run that is under way is not begun a second time.
      const [run, same] = [cleanUp.deleteOld(), cleanUp.deleteOld()];
      expect(same).toBe(run);
      await run;
      expect(await count('idempotency_keys')).toBe(0);
    });

    it('an answer that can not be opened any more is told as such', async () => {
      const [key, body] = [randomUUID(), policy()];
      expectStatus(await keyed(tenant.admin, key).post('/v1/policies', body), 201);
      await app.sql('UPDATE idempotency_keys SET response = $2 WHERE key = $1', [key, Buffer.from('lost')]);
      const again = await keyed(tenant.admin, key).post('/v1/policies', body);
      expect(again).toMatchObject({ status: 410, body: { code: 'data_unreadable' } });
    });

    it('an answer with a secret is stored sealed, and the operator’s too', async () => {
      const made = expectStatus(await keyed(app.operator).post('/v1/tenants', newTenant()), 201);
      const { key } = expectStatus(
        await keyed(tenant.admin).post('/v1/api-keys', { name: 'Sealed', scopes: ['sessions:read'] }),
        201,
      );
      const stored = await app.sql<{ response: Buffer }>(
        'SELECT response FROM idempotency_keys UNION ALL SELECT response FROM operator_idempotency_keys',
      );
      expect(stored.length).toBeGreaterThanOrEqual(2);
      const text = Buffer.concat(stored.map(({ response }) => response));
      expect(text.includes(made.admin.initialPassword as string)).toBe(false);
      expect(text.includes(key as string)).toBe(false);
    });
  });
});
