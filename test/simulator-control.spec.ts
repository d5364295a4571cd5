import { describe, expect, it } from '@jest/globals';
import { createHash, createPublicKey, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import yoti from 'yoti';
import type { Any } from './support/client.js';
import { controlApi, notified, properties } from './support/control-api.js';
import { notificationReceiver } from './support/simulated-yoti.js';
import { refusal, specification } from './support/yoti-contract.js';

const api = controlApi();
const { control, items, create } = api;

describe('applications', () => {
  it('are registered, listed, disabled, enabled and removed', async () => {
    const { publicKeyPem, pem } = api.app();
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
    const client = new yoti.IDVClient('second-app', pem, { apiUrl: api.simulator().baseUrl });
    await client.createSession(specification());
    expect(await items('/apps')).toEqual([
      { ...second, sdkId: api.app().sdkId },
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
    const { sdkId, publicKeyPem } = api.app();
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
    await api.simulator().advanceClock(901);
    const second = await create(specification((builder) => builder.withUserTrackingId('other-person')));
    const ids = async (query: string) => (await items(`/sessions${query}`)).map((one) => one.sessionId);
    expect(await ids('')).toEqual([second.id, first.id]);
    expect(await ids('?limit=1')).toEqual([second.id]);
    expect(await ids('?state=EXPIRED')).toEqual([first.id]);
    expect(await ids('?text=other-')).toEqual([second.id]);
    expect(await ids(`?text=${first.id}`)).toEqual([first.id]);
    expect(await ids(`?sdkId=${api.app().sdkId}&state=ONGOING`)).toEqual([second.id]);
    expect(await ids('?sdkId=nobody')).toEqual([]);
    expect((await items('/sessions'))[0]).toEqual({
      sessionId: second.id,
      sdkId: api.app().sdkId,
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
    await api.simulator().advanceClock(5);
    const { body, text } = await control('GET', `/sessions/${id}`);
    receiver.close();

    const sent = JSON.parse(JSON.stringify(spec));
    sent.notifications.auth_token = '[hidden]';
    expect(body.specification).toEqual(sent);
    expect(body).toMatchObject({
      state: 'COMPLETED',
      scenarioDocument: { name: 'happy' },
      result: { session_id: id, state: 'COMPLETED' },
      configuration: { session_id: id },
    });
    const titles = body.timeline.map(({ title }: Any) => title);
    expect(titles.slice(0, 3)).toEqual(['Created', 'Opened the client', 'Gave biometric consent']);
    expect(titles).toEqual(
      expect.arrayContaining([
        'Selfie for ZOOM liveness',
        'ID_DOCUMENT_AUTHENTICITY',
        'Is through; the client token is gone',
      ]),
    );
    expect(titles.slice(-2)).toEqual(['Completed', 'session_completion']);
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
    const link = await fetch(`${api.simulator().origin}/control/sessions/${id}/client`, {
      redirect: 'manual',
    });
    expect(link.status).toBe(302);
    expect(link.headers.get('location')).toBe(
      `/idverify/v1/web/index.html?sessionID=${id}&sessionToken=${token}`,
    );
  });

  it('play the journey with the documents that are named', async () => {
    const { id } = await create();
    const documents = [{ country: 'FRA', type: 'NATIONAL_ID', captureMethod: 'UPLOAD' }];
    expect((await control('POST', `/sessions/${id}/journey`, { documents })).status).toBe(200);
    const [document] = (await api.app().client.getSession(id)).getResources().getIdDocuments();
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
    await api.simulator().advanceClock(901);
    expect((await control('POST', `/sessions/${id}/journey`)).body.code).toBe('SESSION_EXPIRED');
    for (const path of [`/sessions/${randomUUID()}`, '/sessions/x', `/sessions/${randomUUID()}/client`]) {
      expect((await control('GET', path)).body.code).toBe('SESSION_NOT_FOUND');
    }
    expect((await control('POST', `/sessions/${randomUUID()}/journey`)).status).toBe(404);
  });
});

describe('the document', () => {
  it('names every operation, and each of them is called here or in the files beside', async () => {
    const folder = new URL('./', import.meta.url);
    const sources = readdirSync(folder)
      .filter((name) => name.startsWith('simulator-control'))
      .map((name) => readFileSync(new URL(name, folder), 'utf8'))
      .join('\n');
    const called = [
      ...[...sources.matchAll(/control\('([A-Z]+)', [`']([^`'?]+)/g)].map(
        ([, method, path]) => `${method} ${path}`,
      ),
      ...[...sources.matchAll(/items\([`']([^`'?]+)/g)].map(([, path]) => `GET ${path}`),
    ];
    const { body } = await control('GET', '/openapi.json');
    const operations = Object.entries(body.paths as Record<string, object>).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replace('/control', '')}`),
    );
    expect(operations.length).toBeGreaterThan(15);
    const uncalled = operations.filter((operation) => {
      const pattern = new RegExp(`^${operation.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
      return !called.some((one) => pattern.test(one));
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
