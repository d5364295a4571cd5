import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { SCENARIOS } from '../src/simulator/scenarios.js';
import type { Any } from './support/client.js';
import { controlApi, notified, properties } from './support/control-api.js';
import { notificationReceiver, signedCall } from './support/simulated-yoti.js';
import { refusal, specification } from './support/yoti-contract.js';

const api = controlApi();
const { control, items, create } = api;

/** What the authenticity check recommends. */
const authenticity = async (id: string) =>
  (await api.app().client.getSession(id))
    .getAuthenticityChecks()[0]
    ?.getReport()
    .getRecommendation()
    .getValue();

describe('scenarios', () => {
  const rejecting = {
    name: 'tampered_by_hand',
    title: 'Tampered',
    description: '',
    check_reports: {
      ID_DOCUMENT_AUTHENTICITY: [
        { result: { report: { recommendation: { value: 'REJECT', reason: 'TAMPERED' } } } },
      ],
    },
  };

  it('lists the ready-made ones', async () => {
    const { body } = await control('GET', '/scenarios');
    expect(body.default).toBe('happy');
    expect(body.items.map(({ name }: Any) => name)).toEqual(SCENARIOS.map(({ name }) => name));
  });

  it('act for a session, an app and everybody, by name or as a document, while sessions run', async () => {
    const [own, ofApp] = [await create(), await create()];
    expect((await control('PUT', '/scenario', { scenario: 'check_internal_error' })).status).toBe(204);
    expect((await control('PUT', '/scenario', { scenario: rejecting, sdkId: api.app().sdkId })).status).toBe(
      204,
    );
    expect((await control('PUT', '/scenario', { scenario: 'happy', sessionId: own.id })).status).toBe(204);
    expect(await items('/sessions')).toMatchObject([
      { sessionId: ofApp.id, scenario: 'tampered_by_hand', scenarioSource: 'app' },
      { sessionId: own.id, scenario: 'happy', scenarioSource: 'session' },
    ]);
    expect((await items('/apps'))[0]).toMatchObject({ scenario: 'tampered_by_hand' });
    for (const { id } of [own, ofApp]) await control('POST', `/sessions/${id}/journey`);
    await control('POST', '/clock', { advance: 10 });
    expect(await authenticity(own.id)).toBe('APPROVE');
    expect(await authenticity(ofApp.id)).toBe('REJECT');
  });

  it('are taken back', async () => {
    const { id } = await create();
    for (const target of [{ sessionId: id }, { sdkId: api.app().sdkId }, {}]) {
      await control('PUT', '/scenario', { scenario: 'forged_document', ...target });
      expect((await items('/sessions'))[0]).toMatchObject({ scenario: 'forged_document' });
      const query = new URLSearchParams(target as Record<string, string>).toString();
      expect((await control('DELETE', `/scenario?${query}`)).status).toBe(204);
      expect((await items('/sessions'))[0]).toMatchObject({ scenario: 'happy', scenarioSource: 'default' });
    }
  });

  it('are refused with the path of each fault', async () => {
    for (const [body, expected] of [
      [{ scenario: 'nonsense' }, ['scenario']],
      [{ scenario: 7 }, ['scenario']],
      [{}, ['scenario']],
      [{ scenario: { ...rejecting, name: 'Not So' } }, ['scenario.name']],
      [
        { scenario: { ...rejecting, user: [{ step: 'open' }, { step: 'dance' }] } },
        ['scenario.user[1].step'],
      ],
      [
        { scenario: { ...rejecting, faults: [{ endpoint: 'any', kind: 'status', status: 9 }] } },
        ['scenario.faults[0].status'],
      ],
      [{ scenario: { ...rejecting, colour: 'red' } }, ['scenario']],
      [{ scenario: 'happy', sessionId: 's', sdkId: 'a' }, ['']],
    ] as const) {
      const refused = await control('PUT', '/scenario', body);
      expect([refused.status, properties(refused)]).toEqual([400, expected]);
    }
    const malformed = await control('PUT', '/scenario', '{"scenario":');
    expect([malformed.status, malformed.body.code]).toEqual([400, 'MALFORMED_REQUEST']);
  });

  it('are refused for who is not there', async () => {
    for (const [target, code] of [
      [{ sessionId: randomUUID() }, 'SESSION_NOT_FOUND'],
      [{ sdkId: 'nobody' }, 'APP_NOT_FOUND'],
    ] as const) {
      expect((await control('PUT', '/scenario', { scenario: 'happy', ...target })).body.code).toBe(code);
      const query = new URLSearchParams(target).toString();
      expect((await control('DELETE', `/scenario?${query}`)).body.code).toBe(code);
    }
  });
});

describe('the clock', () => {
  it('is read, skipped, frozen and let run', async () => {
    const { body: before } = await control('GET', '/clock');
    expect(before).toMatchObject({ aheadSeconds: 0, frozen: false });
    const { body: after } = await control('POST', '/clock', { advance: 3600.5, freeze: true });
    expect(after).toMatchObject({ aheadSeconds: 3600.5, frozen: true });
    expect(Date.parse(after.now) - Date.parse(before.now)).toBe(3_600_500);
    const later = new Date(Date.parse(after.now) + 1000).toISOString();
    expect((await control('POST', '/clock', { now: later, freeze: false })).body).toMatchObject({
      now: later,
      frozen: false,
    });
  });

  it('makes sessions expire', async () => {
    const { id } = await create();
    await control('POST', '/clock', { advance: 901 });
    expect((await api.app().client.getSession(id)).getState()).toBe('EXPIRED');
  });

  it.each([
    [{ advance: -1 }, ['advance']],
    [{ advance: 'soon' }, ['advance']],
    [{ now: 'yesterday' }, ['now']],
    [{ now: '2001-01-01T00:00:00Z' }, ['now']],
    [{ back: 1 }, ['']],
  ])('refuses %j', async (body, expected) => {
    const refused = await control('POST', '/clock', body);
    expect([refused.status, properties(refused)]).toEqual([400, expected]);
  });
});

describe('notifications', () => {
  it('are listed with their answers, and sent again', async () => {
    const receiver = await notificationReceiver((count) => (count === 1 ? 503 : 200));
    const { id } = await create(notified(`${receiver.endpoint}?key=n_query`));
    const other = await create(notified(receiver.endpoint));
    await control('POST', `/sessions/${id}/journey`);
    await api.simulator().advanceClock(5);
    const [first] = await items(`/notifications?sessionId=${id}`);
    expect(first).toMatchObject({
      state: 'pending',
      endpoint: receiver.endpoint,
      attempts: [{ status: 503 }],
    });
    expect(await items(`/notifications?sessionId=${other.id}`)).toEqual([]);
    await api.simulator().advanceClock(5);
    expect(await items('/notifications?state=delivered')).toMatchObject([
      {
        id: first.id,
        attempts: [{ status: 503 }, { status: 200 }],
        body: { session_id: id, topic: 'session_completion' },
      },
    ]);

    const again = await control('POST', `/notifications/${first.id}/resend`);
    expect([again.status, again.body.body]).toEqual([202, first.body]);
    await api.simulator().advanceClock(1);
    const { body, text } = await control('GET', '/notifications');
    expect(body.items).toMatchObject([{ id: again.body.id, state: 'delivered' }, { id: first.id }]);
    expect(text).not.toContain('n_secret');
    expect(text).not.toContain('n_query');
    receiver.close();
    expect(receiver.received).toHaveLength(3);
    expect(new Set(receiver.received.map(({ headers }) => headers.authorization)).size).toBe(1);
  });

  it('misbehave as told, until told otherwise', async () => {
    const receiver = await notificationReceiver();
    const normal = (await control('GET', '/notifications')).body.knobs;
    expect((await control('PUT', '/notifications', { duplicate: 2, bad_auth: 'missing' })).status).toBe(204);
    expect((await control('GET', '/notifications')).body.knobs).toEqual({
      ...normal,
      duplicate: 2,
      bad_auth: 'missing',
    });
    const { id } = await create(notified(receiver.endpoint));
    await control('POST', `/sessions/${id}/journey`);
    await api.simulator().advanceClock(5);
    receiver.close();
    expect(receiver.received.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    await control('PUT', '/notifications', {});
    expect((await control('GET', '/notifications')).body.knobs).toEqual(normal);
  });

  it('refuse wrong knobs, wrong filters and what was never sent', async () => {
    const wrong = await control('PUT', '/notifications', { duplicate: 99, drop: 'all' });
    expect([wrong.status, properties(wrong)]).toEqual([400, ['duplicate', 'drop']]);
    expect((await control('GET', '/notifications?state=lost')).status).toBe(400);
    const missing = await control('POST', `/notifications/${randomUUID()}/resend`);
    expect([missing.status, missing.body.code]).toEqual([404, 'NOTIFICATION_NOT_FOUND']);
  });
});

describe('requests', () => {
  it('are remembered without what is secret, newest first', async () => {
    const { id, token } = await create();
    await refusal(api.app().client.getSession(randomUUID()));
    await fetch(`${api.simulator().baseUrl}/web/index.html?sessionID=${id}&sessionToken=${token}`);
    await signedCall(api.simulator(), api.app(), 'GET', `/sessions/${id}/configuration`);
    const { body, text } = await control('GET', '/requests');
    expect(
      body.items.map(({ method, path, status, code }: Any) => [method, path.split('/').at(-1), status, code]),
    ).toEqual([
      ['GET', 'configuration', 200, null],
      ['GET', 'index.html', 200, null],
      ['GET', expect.any(String), 404, 'SESSION_NOT_FOUND'],
      ['POST', 'sessions', 201, null],
    ]);
    expect(body.items[0]).toMatchObject({
      sdkId: api.app().sdkId,
      sessionId: id,
      durationMs: expect.any(Number),
    });
    for (const secret of [token, 'nonce', 'sessionToken']) expect(text).not.toContain(secret);
    expect(await items(`/requests?sessionId=${id}`)).toHaveLength(1);
    expect(await items(`/requests?sdkId=${api.app().sdkId}&limit=2`)).toHaveLength(2);
    expect((await control('GET', '/requests?limit=-1')).status).toBe(400);
  });
});

describe('faults', () => {
  const unavailable = {
    endpoint: 'create_session',
    kind: 'status',
    status: 503,
    code: 'TEMPORARILY_UNAVAILABLE',
    calls: 1,
  };

  it('hit every app until their calls are over or they are taken away', async () => {
    expect((await control('PUT', '/faults', { items: [unavailable] })).status).toBe(204);
    expect(await items('/faults')).toMatchObject([unavailable]);
    expect(await refusal(api.app().client.createSession(specification()))).toMatchObject({ status: 503 });
    await create();
    await control('PUT', '/faults', { items: [{ endpoint: 'any', kind: 'reset' }] });
    await expect(api.app().client.createSession(specification())).rejects.toThrow();
    expect((await items('/requests'))[0]).toMatchObject({ status: null });
    await control('PUT', '/faults', { items: [] });
    await create();
  });

  it('are refused when they make no sense', async () => {
    const refused = await control('PUT', '/faults', {
      items: [unavailable, { endpoint: 'moon', kind: 'hang' }],
    });
    expect([refused.status, properties(refused)]).toEqual([400, ['items[1].endpoint']]);
    expect(await items('/faults')).toEqual([]);
  });
});
