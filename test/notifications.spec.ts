import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import { Client, type Any } from './support/client.js';
import {
  createReadyTenant,
  createSession,
  expectStatus,
  finishSession,
  type TestTenant,
} from './support/factories.js';
import { startYotiProxy, through, type NotificationTarget, type YotiProxy } from './support/yoti-proxy.js';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('the inbox of Yoti’s notifications', () => {
  let app: TestApp;
  let proxy: YotiProxy;
  let tenant: TestTenant;
  let session: Any;
  let target: NotificationTarget;
  let other: { session: Any; target: NotificationTarget };

  const openSession = async () => {
    const created = await createSession(tenant);
    return { session: created, target: proxy.lastTarget() };
  };

  beforeAll(async () => {
    proxy = await startYotiProxy(() => app.simulator.origin);
    app = await startTestApp({ config: { yotiApiUrls: [proxy.baseUrl] } });
    tenant = await createReadyTenant(through(app, proxy));
    other = await openSession();
  });

  afterAll(async () => {
    await app.stop();
    await proxy.close();
  });

  beforeEach(async () => {
    ({ session, target } = await openSession());
  });

  const yotiId = (of: Any) => of.client.yotiSessionId as string;
  const bodyOf = (of: Any, topic = 'session_completion') => ({ session_id: yotiId(of), topic });
  const authorization = (token: string) => ({ authorization: `Bearer ${token}` });

  async function send(endpoint: string, headers: Record<string, string>, body: string | Buffer | object) {
    const raw = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const response = await fetch(endpoint, { method: 'POST', headers, body: raw as string });
    const text = await response.text();
    return { status: response.status, type: response.headers.get('content-type'), text };
  }

  /** What a notification could have changed. */
  const traces = async () => ({
    stored: await app.sql('SELECT tenant_id, id FROM notifications ORDER BY id'),
    sessions: await app.sql(
      'SELECT id, next_sync_at, sync_requests, status, updated_at FROM sessions ORDER BY id',
    ),
    audit: await app.sql('SELECT count(*) FROM audit_entries'),
  });

  const forged: [string, number, () => [string, Record<string, string>, string | Buffer | object]][] = [
    [
      'to a path that nobody has',
      404,
      () => [`${app.url}/hooks/yoti/${'A'.repeat(22)}`, authorization(target.token), bodyOf(session)],
    ],
    [
      'to a path that is none',
      404,
      () => [`${app.url}/hooks/yoti/..%2f`, authorization(target.token), bodyOf(session)],
    ],
    [
      'to a very long path',
      400,
      () => [`${app.url}/hooks/yoti/${'A'.repeat(5000)}`, authorization(target.token), bodyOf(session)],
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

  it.each(forged)('I3 refuses one %s with %i and keeps nothing of it', async (_, status, make) => {
    const before = await traces();
    const [endpoint, headers, body] = make();
    const answer = await send(endpoint, { ...JSON_TYPE, ...headers }, body);
    expect(answer).toMatchObject({ status, type: 'application/problem+json; charset=utf-8' });
    expect(JSON.parse(answer.text)).toMatchObject({ status });
    expect(answer.text).not.toContain(tenant.id);
    expect(await traces()).toEqual(before);
  });

  it('takes one with the right path and token: 200, an empty body, stored and the session due', async () => {
    const answer = await send(
      target.endpoint,
      { ...JSON_TYPE, ...authorization(target.token) },
      bodyOf(session),
    );
    expect(answer).toMatchObject({ status: 200, text: '' });
    const { items } = expectStatus(await tenant.key.get(`/v1/notifications?sessionId=${session.id}`), 200);
    expect(items).toMatchObject([{ sessionId: session.id, topic: 'session_completion' }]);
    await eventually(async () => {
      const { body } = await tenant.key.get(`/v1/sessions/${session.id}`);
      return body.syncedAt !== null;
    });
  });

  it('I3 believes Yoti and not the notification', async () => {
    const headers = { ...JSON_TYPE, ...authorization(target.token) };
    const claim = { ...bodyOf(session), state: 'COMPLETED', recommendation: 'APPROVE' };
    expect((await send(target.endpoint, headers, claim)).status).toBe(200);
    const synced = await eventually(async () => {
      const { body } = await tenant.key.get(`/v1/sessions/${session.id}`);
      return body.syncedAt !== null && body;
    });
    expect(synced).toMatchObject({ status: 'ongoing', outcome: null });
  });

  it('I7 keeps topics and fields that it does not know', async () => {
    const headers = { ...JSON_TYPE, ...authorization(target.token) };
    const unknown = { ...bodyOf(session, 'a_new_topic'), extra: { deep: [1, 'ü'] } };
    expect((await send(target.endpoint, headers, unknown)).status).toBe(200);
    const [row] = await app.sql('SELECT topic, body FROM notifications WHERE session_id = $1', [session.id]);
    expect(row).toEqual({ topic: 'a_new_topic', body: unknown });
  });

  it('I3 lets a late or repeated one change nothing', async () => {
    const proxied = through(app, proxy);
    await finishSession(proxied, tenant, session, 'happy');
    const done = await eventually(async () => {
      const { body } = await tenant.key.get(`/v1/sessions/${session.id}`);
      return body.outcome !== null && body;
    });
    const events = () => app.sql('SELECT name FROM events WHERE session_id = $1 ORDER BY id', [session.id]);
    const before = await events();
    const headers = { ...JSON_TYPE, ...authorization(target.token) };
    const sent = ['session_completion', 'check_completion', 'session_completion'].map((topic) =>
      send(target.endpoint, headers, bodyOf(session, topic)),
    );
    for (const { status } of await Promise.all(sent)) expect(status).toBe(200);
    const [row] = await app.sql('SELECT next_sync_at FROM sessions WHERE id = $1', [session.id]);
    expect(row).toEqual({ next_sync_at: null });
    expect(await events()).toEqual(before);
    expect((await tenant.key.get(`/v1/sessions/${session.id}`)).body).toEqual(done);
  });

  it('answers other methods as if there were nothing', async () => {
    const path = new URL(target.endpoint).pathname;
    const caller = new Client(app.url, authorization(target.token));
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      expect((await caller.send(method, path)).status).toBe(404);
    }
  });
});
