import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/app.js';
import type { Any } from '../support/client.js';
import type { TestTenant } from '../support/factories.js';
import { expectInvariants } from '../support/invariants.js';
import { NotifiedApp, type Notified } from '../support/notified-app.js';
import { authorization, bodyOf, JSON_TYPE, notify, send, yotiId } from '../support/notify.js';
import type { NotificationTarget } from '../support/yoti-proxy.js';

describe('notifications that are not Yoti’s', () => {
  let site: NotifiedApp;
  let tenant: TestTenant;
  let neighbour: TestTenant;
  let session: Any;
  let target: NotificationTarget;
  let other: Notified;

  beforeAll(async () => {
    ({ site, tenant, neighbour, other } = await NotifiedApp.withTenants());
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

  /** Waits until nothing of anybody's is in hand, and puts off what is due later. */
  const quieten = () =>
    eventually(async () => {
      await site.app.sql(
        `UPDATE sessions SET next_sync_at = now() + interval '1 day' WHERE status = 'ongoing' AND lease_token IS NULL`,
      );
      const busy = await site.app.sql(
        `SELECT 1 FROM sessions WHERE lease_token IS NOT NULL OR next_sync_at < now() + interval '1 hour'`,
      );
      return busy.length === 0;
    });

  /** What a notification could have changed of the sessions that these tests are about. */
  const traces = async () => {
    const ids = [session.id, other.session.id];
    return {
      stored: await site.app.sql('SELECT id FROM notifications WHERE session_id = ANY ($1)', [ids]),
      sessions: await site.app.sql(
        `SELECT id, next_sync_at, sync_requests, status, updated_at FROM sessions WHERE id = ANY ($1) ORDER BY id`,
        [ids],
      ),
      audit: await site.app.sql('SELECT count(*) FROM audit_entries WHERE session_id = ANY ($1)', [ids]),
    };
  };

  const forged: [string, number, () => [string, Record<string, string>, string | Buffer | object]][] = [
    [
      'to a path that nobody has',
      404,
      () => [`${site.app.url}/hooks/yoti/${'A'.repeat(22)}`, authorization(target.token), bodyOf(session)],
    ],
    [
      'to a path that is none',
      404,
      () => [`${site.app.url}/hooks/yoti/..%2f`, authorization(target.token), bodyOf(session)],
    ],
    [
      'to a very long path',
      400,
      () => [`${site.app.url}/hooks/yoti/${'A'.repeat(5000)}`, authorization(target.token), bodyOf(session)],
    ],
    ['without a token', 401, () => [target.endpoint, {}, bodyOf(session)]],
    ['with an empty token', 401, () => [target.endpoint, { authorization: 'Bearer ' }, bodyOf(session)]],
    ['with another token', 401, () => [target.endpoint, authorization('A'.repeat(43)), bodyOf(session)]],
    [
      'with another session’s token',
      401,
      () => [target.endpoint, authorization(other.target.token), bodyOf(session)],
    ],
    ['with an API key', 401, () => [target.endpoint, authorization(tenant.apiKey), bodyOf(session)]],
    [
      'about another session',
      400,
      () => [target.endpoint, authorization(target.token), bodyOf(other.session)],
    ],
    [
      'about a session that is nobody’s',
      400,
      () => [target.endpoint, authorization(target.token), { session_id: randomUUID(), topic: 'x' }],
    ],
    [
      'without a topic',
      400,
      () => [target.endpoint, authorization(target.token), { session_id: yotiId(session) }],
    ],
    [
      'with a topic that is no text',
      400,
      () => [target.endpoint, authorization(target.token), { ...bodyOf(session), topic: {} }],
    ],
    ['that is a list', 400, () => [target.endpoint, authorization(target.token), [bodyOf(session)]]],
    ['that is null', 400, () => [target.endpoint, authorization(target.token), 'null']],
    ['that is empty', 400, () => [target.endpoint, authorization(target.token), '']],
    ['that is broken', 400, () => [target.endpoint, authorization(target.token), '{"session_id":']],
    [
      'with invalid UTF-8',
      400,
      () => [target.endpoint, authorization(target.token), Buffer.from([0x22, 0xff, 0x22])],
    ],
    [
      'with a NUL',
      400,
      () => [target.endpoint, authorization(target.token), { ...bodyOf(session), x: '\0' }],
    ],
    [
      'of another type',
      415,
      () => [
        target.endpoint,
        { ...authorization(target.token), 'content-type': 'text/plain' },
        bodyOf(session),
      ],
    ],
    [
      'that is huge',
      413,
      () => [target.endpoint, authorization(target.token), { ...bodyOf(session), x: 'x'.repeat(300_000) }],
    ],
  ];

  it.each(forged)(
    'row 19: a forged notification %s is refused with %i, and nothing of it is kept',
    async (_, status, make) => {
      const before = await traces();
      const [endpoint, headers, body] = make();
      const answer = await send(endpoint, { ...JSON_TYPE, ...headers }, body);
      expect(answer).toMatchObject({ status, type: 'application/problem+json; charset=utf-8' });
      expect(JSON.parse(answer.text)).toMatchObject({ status });
      expect(answer.text).not.toContain(tenant.id);
      expect(await traces()).toEqual(before);
    },
  );

  it('row 19: forged notifications are counted, for the tenant whose path they use and for the platform', async () => {
    const owner = await site.tenant();
    const [one, two] = [await site.open(owner), await site.open(owner)];
    const onPlatform = await forgedSoFar();
    const headers = { ...JSON_TYPE, ...authorization(two.target.token) };
    expect((await send(one.target.endpoint, headers, bodyOf(one.session))).status).toBe(401);
    expect((await notify(one.target, bodyOf(two.session))).status).toBe(400);
    const nobodys = { ...one.target, endpoint: `${site.app.url}/hooks/yoti/${'B'.repeat(22)}` };
    expect((await notify(nobodys, bodyOf(one.session))).status).toBe(404);
    await eventually(async () => (await site.inbox(owner)).notifications.forged === 2);
    expect((await site.inbox(neighbour)).notifications.forged).toBe(0);
    expect(await forgedSoFar()).toBe(onPlatform + 3);
  });

  async function forgedSoFar(): Promise<number> {
    const { body } = await site.app.anonymous.get<string>('/metrics');
    return Number(/^countersign_notifications_total\{kind="forged"\} (\d+)/m.exec(body)?.[1] ?? 0);
  }

  it('row 20: a notification with a session id that is none of its path’s leads to no call of Yoti', async () => {
    const theirs = await site.open(neighbour);
    await quieten();
    const asked = countReads();
    const before = await traces();
    const ids: unknown[] = [
      '../../x',
      `${yotiId(session)}/../${yotiId(other.session)}`,
      yotiId(theirs.session),
      yotiId(other.session),
      randomUUID(),
      'x'.repeat(10_000),
      '',
      null,
      7,
      [yotiId(session)],
      { id: yotiId(session) },
      `${yotiId(session)}?sdkId=x`,
      ` ${yotiId(session)}`,
    ];
    for (const id of ids) {
      const answer = await notify(target, { session_id: id, topic: 'session_completion' });
      expect([id, answer.status]).toEqual([id, 400]);
    }
    expect(await traces()).toEqual(before);
    expect(asked()).toBe(0);
  });

  /** Counts what Yoti is asked about sessions from now on; nothing of it is answered well. */
  function countReads(): () => number {
    const before = site.proxy.count('read');
    site.proxy.answer('read', (response) => response.writeHead(500).end());
    return () => site.proxy.count('read') - before;
  }
});
