import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MAX_SYNC_ATTEMPTS } from '../../src/sessions/sync.schedule.js';
import { eventually } from '../support/app.js';
import type { Any } from '../support/client.js';
import { expectStatus, type TestTenant } from '../support/factories.js';
import { inTime } from '../support/in-time.js';
import { expectInvariants } from '../support/invariants.js';
import { NotifiedApp, type Notified } from '../support/notified-app.js';
import { bodyOf, JSON_TYPE, notify, yotiId } from '../support/notify.js';
import type { NotificationTarget } from '../support/yoti-proxy.js';

/** An answer about a session, with another id in it. */
const completed = JSON.parse(
  readFileSync(new URL('../../src/yoti/completed-session.example.json', import.meta.url), 'utf8'),
) as object;

/** Notifications that may be under way at once. */
const AT_ONCE = 100;

describe('faults of notifications, and of what Yoti says about a session', () => {
  let site: NotifiedApp;
  let tenant: TestTenant;
  let neighbour: TestTenant;
  let session: Any;
  let target: NotificationTarget;
  let other: Notified;

  beforeAll(async () => {
    ({ site, tenant, neighbour, other } = await NotifiedApp.withTenants({
      loadBounds: {
        requests: { loopDelayMs: Infinity, notifications: AT_ONCE },
        connections: { patienceMs: 30_000, waitMs: 15_000 },
      },
    }));
  }, 60_000);

  afterAll(() => site.stop());

  beforeEach(async () => {
    site.app.simulator.setNotificationKnobs({});
    ({ session, target } = await site.open(tenant));
  });

  afterEach(async () => {
    site.proxy.answer('read', undefined);
    await expectInvariants(site.app);
  });

  const eventsOf = ({ id }: Any) =>
    site.app.sql<{ name: string }>('SELECT name FROM events WHERE session_id = $1 ORDER BY id', [id]);

  it.each([
    ['of the same tenant', () => ({ owner: tenant, about: other.session })],
    ['of another tenant', async () => ({ owner: neighbour, about: (await site.open(neighbour)).session })],
  ])(
    'row 16: an answer of Yoti’s about another session, %s, is refused, on record and tells nothing',
    async (_, whose) => {
      const { owner, about } = await whose();
      const before = { session: await site.read(owner, about), events: await eventsOf(about) };
      site.proxy.answer('read', (response) => {
        response.writeHead(200, JSON_TYPE).end(JSON.stringify({ ...completed, session_id: yotiId(about) }));
      });
      const path = `/v1/sessions/${session.id}`;
      const refused = await tenant.key.post(`${path}/sync`);
      expect(refused).toMatchObject({ status: 502, body: { code: 'yoti_bad_response' } });
      expect(await site.read(tenant, session)).toMatchObject({
        status: 'ongoing',
        outcome: null,
        syncError: 'yoti_bad_response',
      });
      expect((await tenant.key.get(`${path}/result`)).status).toBe(409);
      const record = await tenant.key.get(`/v1/audit-entries?sessionId=${session.id}`);
      const entry = expectStatus(record, 200).items.find(
        ({ action }: Any) => action === 'session.answer_mismatched',
      );
      expect(entry).toMatchObject({ actor: { type: 'yoti' }, object: { id: session.id }, details: {} });
      expect({ session: await site.read(owner, about), events: await eventsOf(about) }).toEqual(before);
      expect((await owner.key.get(`/v1/sessions/${about.id}/result`)).status).toBe(409);
      site.proxy.answer('read', undefined);
      await site.finish(tenant, session);
      const { outcome } = await site.until(tenant, session, ({ status }) => status === 'completed');
      expect(outcome).toBe('approved');
    },
  );

  it('row 17: a notification that comes a hundred times at once is answered 200 each time, and has one effect', async () => {
    site.app.simulator.setNotificationKnobs({ drop: true });
    await site.finish(tenant, session);
    await site.ended(session);
    const answers = await Promise.all(Array.from({ length: 100 }, () => notify(target, bodyOf(session))));
    expect(new Set(answers.map(({ status, text }) => `${status}${text}`))).toEqual(new Set(['200']));
    // By the notifications alone: it is due in minutes otherwise.
    await site.until(tenant, session, ({ outcome }) => outcome !== null);
    await eventually(async () => {
      const [row] = await site.app.sql(
        'SELECT 1 FROM sessions WHERE id = $1 AND lease_token IS NULL AND next_sync_at IS NULL',
        [session.id],
      );
      return row;
    });
    const readings = site.proxy.paths('read').filter((path) => path.endsWith(`/${yotiId(session)}`)).length;
    expect(readings).toBeGreaterThanOrEqual(1);
    expect(readings).toBeLessThanOrEqual(3);
    expect((await eventsOf(session)).map(({ name }) => name)).toEqual([
      'session.created',
      'session.started',
      'session.submitted',
      'session.completed',
      'session.decided',
    ]);
    const [counted] = await site.app.sql(
      `SELECT count(*)::int AS stored, count(*) FILTER (WHERE NOT duplicate)::int AS first
         FROM notifications WHERE session_id = $1`,
      [session.id],
    );
    expect(counted).toEqual({ stored: 100, first: 1 });
  });

  it('row 18: notifications out of their order, before their time and after the end change nothing but what Yoti says', async () => {
    site.app.simulator.setNotificationKnobs({ reorder: true });
    // Before its time: Yoti says that nothing has happened.
    expect((await notify(target, bodyOf(session))).status).toBe(200);
    expect(await site.until(tenant, session, ({ syncedAt }) => syncedAt !== null)).toMatchObject({
      status: 'ongoing',
      progress: 'not_started',
    });
    await site.finish(tenant, session);
    await site.until(tenant, session, ({ outcome }) => outcome === 'approved');
    site.app.simulator.setNotificationKnobs({ drop: true });
    const cancelled = await site.open(tenant);
    expectStatus(await tenant.key.post(`/v1/sessions/${cancelled.session.id}/cancel`), 200);
    await site.finish(tenant, cancelled.session);
    const expired = await site.open(tenant);
    await site.app.simulator.advanceClock(3600);
    await eventually(async () => {
      await site.passTime([expired.session.id as string]);
      return (await site.read(tenant, expired.session)).status === 'expired';
    });
    for (const closed of [{ session, target }, cancelled, expired]) {
      // What is still on its way has come.
      await eventually(async () => {
        const [row] = await site.app.sql('SELECT 1 FROM sessions WHERE id = $1 AND lease_token IS NULL', [
          closed.session.id,
        ]);
        return row;
      });
      const before = {
        session: await site.read(tenant, closed.session),
        events: await eventsOf(closed.session),
      };
      const late = (await site.inbox(tenant)).notifications.late as number;
      for (const topic of ['check_completion', 'session_completion', 'resource_update']) {
        expect((await notify(closed.target, bodyOf(closed.session, topic))).status).toBe(200);
      }
      expect((await site.inbox(tenant)).notifications.late).toBeGreaterThanOrEqual(late + 3);
      const [row] = await site.app.sql('SELECT next_sync_at FROM sessions WHERE id = $1', [
        closed.session.id,
      ]);
      expect(row).toEqual({ next_sync_at: null });
      expect({
        session: await site.read(tenant, closed.session),
        events: await eventsOf(closed.session),
      }).toEqual(before);
    }
  });

  it('row 21: the sweep completes and expires every session although all notifications are lost', async () => {
    const owner = await site.tenant();
    site.app.simulator.setNotificationKnobs({ drop: true });
    const begun: Any[] = [];
    for (const scenario of ['happy', 'forged_document', 'happy']) {
      const { session: created } = await site.open(owner);
      await site.finish(owner, created, scenario);
      begun.push(created);
    }
    const { session: abandoned } = await site.open(owner);
    const ids = [...begun, abandoned].map(({ id }) => id as string);
    const passTime = async () => {
      // No more of it than a lost notification may cost.
      const late = await site.app.sql(
        `SELECT id, next_sync_at FROM sessions WHERE id = ANY ($1) AND status = 'ongoing'
            AND (next_sync_at < now() + interval '15 minutes') IS NOT TRUE`,
        [ids],
      );
      expect(late).toEqual([]);
      await site.passTime(ids);
    };
    await eventually(async () => {
      await passTime();
      const states = await Promise.all(begun.map((each) => site.read(owner, each)));
      return states.every(({ status }) => status === 'completed');
    });
    await site.app.simulator.advanceClock(3600);
    await eventually(async () => {
      await passTime();
      return (await site.read(owner, abandoned)).status === 'expired';
    });
    const outcomes = await Promise.all(begun.map(async (each) => (await site.read(owner, each)).outcome));
    expect(outcomes).toEqual(['approved', 'in_review', 'approved']);
    const counted = await eventually(async () => {
      const found = await site.inbox(owner);
      return found.foundWithoutNotification >= begun.length && found;
    });
    expect(counted.notifications).toEqual({ received: 0, duplicates: 0, late: 0, forged: 0 });
  });

  it('row 22: a storm of notifications for one tenant is taken or refused for a while, nothing acknowledged is lost, and the others are served', async () => {
    const theirs = await site.open(neighbour);
    const counts = { taken: 0, refused: 0 };
    const strange: unknown[] = [];
    let served = false;
    const wave = async () => {
      const topic = 'resource_update';
      const sent = Array.from({ length: 2 * AT_ONCE }, (_, n) =>
        notify(target, { ...bodyOf(session, topic), n }),
      );
      for (const { status, retryAfter } of await Promise.all(sent)) {
        if (status === 200) counts.taken += 1;
        else if ([429, 503].includes(status) && Number(retryAfter) > 0) counts.refused += 1;
        else strange.push({ status, retryAfter });
      }
    };
    const storm = (async () => {
      while (!served || counts.refused === 0) await wave();
    })();
    // All of this within the storm, which goes on until it has ended.
    try {
      await eventually(async () => (await notify(theirs.target, bodyOf(theirs.session))).status === 200);
      expect((await site.read(neighbour, theirs.session)).status).toBe('ongoing');
      await site.finish(neighbour, theirs.session);
      await eventually(async () => {
        await site.passTime([theirs.session.id as string]);
        return (await site.read(neighbour, theirs.session)).outcome === 'approved';
      }, 60_000);
    } finally {
      served = true;
      await inTime(60_000, storm);
    }
    expect(strange).toEqual([]);
    expect(counts.taken).toBeGreaterThan(0);
    const [kept] = await site.app.sql<{ count: number }>(
      `SELECT count(*)::int AS count FROM notifications WHERE session_id = $1 AND topic = 'resource_update'`,
      [session.id],
    );
    expect(kept?.count).toBeGreaterThanOrEqual(counts.taken);
    await site.finish(tenant, session);
    await site.until(tenant, session, ({ outcome }) => outcome === 'approved');
  }, 180_000);

  it('row 58: a giant result is not read to its end, its session is parked, and everything else goes on', async () => {
    const owner = await site.tenant();
    const { session: giant } = await site.open(owner);
    const text = JSON.stringify({
      ...completed,
      session_id: yotiId(giant),
      padding: 'x'.repeat(8 * 1024 * 1024),
    });
    site.proxy.answer('read', (response) => response.writeHead(200, JSON_TYPE).end(text));
    // The last but one of many tries.
    await site.app.sql('UPDATE sessions SET next_sync_at = now(), work_attempts = $2 WHERE id = $1', [
      giant.id,
      MAX_SYNC_ATTEMPTS - 1,
    ]);
    expect(await site.until(owner, giant, ({ parkedReason }) => parkedReason !== null)).toMatchObject({
      status: 'ongoing',
      outcome: null,
      parkedReason: 'yoti_bad_response',
    });
    site.proxy.answer('read', undefined);
    const { parked } = await site.inbox(owner);
    expect(parked).toMatchObject({
      count: 1,
      items: [{ kind: 'sessions', id: giant.id, sessionId: giant.id, reason: 'yoti_bad_response' }],
    });
    const { session: next } = await site.open(owner);
    await site.finish(owner, next);
    await site.until(owner, next, ({ outcome }) => outcome === 'approved');
    const replayed = await owner.key.post('/v1/inbox/replay', { kind: 'sessions', id: giant.id });
    expect(replayed).toMatchObject({ status: 200, body: { replayed: 1, remaining: 0 } });
    await site.until(owner, giant, ({ syncError, syncedAt }) => syncError === null && syncedAt !== null);
    expect((await site.inbox(owner)).parked).toEqual({ count: 0, items: [] });
  });
});
