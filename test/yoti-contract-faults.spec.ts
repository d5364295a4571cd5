import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { request } from 'node:http';
import yoti from 'yoti';
import type { ScenarioInput } from '../src/simulator/scenario.schema.js';
import type { Simulator } from '../src/simulator/simulator.js';
import { registerApp, simulatedYoti, type YotiApp } from './support/simulated-yoti.js';
import { refusal, specification } from './support/yoti-contract.js';

type Faults = NonNullable<ScenarioInput['faults']>;

let simulator: Simulator;
let app: YotiApp;

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

const scenario = (faults: Faults): ScenarioInput => ({
  name: 'trouble',
  title: 'Trouble',
  description: 'Made for a test.',
  faults,
});
const create = async (by = app, spec = specification()) =>
  (await by.client.createSession(spec)).getSessionId();
const statusOf = async (call: Promise<unknown>) => (await refusal(call)).status;

/** The raw answer to a signed reading of a session. */
async function read(sessionId: string, headers: Record<string, string> = {}) {
  const signed = new yoti.RequestBuilder()
    .withBaseUrl(simulator.baseUrl)
    .withPemString(app.pem)
    .withEndpoint(`/sessions/${sessionId}`)
    .withQueryParam('sdkId', app.sdkId)
    .withMethod('GET')
    .build();
  return fetch(signed.getUrl(), {
    headers: { ...signed.getHeaders(), ...headers } as Record<string, string>,
  });
}

describe('faults', () => {
  it('answer with a status, a code and a pause, for as many calls as they say', async () => {
    const id = await create();
    simulator.setScenario(
      scenario([
        { endpoint: 'get_session', kind: 'status', status: 429, from_call: 2, calls: 2, retry_after: 7 },
      ]),
      id,
    );
    const answers = [];
    for (let call = 0; call < 4; call += 1) answers.push(await read(id));
    expect(answers.map(({ status }) => status)).toEqual([200, 429, 429, 200]);
    expect(answers[1]?.headers.get('retry-after')).toBe('7');
    expect(await answers[1]?.json()).toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      message: expect.any(String),
    });
  });

  it('strike one session, one application, or everybody', async () => {
    const other = registerApp(simulator);
    const [mine, alsoMine, theirs] = [await create(), await create(), await create(other)];
    const broken = scenario([{ endpoint: 'get_session', kind: 'status', status: 500 }]);
    simulator.setScenario(broken, mine);
    expect(await statusOf(app.client.getSession(mine))).toBe(500);
    expect((await app.client.getSession(alsoMine)).getState()).toBe('ONGOING');
    simulator.setScenario('happy', mine);
    simulator.setScenario(broken, { sdkId: app.sdkId });
    expect((await app.client.getSession(mine)).getState()).toBe('ONGOING');
    expect(await statusOf(app.client.getSession(alsoMine))).toBe(500);
    expect((await other.client.getSession(theirs)).getState()).toBe('ONGOING');
    simulator.setScenario(broken);
    expect(await statusOf(other.client.getSession(theirs))).toBe(500);
  });

  it('strike the creation of a session that asks for them, and nobody else', async () => {
    const spec = specification((builder) => builder.withUserTrackingId('scenario:key_revoked:applicant-1'));
    expect(await refusal(app.client.createSession(spec))).toMatchObject({
      status: 401,
      code: 'MESSAGE_SIGNING',
    });
    expect(await create()).toBeTruthy();
  });

  it('strike every kind of call that they name, and leave the others', async () => {
    const id = await create();
    const { client } = app;
    const kinds: [Faults[number]['endpoint'], () => Promise<unknown>][] = [
      ['create_session', () => create()],
      ['get_session', () => client.getSession(id)],
      ['get_session_configuration', () => client.getSessionConfiguration(id)],
      ['get_media', () => client.getMediaContent(id, id)],
      ['delete_media', () => client.deleteMediaContent(id, id)],
      ['get_supported_documents', () => client.getSupportedDocuments(false)],
      ['get_tracked_devices', () => client.getSessionTrackedDevices(id)],
      ['delete_tracked_devices', () => client.deleteSessionTrackedDevices(id)],
      ['delete_session', () => client.deleteSession(id)],
    ];
    for (const [endpoint, call] of kinds) {
      simulator.setScenario(scenario([{ endpoint, kind: 'status', status: 503, calls: 1 }]), {
        sdkId: app.sdkId,
      });
      expect(await statusOf(call())).toBe(503);
      const another = endpoint === 'get_session' ? client.getSessionConfiguration(id) : client.getSession(id);
      expect((await another).getSessionId()).toBe(id);
    }
  });

  it('spoil answers', async () => {
    const id = await create();
    const spoilt = async (
      kind: 'malformed_json' | 'wrong_content_type' | 'empty_body' | 'errors_not_array',
    ) => {
      simulator.setScenario(scenario([{ endpoint: 'get_session', kind }]), id);
      const answer = await read(id);
      return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
    };
    const plain = await spoilt('wrong_content_type');
    expect(plain).toMatchObject({ status: 200, type: 'text/plain; charset=utf-8' });
    expect(JSON.parse(plain.text)).toMatchObject({ session_id: id });
    const cut = await spoilt('malformed_json');
    expect(cut.type).toContain('application/json');
    expect(() => JSON.parse(cut.text) as unknown).toThrow(SyntaxError);
    expect(await spoilt('empty_body')).toMatchObject({ status: 200, text: '' });
    const odd = await spoilt('errors_not_array');
    expect(odd.status).toBe(400);
    expect(Array.isArray((JSON.parse(odd.text) as { errors: unknown }).errors)).toBe(false);
  });

  it('reset the connection, answer late, or never', async () => {
    const id = await create();
    simulator.setScenario(scenario([{ endpoint: 'get_session', kind: 'reset', calls: 1 }]), id);
    await expect(read(id)).rejects.toThrow('fetch failed');
    expect((await read(id)).status).toBe(200);
    const another = await create();
    for (const slow of [{ kind: 'latency', seconds: 3600 }, { kind: 'hang' }] as const) {
      simulator.setScenario(scenario([{ endpoint: 'get_session', ...slow }]), id);
      const waiting = read(id).then(
        () => 'answered',
        () => 'cut off',
      );
      expect(await Promise.race([waiting, read(another).then(({ status }) => status)])).toBe(200);
    }
  });

  it('withhold media with 204', async () => {
    const id = await create();
    simulator.setScenario('aadhaar_media_withheld', id);
    simulator.play(id);
    const [document] = (await app.client.getSession(id)).getResources().getIdDocuments();
    const media = document?.getPages()[0]?.getMedia().getId() ?? '';
    expect(document?.getDocumentType()).toBe('AADHAAR');
    expect(await app.client.getMediaContent(id, media)).toBeNull();
  });
});

describe('transport', () => {
  it('compresses answers where it is told to, for those who take it', async () => {
    const packed = await simulatedYoti({ gzip: true });
    const session = await packed.app.client.createSession(specification());
    expect(session.getSessionId()).toBeTruthy();
    const { port } = new URL(packed.simulator.origin);
    const encoding = await new Promise((resolve, reject) => {
      const path = '/control/scenarios';
      const call = request({ port, path, headers: { 'accept-encoding': 'gzip' } }, (answer) => {
        answer.resume().on('end', () => resolve(answer.headers['content-encoding']));
      });
      call.on('error', reject).end();
    });
    expect(encoding).toBe('gzip');
    await packed.simulator.close();
  });
});
