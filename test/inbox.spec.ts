import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from './support/app.js';
import type { Any } from './support/client.js';
import { expectStatus, type TestTenant } from './support/factories.js';
import { NotifiedApp } from './support/notified-app.js';
import { authorization, bodyOf, JSON_TYPE, notify } from './support/notify.js';
import { WebhookReceiver } from './support/webhook-receiver.js';
import { createEndpoint, readDelivery, sendTest } from './support/webhooks.js';

describe('how the inbox is doing', () => {
  let site: NotifiedApp;
  let receiver: WebhookReceiver;
  let tenant: TestTenant;

  beforeAll(async () => {
    site = await NotifiedApp.start();
    receiver = await WebhookReceiver.start();
    tenant = await site.tenant();
  }, 60_000);

  afterAll(async () => {
    await receiver.close();
    await site.stop();
  });

  const park = (table: 'sessions' | 'deliveries', ids: string[]) =>
    table === 'sessions'
      ? site.app.sql(
          `UPDATE sessions SET next_sync_at = NULL, parked_reason = 'server_failed', parked_at = now() WHERE id = ANY ($1)`,
          [ids],
        )
      : site.app.sql(
          `UPDATE deliveries SET status = 'failed', next_attempt_at = NULL, finished_at = now(),
                  parked_reason = 'The server kept failing before it could send.' WHERE id = ANY ($1)`,
          [ids],
        );
  const replay = (owner: TestTenant, body: object, key?: string) =>
    owner.key.with(key === undefined ? {} : { 'idempotency-key': key }).post('/v1/inbox/replay', body);

  /** Sessions that are parked. */
  async function parkedSessions(owner: TestTenant, count: number): Promise<Any[]> {
    const sessions: Any[] = [];
    for (let n = 0; n < count; n += 1) sessions.push((await site.open(owner)).session);
    await park(
      'sessions',
      sessions.map(({ id }) => id as string),
    );
    return sessions;
  }

  /** Another delivery that is parked. */
  async function parkedDelivery(endpoint: Any): Promise<string> {
    const { id } = await sendTest(tenant, endpoint);
    await eventually(async () => (await readDelivery(tenant, id as string)).status === 'delivered');
    await park('deliveries', [id as string]);
    return id as string;
  }

  /** What the gauge of parked deliveries is read from. */
  async function parkedOfAll(): Promise<number> {
    const [row] = await site.app.sql<{ count: number }>(
      `SELECT parked::int AS count FROM queue_depths() WHERE kind = 'deliveries'`,
    );
    return row!.count;
  }

  it('tells what came of a period’s notifications', async () => {
    const owner = await site.tenant();
    site.app.simulator.setNotificationKnobs({ drop: true });
    const { session, target } = await site.open(owner);
    await notify(target, bodyOf(session, 'resource_update'));
    await notify(target, bodyOf(session, 'resource_update'));
    // Equal in what it says, not in how it is written.
    const { session_id: id, topic } = bodyOf(session, 'resource_update');
    await notify(target, { topic, session_id: id });
    await notify(target, { ...bodyOf(session, 'resource_update'), more: 1 });
    expectStatus(await owner.key.post(`/v1/sessions/${session.id}/cancel`), 200);
    await notify(target, bodyOf(session, 'session_completion'));
    await notify({ ...target, token: 'A'.repeat(43) }, bodyOf(session));
    const counted = await eventually(async () => {
      const inbox = await site.inbox(owner);
      return inbox.notifications.forged === 1 && inbox;
    });
    expect(counted).toMatchObject({
      notifications: { received: 5, duplicates: 2, late: 1, forged: 1 },
      parked: { count: 0, items: [] },
    });
    const { items } = expectStatus(await owner.key.get('/v1/notifications'), 200);
    const flags = items.map(({ duplicate, late }: Any) => [duplicate, late]);
    expect(flags).toEqual([
      [false, true],
      [false, false],
      [true, false],
      [true, false],
      [false, false],
    ]);
    const past = '?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z';
    expect(expectStatus(await owner.key.get(`/v1/inbox${past}`), 200)).toMatchObject({
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-01-02T00:00:00.000Z',
      notifications: { received: 0, duplicates: 0, late: 0, forged: 0 },
      foundWithoutNotification: 0,
    });
    site.app.simulator.setNotificationKnobs({});
  });

  it.each([
    ['longer than 31 days', 'from=2026-01-01T00:00:00Z&to=2026-02-02T00:00:00Z'],
    ['of no time', 'from=yesterday'],
    ['of something else', 'since=2026-01-01T00:00:00Z'],
  ])('refuses a period %s', async (_, query) => {
    const answer = await tenant.key.get(`/v1/inbox?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });

  it('counts no step that a notification had told of', async () => {
    const owner = await site.tenant();
    site.app.simulator.setNotificationKnobs({ drop: true });
    const { session, target } = await site.open(owner);
    await site.finish(owner, session);
    await eventually(async () => {
      await notify(target, bodyOf(session));
      return (await site.read(owner, session)).outcome !== null;
    });
    site.app.simulator.setNotificationKnobs({});
    // What is counted after it is added up no earlier.
    await notify({ ...target, token: 'A'.repeat(43) }, bodyOf(session));
    const counted = await eventually(async () => {
      const inbox = await site.inbox(owner);
      return inbox.notifications.forged === 1 && inbox;
    });
    expect(counted.foundWithoutNotification).toBe(0);
  });

  it('tells how far the queues are behind', async () => {
    const owner = await site.tenant();
    let answer = () => {};
    site.proxy.answer('read', (response) => {
      answer = () => void response.writeHead(500).end();
    });
    const { session, target } = await site.open(owner);
    await notify(target, bodyOf(session));
    const [sessions, deliveries] = await eventually(async () => {
      const { queues } = await site.inbox(owner);
      return queues[0].running > 0 && (queues as Any[]);
    });
    expect(sessions).toEqual({ kind: 'sessions', waiting: 0, running: 1, oldestDueAt: null });
    expect(deliveries).toEqual({ kind: 'deliveries', waiting: 0, running: 0, oldestDueAt: null });
    site.proxy.answer('read', undefined);
    answer();
    await eventually(async () => (await site.inbox(owner)).queues[0].running === 0);
  });

  it('replays one parked session, and then all', async () => {
    const owner = await site.tenant();
    const sessions = await parkedSessions(owner, 3);
    const ids = sessions.map(({ id }) => id as string);
    const { parked } = await site.inbox(owner);
    expect(parked.count).toBe(3);
    expect(parked.items.map(({ id }: Any) => id).toSorted()).toEqual(ids.toSorted());
    expect(parked.items[0]).toMatchObject({ kind: 'sessions', sessionId: ids[0], reason: 'server_failed' });
    const one = await replay(owner, { kind: 'sessions', id: ids[1] });
    expect(one).toMatchObject({ status: 200, body: { replayed: 1, remaining: 2 } });
    const rest = await replay(owner, { kind: 'sessions' });
    expect(rest).toMatchObject({ status: 200, body: { replayed: 2, remaining: 0 } });
    for (const session of sessions) {
      await site.until(owner, session, ({ syncedAt, parkedReason }) => syncedAt !== null && !parkedReason);
    }
    const { items } = expectStatus(await owner.key.get('/v1/audit-entries?action=session.replayed'), 200);
    expect(items.map(({ object }: Any) => object.id).toSorted()).toEqual(ids.toSorted());
    expect(await replay(owner, { kind: 'sessions', id: ids[0] })).toMatchObject({ status: 404 });
  });

  it('does not find a session that somebody else replays at the same time', async () => {
    const owner = await site.tenant();
    const [session] = await parkedSessions(owner, 1);
    const other = new pg.Client({ connectionString: site.app.database.adminUrl });
    await other.connect();
    try {
      await other.query('BEGIN');
      await other.query(
        `UPDATE sessions SET parked_reason = NULL, parked_at = NULL, next_sync_at = now() WHERE id = $1`,
        [session.id],
      );
      // Waited for in the database: the wait for a lock is short.
      const committed = other.query(`
        DO $$ BEGIN
          FOR n IN 1..3000 LOOP
            EXIT WHEN EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)));
            PERFORM pg_sleep(0.01);
          END LOOP;
        END $$;
        COMMIT`);
      const answer = await replay(owner, { kind: 'sessions', id: session.id });
      await committed;
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    } finally {
      await other.end();
    }
    await site.until(owner, session, ({ syncedAt }) => syncedAt !== null);
  });

  it('replays a parked delivery, unless its endpoint takes nothing', async () => {
    const open = await createEndpoint(tenant, receiver.at('/open'));
    const closed = await createEndpoint(tenant, receiver.at('/closed'));
    const [good, bad] = [await parkedDelivery(open), await parkedDelivery(closed)];
    const disable = { status: 'disabled' };
    expectStatus(await tenant.key.patch(`/v1/webhook-endpoints/${closed.id}`, disable), 200);
    const refused = await replay(tenant, { kind: 'deliveries', id: bad });
    expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } });
    const all = await replay(tenant, { kind: 'deliveries' });
    expect(all).toMatchObject({ status: 200, body: { replayed: 1, remaining: 1 } });
    await receiver.events('/open', 2);
    await eventually(async () => (await readDelivery(tenant, good)).status === 'delivered');
    expect(receiver.count('/closed')).toBe(1);
  });

  it('counts nothing of an endpoint that was deleted, where its deliveries still say why they were given up', async () => {
    const [kept, deleted] = [
      await createEndpoint(tenant, receiver.at('/kept')),
      await createEndpoint(tenant, receiver.at('/deleted')),
    ];
    const [stays, goes] = [await parkedDelivery(kept), await parkedDelivery(deleted)];
    const shown = async () => {
      const { parked } = await site.inbox(tenant);
      return (parked.items as Any[]).map(({ id }) => id as string);
    };
    const [owed, measured] = [await shown(), await parkedOfAll()];
    expect(owed).toEqual(expect.arrayContaining([stays, goes]));
    expectStatus(await tenant.key.delete(`/v1/webhook-endpoints/${deleted.id}`), 204);
    expect(await shown()).toEqual(owed.filter((id) => id !== goes));
    expect((await site.inbox(tenant)).parked.count).toBe(owed.length - 1);
    expect(await parkedOfAll()).toBe(measured - 1);
    expect(await readDelivery(tenant, goes)).toMatchObject({
      status: 'failed',
      parkedReason: expect.stringContaining('failing'),
    });
    expect(await replay(tenant, { kind: 'deliveries', id: goes })).toMatchObject({ status: 404 });
  });

  it('replays once for one idempotency key', async () => {
    const owner = await site.tenant();
    const [first] = await parkedSessions(owner, 1);
    const body = { kind: 'sessions' };
    const answers = [await replay(owner, body, 'again'), await replay(owner, body, 'again')];
    expect(answers.map(({ status, body: answered }) => [status, answered])).toEqual([
      [200, { replayed: 1, remaining: 0 }],
      [200, { replayed: 1, remaining: 0 }],
    ]);
    expect(answers[1]?.headers.get('idempotency-replayed')).toBe('true');
    await site.until(owner, first, ({ syncedAt }) => syncedAt !== null);
    const [{ count } = { count: 0 }] = await site.app.sql<{ count: number }>(
      `SELECT count(*)::int AS count FROM audit_entries WHERE tenant_id = $1 AND action = 'session.replayed'`,
      [owner.id],
    );
    expect(count).toBe(1);
  });

  it('I1 shows and replays nothing of another tenant’s', async () => {
    const owner = await site.tenant();
    const [theirs] = await parkedSessions(owner, 1);
    for (const id of [theirs.id as string, uuidv7()]) {
      expect(await replay(tenant, { kind: 'sessions', id })).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      });
    }
    expectStatus(await replay(tenant, { kind: 'sessions' }), 200);
    const shown = JSON.stringify(await site.inbox(tenant));
    expect(shown).not.toContain(theirs.id);
    expect((await site.inbox(owner)).parked.count).toBe(1);
  });

  it('takes notifications by every host name that leads to it', async () => {
    const { session, target } = await site.open(tenant);
    const { port, pathname } = new URL(target.endpoint);
    for (const host of ['old-name.example', 'older-name.example:8443', '127.0.0.1']) {
      const status = await new Promise<number>((resolve, reject) => {
        const headers = { ...JSON_TYPE, ...authorization(target.token), host };
        const sent = request({ port, path: pathname, method: 'POST', headers }, (response) => {
          void text(response).then(() => resolve(response.statusCode ?? 0), reject);
        });
        sent.on('error', reject);
        sent.end(JSON.stringify({ ...bodyOf(session, 'resource_update'), host }));
      });
      expect([host, status]).toEqual([host, 200]);
    }
    const { items } = expectStatus(await tenant.key.get(`/v1/notifications?sessionId=${session.id}`), 200);
    expect(items).toHaveLength(3);
  });
});
