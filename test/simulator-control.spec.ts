import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createHash, createPublicKey, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import yoti from 'yoti';
import { SCENARIOS } from '../src/simulator/scenarios.js';
import type { Simulator } from '../src/simulator/simulator.js';
import type { Any } from './support/client.js';
import { notificationReceiver, signedCall, simulatedYoti, type YotiApp } from './support/simulated-yoti.js';
import { refusal, specification } from './support/yoti-contract.js';

let simulator: Simulator;
let app: YotiApp;

/** Operations that the tests of this file have called, as `METHOD path`. */
const called = new Set<string>();

async function control(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  called.add(`${method} ${path.split('?')[0]}`);
  const response = await fetch(`${simulator.origin}/control${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (text ? JSON.parse(text) : null) as Any,
  };
}

const items = async (path: string): Promise<Any[]> => (await control('GET', path)).body.items;
const properties = ({ body }: { body: Any }) => body.errors.map(({ property }: Any) => property);

async function create(spec = specification()): Promise<{ id: string; token: string }> {
  const created = await app.client.createSession(spec);
  return { id: created.getSessionId(), token: created.getClientSessionToken() };
}

const notified = (endpoint: string) =>
  specification((builder) =>
    builder.withNotifications(
      new yoti.NotificationConfigBuilder()
        .withEndpoint(endpoint)
        .withAuthToken('n_secret')
        .forSessionCompletion()
        .build(),
    ),
  );

const authenticity = async (id: string) =>
  (await app.client.getSession(id)).getAuthenticityChecks()[0]?.getReport().getRecommendation().getValue();

beforeAll(() => {
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterAll(() => {
  jest.restoreAllMocks();
});
beforeEach(async () => {
  ({ simulator, app } = await simulatedYoti());
});
afterEach(() => simulator.close());

describe('applications', () => {
  it('are registered, listed, disabled, enabled and removed', async () => {
    const { publicKeyPem, pem } = app;
    const der = createPublicKey(publicKeyPem).export({ type: 'spki', format: 'der' });
    const second = {
      sdkId: 'second-app',
      enabled: true,
      keyFingerprint: createHash('sha256').update(der).digest('hex'),
      scenario: null,
      sessions: 0,
    };
    const registered = await control('POST', '/apps', { sdkId: 'second-app', publicKeyPem });
    expect([registered.status, registered.body]).toEqual([201, second]);
    const client = new yoti.IDVClient('second-app', pem, { apiUrl: simulator.baseUrl });
    await client.createSession(specification());
    expect(await items('/apps')).toEqual([
      { ...second, sdkId: app.sdkId },
      { ...second, sessions: 1 },
    ]);

    const disabled = await control('PATCH', '/apps/second-app', { enabled: false });
    expect([disabled.status, disabled.body.enabled]).toEqual([200, false]);
    expect(await refusal(client.createSession(specification()))).toMatchObject({
      status: 403,
      code: 'INSUFFICIENT_PERMISSION',
    });
    await control('PATCH', '/apps/second-app', { enabled: true });
    await client.createSession(specification());

    expect((await control('DELETE', '/apps/second-app')).status).toBe(204);
    expect(await refusal(client.createSession(specification()))).toMatchObject({ code: 'APP_NOT_FOUND' });
    expect(await items('/apps')).toHaveLength(1);
  });

  it('keep a key that is of no use, and say so', async () => {
    const { body } = await control('POST', '/apps', { sdkId: 'broken', publicKeyPem: 'no key' });
    expect(body).toMatchObject({ sdkId: 'broken', keyFingerprint: null });
  });

  it.each([
    ['nothing', {}, ['sdkId', 'publicKeyPem']],
    ['an id that is no id', { sdkId: '../x', publicKeyPem: 'k' }, ['sdkId']],
    ['what nobody knows', { sdkId: 'a', publicKeyPem: 'k', secret: 1 }, ['']],
  ])('refuse %s', async (_what, body, expected) => {
    const refused = await control('POST', '/apps', body);
    expect([refused.status, refused.body.code, properties(refused)]).toEqual([
      400,
      'PAYLOAD_VALIDATION',
      expected,
    ]);
  });

  it('refuse a taken id, a wrong change and one that is not there', async () => {
    const { sdkId, publicKeyPem } = app;
    expect((await control('POST', '/apps', { sdkId, publicKeyPem })).body.code).toBe('APP_EXISTS');
    expect((await control('PATCH', `/apps/${sdkId}`, { enabled: 'no' })).status).toBe(400);
    for (const method of ['PATCH', 'DELETE']) {
      const missing = await control(
        method,
        '/apps/nobody',
        method === 'PATCH' ? { enabled: true } : undefined,
      );
      expect([missing.status, missing.body.code]).toEqual([404, 'APP_NOT_FOUND']);
    }
  });
});

describe('sessions', () => {
  it('are listed newest first, by app, state and text', async () => {
    const first = await create();
    await simulator.advanceClock(901);
    const second = await create(specification((builder) => builder.withUserTrackingId('other-person')));
    const ids = async (query: string) => (await items(`/sessions${query}`)).map((one) => one.sessionId);
    expect(await ids('')).toEqual([second.id, first.id]);
    expect(await ids('?limit=1')).toEqual([second.id]);
    expect(await ids('?state=EXPIRED')).toEqual([first.id]);
    expect(await ids('?text=other-')).toEqual([second.id]);
    expect(await ids(`?text=${first.id}`)).toEqual([first.id]);
    expect(await ids(`?sdkId=${app.sdkId}&state=ONGOING`)).toEqual([second.id]);
    expect(await ids('?sdkId=nobody')).toEqual([]);
    expect((await items('/sessions'))[0]).toEqual({
      sessionId: second.id,
      sdkId: app.sdkId,
      userTrackingId: 'other-person',
      state: 'ONGOING',
      person: 'not_started',
      scenario: 'happy',
      scenarioSource: 'default',
      clientError: null,
      createdAt: expect.any(String),
      expiresAt: expect.any(String),
    });
  });

  it.each([
    ['limit=0', 'query.limit'],
    ['limit=many', 'query.limit'],
    ['state=SOMETHING', 'query.state'],
    ['page=2', 'query'],
  ])('refuse the filter %s', async (query, property) => {
    const refused = await control('GET', `/sessions?${query}`);
    expect([refused.status, properties(refused)]).toEqual([400, [property]]);
  });

  it('show what was received as it came, what happened and what comes back, without secrets', async () => {
    const receiver = await notificationReceiver();
    const spec = notified(receiver.endpoint);
    const { id, token } = await create(spec);
    expect((await control('POST', `/sessions/${id}/journey`)).body).toMatchObject({ end: 'finished' });
    const underWay = (await control('GET', `/sessions/${id}`)).body;
    expect(underWay).toMatchObject({ state: 'ONGOING', person: 'finished', completedAt: null });
    expect(underWay.timeline.at(-1)).toMatchObject({ kind: 'check', detail: 'due', tone: 'open' });
    await simulator.advanceClock(5);
    const { body, text } = await control('GET', `/sessions/${id}`);
    receiver.close();

    const sent = JSON.parse(JSON.stringify(spec)) as Any;
    sent.notifications.auth_token = '[hidden]';
    expect(body.specification).toEqual(sent);
    expect(body).toMatchObject({
      state: 'COMPLETED',
      scenarioDocument: { name: 'happy' },
      result: { session_id: id, state: 'COMPLETED' },
      configuration: { session_id: id },
    });
    expect(body.timeline.map(({ title }: Any) => title)).toEqual(
      expect.arrayContaining([
        'Created',
        'Opened the client',
        'LIVENESS',
        'ID_DOCUMENT_AUTHENTICITY',
        'Completed',
        'session_completion',
      ]),
    );
    const times = body.timeline.map(({ at }: Any) => at);
    expect(times).toEqual(times.toSorted());
    expect(text).not.toContain(token);
    expect(text).not.toContain('n_secret');
  });

  it('hide the client token of one that is open, and open its page', async () => {
    const { id, token } = await create();
    const { body, text } = await control('GET', `/sessions/${id}`);
    expect(body.result.client_session_token).toBe('[hidden]');
    expect(text).not.toContain(token);
    const link = await fetch(`${simulator.origin}/control/sessions/${id}/client`, { redirect: 'manual' });
    expect(link.status).toBe(302);
    expect(link.headers.get('location')).toBe(
      `/idverify/v1/web/index.html?sessionID=${id}&sessionToken=${token}`,
    );
  });

  it('play the journey with the documents that are named', async () => {
    const { id } = await create();
    const documents = [{ country: 'FRA', type: 'NATIONAL_ID', captureMethod: 'UPLOAD' }];
    expect((await control('POST', `/sessions/${id}/journey`, { documents })).status).toBe(200);
    const [document] = (await app.client.getSession(id)).getResources().getIdDocuments();
    expect([document?.getIssuingCountry(), document?.getDocumentType()]).toEqual(['FRA', 'NATIONAL_ID']);
    const again = await control('POST', `/sessions/${id}/journey`);
    expect([again.status, again.body.code]).toEqual([401, 'BAD_TOKEN']);
  });

  it('tell how a journey ends otherwise', async () => {
    for (const [scenario, end, clientError] of [
      ['user_abandons', 'abandoned', null],
      ['liveness_exhausted', 5002, 5002],
    ] as const) {
      const { id } = await create();
      await control('PUT', '/scenario', { scenario, sessionId: id });
      const { body } = await control('POST', `/sessions/${id}/journey`, {});
      expect(body).toMatchObject({ end, session: { sessionId: id, clientError, person: 'capturing' } });
    }
  });

  it('refuse a journey that is wrong, too late or of nobody', async () => {
    const { id } = await create();
    const wrong = await control('POST', `/sessions/${id}/journey`, { documents: [{ captureMethod: 'FAX' }] });
    expect([wrong.status, properties(wrong)]).toEqual([400, ['documents[0].captureMethod']]);
    await simulator.advanceClock(901);
    expect((await control('POST', `/sessions/${id}/journey`)).body.code).toBe('SESSION_EXPIRED');
    for (const path of [`/sessions/${randomUUID()}`, '/sessions/x', `/sessions/${randomUUID()}/client`]) {
      expect((await control('GET', path)).body.code).toBe('SESSION_NOT_FOUND');
    }
    expect((await control('POST', `/sessions/${randomUUID()}/journey`)).status).toBe(404);
  });
});

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
    expect((await control('PUT', '/scenario', { scenario: rejecting, sdkId: app.sdkId })).status).toBe(204);
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
    for (const target of [{ sessionId: id }, { sdkId: app.sdkId }, {}]) {
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
      const query = new URLSearchParams(target as Record<string, string>).toString();
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
    expect((await app.client.getSession(id)).getState()).toBe('EXPIRED');
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
    await simulator.advanceClock(5);
    const [first] = await items(`/notifications?sessionId=${id}`);
    expect(first).toMatchObject({
      state: 'pending',
      endpoint: receiver.endpoint,
      attempts: [{ status: 503 }],
    });
    expect(await items(`/notifications?sessionId=${other.id}`)).toEqual([]);
    await simulator.advanceClock(5);
    expect(await items('/notifications?state=delivered')).toMatchObject([
      {
        id: first.id,
        attempts: [{ status: 503 }, { status: 200 }],
        body: { session_id: id, topic: 'session_completion' },
      },
    ]);

    const again = await control('POST', `/notifications/${first.id}/resend`);
    expect([again.status, again.body.body]).toEqual([202, first.body]);
    await simulator.advanceClock(1);
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
    await simulator.advanceClock(5);
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
    await refusal(app.client.getSession(randomUUID()));
    await fetch(`${simulator.baseUrl}/web/index.html?sessionID=${id}&sessionToken=${token}`);
    await signedCall(simulator, app, 'GET', `/sessions/${id}/configuration`);
    const { body, text } = await control('GET', '/requests');
    expect(
      body.items.map(({ method, path, status, code }: Any) => [method, path.split('/').at(-1), status, code]),
    ).toEqual([
      ['GET', 'configuration', 200, null],
      ['GET', 'index.html', 200, null],
      ['GET', expect.any(String), 404, 'SESSION_NOT_FOUND'],
      ['POST', 'sessions', 201, null],
    ]);
    expect(body.items[0]).toMatchObject({ sdkId: app.sdkId, sessionId: id, durationMs: expect.any(Number) });
    for (const secret of [token, 'nonce', 'sessionToken']) expect(text).not.toContain(secret);
    expect(await items(`/requests?sessionId=${id}`)).toHaveLength(1);
    expect(await items(`/requests?sdkId=${app.sdkId}&limit=2`)).toHaveLength(2);
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
    expect(await refusal(app.client.createSession(specification()))).toMatchObject({ status: 503 });
    await create();
    await control('PUT', '/faults', { items: [{ endpoint: 'any', kind: 'reset' }] });
    await expect(app.client.createSession(specification())).rejects.toThrow();
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

describe('starting afresh', () => {
  it('forgets everything, or everything but the apps', async () => {
    const receiver = await notificationReceiver();
    const { id } = await create(notified(receiver.endpoint));
    await control('POST', `/sessions/${id}/journey`);
    await control('POST', '/clock', { advance: 60, freeze: true });
    await control('PUT', '/scenario', { scenario: 'forged_document' });
    await control('PUT', '/scenario', { scenario: 'forged_document', sdkId: app.sdkId });
    await control('PUT', '/faults', { items: [{ endpoint: 'get_session', kind: 'reset' }] });
    await control('PUT', '/notifications', { drop: true });
    expect((await control('POST', '/reset', { keepApps: true })).status).toBe(204);
    receiver.close();
    for (const path of ['/sessions', '/notifications', '/requests', '/faults'])
      expect(await items(path)).toEqual([]);
    expect(await items('/apps')).toMatchObject([{ sdkId: app.sdkId, scenario: null, sessions: 0 }]);
    expect((await control('GET', '/clock')).body).toMatchObject({ aheadSeconds: 0, frozen: false });
    expect((await control('GET', '/scenarios')).body.default).toBe('happy');
    expect((await control('GET', '/notifications')).body.knobs).toMatchObject({ drop: [] });
    await create();

    expect((await control('POST', '/reset')).status).toBe(204);
    expect(await items('/apps')).toEqual([]);
    expect((await control('POST', '/reset', { keepApps: 'yes' })).status).toBe(400);
  });

  it('holds over a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
    const stateFile = join(folder, 'state.jsonl');
    await simulator.close();
    ({ simulator, app } = await simulatedYoti({ stateFile }));
    await create();
    await control('PUT', '/scenario', { scenario: 'forged_document' });
    await control('DELETE', '/scenario');
    await control('POST', '/apps', { sdkId: 'second-app', publicKeyPem: app.publicKeyPem });
    await control('DELETE', '/apps/second-app');
    await simulator.close();
    ({ simulator } = await simulatedYoti({ stateFile }));
    expect((await items('/apps')).map(({ sdkId }) => sdkId)).toContain(app.sdkId);
    expect((await items('/apps')).map(({ sdkId }) => sdkId)).not.toContain('second-app');
    expect((await control('GET', '/scenarios')).body.default).toBe('happy');
    expect(await items('/sessions')).toHaveLength(1);
    await control('POST', '/reset');
    await simulator.close();
    ({ simulator } = await simulatedYoti({ stateFile }));
    expect(await items('/sessions')).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});

describe('other sites', () => {
  /** A request with headers that a program may not set through `fetch`. */
  const raw = (method: string, path: string, headers: Record<string, string>) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const sent = request(`${simulator.origin}${path}`, { method, headers, setHost: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
        );
      });
      sent.on('error', reject).end();
    });

  it('cannot reach the control paths under a name of their own', async () => {
    for (const path of ['/control', '/control/sessions', '/control/app.js', '/control/nothing']) {
      const { status, body } = await raw('GET', path, { host: 'rebound.example' });
      expect([path, status, JSON.parse(body).code]).toEqual([path, 403, 'FORBIDDEN_HOST']);
    }
    expect((await raw('GET', '/control/sessions', { host: new URL(simulator.origin).host })).status).toBe(
      200,
    );
  });

  it('cannot change anything through the browser of whoever visits them', async () => {
    const { host } = new URL(simulator.origin);
    const foreign: Record<string, string>[] = [
      { origin: 'https://site.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of foreign) {
      const { status, body } = await raw('POST', '/control/reset', { host, ...headers });
      expect([status, JSON.parse(body).code]).toEqual([403, 'FORBIDDEN_ORIGIN']);
    }
    expect(await items('/apps')).toHaveLength(1);
    expect((await raw('POST', '/control/reset', { host, origin: simulator.origin })).status).toBe(204);
  });

  it('may not read, frame or keep what is answered', async () => {
    const { headers } = await control('GET', '/apps');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('no-store');
    const page = await fetch(`${simulator.origin}/control`);
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
  });

  it('are told names by which the simulator may be called', async () => {
    await simulator.close();
    ({ simulator, app } = await simulatedYoti({ controlHosts: ['simulator.internal'] }));
    expect((await raw('GET', '/control/apps', { host: 'simulator.internal:3001' })).status).toBe(200);
    expect((await raw('GET', '/control/apps', { host: 'other.internal:3001' })).status).toBe(403);
  });
});

describe('the document', () => {
  it('names every operation, and this file calls each of them', async () => {
    const { body } = await control('GET', '/openapi.json');
    const operations = Object.entries(body.paths as Record<string, object>).flatMap(([path, item]) =>
      Object.keys(item).map((method) => ({
        method: method.toUpperCase(),
        path: path.replace('/control', ''),
      })),
    );
    expect(operations.length).toBeGreaterThan(15);
    const uncalled = operations.filter(({ method, path }) => {
      const pattern = new RegExp(`^${method} ${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
      return ![...called].some((one) => pattern.test(one));
    });
    expect(uncalled).toEqual([]);
  });

  it('holds together: OpenAPI 3.1 with every reference resolved', async () => {
    const { body, text } = await control('GET', '/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      expect(body.components.schemas).toHaveProperty([name!]);
    }
    expect(text).not.toContain('#/$defs');
    expect(
      body.paths['/control/scenario'].put.requestBody.content['application/json'].schema.properties.scenario,
    ).toEqual({
      anyOf: [
        expect.objectContaining({ type: 'string' }),
        { $ref: '#/components/schemas/SimulatorScenarioInput' },
      ],
    });
  });

  it('answers like everything here where there is nothing', async () => {
    const nothing = await control('GET', '/nothing');
    expect([nothing.status, nothing.body.code]).toEqual([404, 'NOT_FOUND']);
  });
});
