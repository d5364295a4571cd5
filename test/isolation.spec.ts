import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import { createBusyTenant, type BusyTenant } from './support/busy-tenant.js';
import type { Any, Answer, Client } from './support/client.js';
import { expectStatus } from './support/factories.js';
import { fill, operationsOf, readDocument, type Operation } from './support/operations.js';
import { WebhookReceiver } from './support/webhook-receiver.js';

type Values = Record<string, string>;

/** Query parameters that name no object. */
const PLAIN_FILTERS =
  'limit after status outcome environment createdFrom createdTo type action from to'.split(' ');

/** Operations whose every caller needs the platform's scopes, which no tenant's caller has. */
const isPlatform = ({ permission }: Operation) => permission.startsWith('tenants:');

describe('I1 isolation of tenants', () => {
  let app: TestApp;
  let receiver: WebhookReceiver;
  let [victim, intruder]: BusyTenant[] = [];
  let operations: Operation[];
  let before: string;

  /** Everything of the victim's that is stored, as text. Counts are added up a moment after what they count. */
  async function rowsOf(tenantId: string): Promise<string> {
    const tables = await app.sql<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name = 'tenant_id' AND table_name <> 'tenant_counts' ORDER BY 1`,
    );
    const rows: unknown[] = [await app.sql('SELECT * FROM tenants WHERE id = $1', [tenantId])];
    for (const { name } of tables) {
      rows.push(
        name,
        await app.sql(`SELECT to_jsonb(t) FROM ${name} t WHERE tenant_id = $1 ORDER BY t::text`, [tenantId]),
      );
    }
    return JSON.stringify(rows);
  }

  /** Waits until no worker has anything of the tenant's in hand, and gives it nothing more to do. */
  async function quieten(tenantId: string): Promise<void> {
    await eventually(async () => {
      await app.sql('UPDATE sessions SET next_sync_at = NULL WHERE tenant_id = $1', [tenantId]);
      const busy = await app.sql(
        `SELECT 1 FROM sessions WHERE tenant_id = $1 AND (lease_token IS NOT NULL OR next_sync_at IS NOT NULL)
         UNION ALL SELECT 1 FROM deliveries WHERE tenant_id = $1 AND next_attempt_at IS NOT NULL`,
        [tenantId],
      );
      return busy.length === 0;
    });
  }

  beforeAll(async () => {
    app = await startTestApp();
    receiver = await WebhookReceiver.start();
    operations = operationsOf(await readDocument(app));
    victim = await createBusyTenant(app, receiver.at('/victim'));
    intruder = await createBusyTenant(app, receiver.at('/intruder'));
    await quieten(victim.id);
    // The first reading of the feed gives events their places.
    expectStatus(await victim.key.get('/v1/events'), 200);
    before = await rowsOf(victim.id);
  });

  afterAll(async () => {
    await receiver.close();
    await app.stop();
  });

  /** The victim's objects that the operation can name. Fails for a kind of object this file doesn't know. */
  function objectsOf({ path, pathParameters }: Operation, owner: BusyTenant): Values[] {
    const ids = owner.ids[path.split('/')[2] ?? ''];
    if (!ids) throw new Error(`Add objects for ${path}`);
    return ids.map((id) =>
      Object.fromEntries(
        pathParameters.map((name) => {
          if (name === 'id' || name === 'name') return [name, id];
          if (name === 'n') return [name, '1'];
          if (name === 'mediaId') return [name, owner.mediaId];
          if (name === 'secretId') return [name, owner.secretId];
          throw new Error(`Add a value for the parameter ${name} of ${path}`);
        }),
      ),
    );
  }

  /** A value for a parameter that names nothing of anybody's. */
  const otherThan = (parameter: string) => (parameter === 'n' ? '1' : uuidv7());

  /** What a caller learns from an answer. */
  const learnt = ({ status, body }: Answer<Any>) => ({
    status,
    body: typeof body === 'object' && body !== null ? { ...body, requestId: undefined } : body,
  });

  const callers = (): [string, Client][] => [
    ['an API key', intruder!.key],
    ['an admin', intruder!.admin],
    ['an admin who names the tenant', intruder!.admin.with({ 'countersign-tenant': victim!.id })],
    ['an admin who names its slug', intruder!.admin.with({ 'countersign-tenant': victim!.slug })],
    ['an API key that names the tenant', intruder!.key.with({ 'countersign-tenant': victim!.id })],
  ];

  it('answers about another tenant’s object as about one that does not exist, in every operation', async () => {
    const naming = operations.filter(({ pathParameters }) => pathParameters.length > 0);
    expect(naming.length).toBeGreaterThan(25);
    for (const operation of naming) {
      for (const foreign of objectsOf(operation, victim!)) {
        const nowhere = Object.fromEntries(Object.keys(foreign).map((name) => [name, otherThan(name)]));
        for (const [who, caller] of callers()) {
          const call = (values: Values) =>
            caller.send(operation.method, fill(operation.path, values), operation.body?.example);
          const answer = await call(foreign);
          const what = `${operation.id} by ${who}`;
          const refused = isPlatform(operation) || who.includes('names') ? 403 : 404;
          // What is put under a name becomes the caller's own, whatever others have under it.
          const owns = operation.method === 'PUT' && refused === 404;
          expect([what, answer.status]).toEqual([what, owns ? 200 : refused]);
          const elsewhere = await call(nowhere);
          if (!owns) expect([what, learnt(answer)]).toEqual([what, learnt(elsewhere)]);
          else {
            expect([what, elsewhere.status]).toEqual([what, 200]);
            for (const own of [foreign, nowhere])
              expectStatus(await intruder!.key.delete(fill(operation.path, own)), 204);
          }
        }
      }
    }
  });

  it('does not reach another tenant’s part through an object of one’s own', async () => {
    const nested = operations.filter(({ pathParameters }) => pathParameters.includes('mediaId'));
    expect(nested).toHaveLength(1);
    const own = intruder!.reviewedSession;
    const media = (id: string) => intruder!.key.get(`/v1/sessions/${own}/media/${id}`);
    const answer = await media(victim!.mediaId);
    expect(answer.status).toBe(404);
    expect(learnt(answer)).toEqual(learnt(await media(uuidv7())));
    expect((await media(intruder!.mediaId)).status).toBe(200);
    const [endpoint] = intruder!.ids['webhook-endpoints']!;
    const end = (id: string) => intruder!.key.delete(`/v1/webhook-endpoints/${endpoint}/secrets/${id}`);
    const ended = await end(victim!.secretId);
    expect(ended.status).toBe(404);
    expect(learnt(ended)).toEqual(learnt(await end(uuidv7())));
  });

  it('finds nothing by a filter that names another tenant’s object', async () => {
    const named: Record<string, string[]> = {
      sessionId: victim!.ids.sessions!,
      policy: [victim!.policySlug, ...victim!.ids.policies!],
      reference: [victim!.reference],
      endpointId: victim!.ids['webhook-endpoints']!,
      eventId: [victim!.eventId],
      objectId: [...victim!.ids.sessions!, ...victim!.ids.reviews!],
      actorId: [...victim!.ids.users!, ...victim!.ids['api-keys']!],
    };
    let tried = 0;
    for (const { id, path, queryParameters } of operations) {
      for (const { name } of queryParameters) {
        if (PLAIN_FILTERS.includes(name)) continue;
        const values = named[name];
        if (!values) throw new Error(`${id}: add values for the filter ${name}`);
        for (const value of values) {
          const page = expectStatus(await intruder!.key.get(`${path}?${name}=${value}`), 200);
          expect([id, name, page.items]).toEqual([id, name, []]);
          tried += 1;
        }
      }
    }
    expect(tried).toBeGreaterThan(10);
  });

  it('shows nothing of another tenant’s in any list, also from its cursors', async () => {
    const lists = operations.filter(
      (operation) =>
        operation.method === 'GET' &&
        operation.pathParameters.length === 0 &&
        operation.queryParameters.some(({ name }) => name === 'after') &&
        !isPlatform(operation),
    );
    expect(lists.length).toBeGreaterThan(8);
    for (const { id, path } of lists) {
      const page = async ({ key }: BusyTenant, query: string) =>
        expectStatus(await key.get(`${path}?${query}`), 200);
      const theirs = await page(victim!, 'limit=200');
      expect([id, theirs.items.length]).not.toEqual([id, 0]);
      const ids = new Set(theirs.items.map((item: Any) => item.id as string));
      const first = await page(victim!, 'limit=1');
      const cursors = theirs.items.map((item: Any) => Buffer.from(item.id as string).toString('base64url'));
      for (const after of [first.next, cursors[0], cursors.at(-1)].filter(Boolean)) {
        const { items } = await page(intruder!, `limit=200&after=${after}`);
        expect([id, items.filter((item: Any) => ids.has(item.id as string))]).toEqual([id, []]);
      }
      const own = await page(intruder!, 'limit=200');
      expect([id, own.items.filter((item: Any) => ids.has(item.id as string))]).toEqual([id, []]);
    }
  });

  it('does not use another tenant’s policy, and keeps idempotency keys apart', async () => {
    for (const policy of [victim!.policySlug, ...victim!.ids.policies!]) {
      const answer = await intruder!.key.post('/v1/sessions', { policy });
      const nowhere = await intruder!.key.post('/v1/sessions', { policy: uuidv7() });
      expect(answer.status).toBe(404);
      expect(learnt(answer)).toEqual(learnt(nowhere));
    }
    const third = await createBusyTenant(app, receiver.at('/third'));
    const request = { policy: 'identity', reference: 'same' };
    const keyed = { 'idempotency-key': 'the-same-key' };
    const one = expectStatus(await intruder!.key.with(keyed).post('/v1/sessions', request), 201);
    const other = await third.key.with(keyed).post('/v1/sessions', { ...request, reference: 'other' });
    expect(other.status).toBe(201);
    expect(other.headers.get('idempotency-replayed')).toBeNull();
    expect(other.body.id).not.toBe(one.id);
  });

  it('tells a tenant’s endpoints of its own events only', async () => {
    const told = receiver.received.filter(({ path }) => path === '/intruder');
    expect(told.map(({ event }) => event.data.sessionId)).toEqual([intruder!.reviewedSession]);
  });

  it('has changed nothing of the other tenant’s', async () => {
    // Lists and cursors were read with the victim's own key, which leaves no trace.
    expect(await rowsOf(victim!.id)).toBe(before);
  });
});
