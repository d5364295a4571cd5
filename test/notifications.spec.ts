import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import { Client, type Any } from './support/client.js';
import { createReadyTenant, createSession, expectStatus, type TestTenant } from './support/factories.js';
import { authorization, bodyOf, JSON_TYPE, send } from './support/notify.js';
import { startYotiProxy, through, type NotificationTarget, type YotiProxy } from './support/yoti-proxy.js';

describe('the inbox of Yoti’s notifications', () => {
  let app: TestApp;
  let proxy: YotiProxy;
  let tenant: TestTenant;
  let session: Any;
  let target: NotificationTarget;

  const openSession = async () => {
    const created = await createSession(tenant);
    return { session: created, target: proxy.lastTarget() };
  };

  beforeAll(async () => {
    proxy = await startYotiProxy(() => app.simulator.origin);
    app = await startTestApp({ config: { yotiApiUrls: [proxy.baseUrl] } });
    tenant = await createReadyTenant(through(app, proxy));
  });

  afterAll(async () => {
    await app.stop();
    await proxy.close();
  });

  beforeEach(async () => {
    ({ session, target } = await openSession());
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

  it('answers other methods as if there were nothing', async () => {
    const path = new URL(target.endpoint).pathname;
    const caller = new Client(app.url, authorization(target.token));
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      expect((await caller.send(method, path)).status).toBe(404);
    }
  });
});
