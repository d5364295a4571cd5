import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import yoti from 'yoti';
import type { ScenarioInput } from '../src/simulator/scenario.schema.js';
import { findScenario, scenarioOfNumber, SCENARIOS } from '../src/simulator/scenarios.js';
import type { Simulator } from '../src/simulator/simulator.js';
import {
  finishAsAgent,
  notificationReceiver,
  signedCall,
  simulatedYoti,
  type YotiApp,
} from './support/simulated-yoti.js';
import { specification } from './support/yoti-contract.js';

let simulator: Simulator;
let app: YotiApp;

const base = { title: 'Made for a test', description: 'It serves a test and nothing else.' };
const verdict = (name: string, reason: string): ScenarioInput => ({
  ...base,
  name,
  check_reports: {
    ID_DOCUMENT_AUTHENTICITY: [{ result: { report: { recommendation: { value: 'REJECT', reason } } } }],
  },
});

async function create(trackingId?: string) {
  const spec = specification((builder) => trackingId !== undefined && builder.withUserTrackingId(trackingId));
  const created = await app.client.createSession(spec);
  return { id: created.getSessionId(), token: created.getClientSessionToken() };
}

/** The reason that the authenticity check ends with, once a session went its way. */
async function reasonOf(session: { id: string; token: string }, resources = {}) {
  await finishAsAgent(simulator, app, session, resources);
  await simulator.advanceClock(5);
  const [check] = (await app.client.getSession(session.id)).getAuthenticityChecks();
  return check?.getReport().getRecommendation().getReason();
}

const listed = async (id: string) => {
  const answer = await fetch(`${simulator.origin}/control/sessions`);
  const { items } = (await answer.json()) as { items: { sessionId: string; clientError: number | null }[] };
  return items.find(({ sessionId }) => sessionId === id);
};

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

describe('the choice of a scenario', () => {
  it('falls to the session, then the application, then its tracking id, then the common one', async () => {
    simulator.setScenario(verdict('common', 'COMMON'));
    expect(await reasonOf(await create())).toBe('COMMON');
    expect(await reasonOf(await create('scenario:forged_document:applicant-7'))).toBe('COUNTERFEIT');
    expect(await reasonOf(await create('scenario:nobody_knows'))).toBe('COMMON');
    simulator.setScenario(verdict('application', 'APPLICATION'), { sdkId: app.sdkId });
    const session = await create('scenario:forged_document');
    expect(await reasonOf(session)).toBe('APPLICATION');
    const own = await create();
    simulator.setScenario(verdict('session', 'SESSION'), own.id);
    expect(await reasonOf(own)).toBe('SESSION');
    const configured = await create();
    const { check_reports } = verdict('config', 'CONFIGURED');
    const path = `/sessions/${configured.id}/response-config`;
    await signedCall(simulator, app, 'PUT', path, { check_reports: { ...check_reports } });
    expect(await reasonOf(configured)).toBe('CONFIGURED');
  });

  it('may follow from the number of the document', async () => {
    const forged = { document_type: 'PASSPORT', issuing_country: 'GBR', document_number: '123459005' };
    const session = await create();
    expect(await reasonOf(session, { id_documents: [forged] })).toBe('COUNTERFEIT');
    const result = await app.client.getSession(session.id);
    const fields = result.getResources().getIdDocuments()[0]?.getDocumentFields().getMedia().getId() ?? '';
    const media = await app.client.getMediaContent(session.id, fields);
    expect(JSON.parse(media?.getContent().toString() ?? '')).toMatchObject({ document_number: '123459005' });
  });

  it('has a number for each ready-made scenario', () => {
    const numbered = Array.from({ length: SCENARIOS.length }, (_, index) =>
      scenarioOfNumber(`X90${String(index + 1).padStart(2, '0')}`),
    );
    expect(new Set(numbered)).toEqual(new Set(SCENARIOS.map(({ name }) => name)));
    expect(scenarioOfNumber('123456789')).toBeUndefined();
  });

  it('refuses what is unknown or not valid, and says where', () => {
    expect(() => simulator.setScenario('nonsense')).toThrow('validating');
    const wrong = { ...base, name: 'wrong', user: [{ step: 'fly' }] } as unknown as ScenarioInput;
    expect(() => simulator.setScenario(wrong)).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ property: 'scenario.user[0].step' })] }),
    );
  });
});

describe('a person without a browser', () => {
  const steps = (user: ScenarioInput['user'], more: Partial<ScenarioInput> = {}): ScenarioInput => ({
    ...base,
    name: 'steps',
    user,
    ...more,
  });

  it('takes their time, and the text takes its own', async () => {
    const { id } = await create();
    simulator.setScenario(
      steps(
        [
          { step: 'open' },
          { step: 'consent', think: 30 },
          { step: 'present_document', think: 60 },
          { step: 'liveness', think: 10 },
          { step: 'finish' },
        ],
        {
          timing: { extraction_delay: 20, async_report_delay: 100, checks: { ID_DOCUMENT_FACE_MATCH: 300 } },
        },
      ),
      id,
    );
    simulator.play(id);
    const after = async (seconds: number) => {
      await simulator.advanceClock(seconds);
      const result = await app.client.getSession(id);
      return {
        consent: result.getBiometricConsentTimestamp() !== undefined,
        documents: result.getResources().getIdDocuments().length,
        task: result.getResources().getIdDocuments()[0]?.getTextExtractionTasks()[0]?.getState(),
        token: result.getClientSessionToken() !== undefined,
        done: result.getChecks().filter((check) => check.getState() === 'DONE').length,
        state: result.getState(),
      };
    };
    expect(await after(29)).toMatchObject({ consent: false, documents: 0 });
    expect(await after(1)).toMatchObject({ consent: true, documents: 0 });
    expect(await after(60)).toMatchObject({ documents: 1, task: 'PENDING' });
    expect(await after(20)).toMatchObject({ task: 'DONE', done: 0 });
    expect(await after(10)).toMatchObject({ done: 1, token: false });
    expect(await after(100)).toMatchObject({ done: 2, state: 'ONGOING' });
    expect(await after(200)).toMatchObject({ done: 3, state: 'COMPLETED' });
  });

  it('does everything at its own time when much time passes at once', async () => {
    const { id } = await create();
    simulator.setScenario(steps([{ step: 'open' }, { step: 'finish', think: 600 }]), id);
    simulator.play(id);
    await simulator.advanceClock(3600);
    const result = await app.client.getSession(id);
    expect(result.getState()).toBe('COMPLETED');
    const late = await create();
    simulator.setScenario(steps([{ step: 'open' }, { step: 'finish', think: 901 }]), late.id);
    simulator.play(late.id);
    await simulator.advanceClock(3600);
    expect((await app.client.getSession(late.id)).getState()).toBe('EXPIRED');
    expect((await listed(late.id))?.clientError).toBe(2002);
  });

  it.each<[string, ScenarioInput['user'], number | undefined]>([
    ['cancel', [{ step: 'open' }, { step: 'consent' }, { step: 'cancel' }], 1000],
    ['an error of the client', [{ step: 'present_document' }, { step: 'client_error', code: 5010 }], 5010],
    ['the wrong document each time', [{ step: 'present_document', outcome: 'wrong_type' }], 4001],
    ['leaving', [{ step: 'open' }, { step: 'abandon' }], undefined],
  ])('may end with %s', async (_name, user, code) => {
    const { id } = await create();
    simulator.setScenario(steps(user), id);
    simulator.play(id);
    expect((await listed(id))?.clientError ?? undefined).toBe(code);
    expect((await app.client.getSession(id)).getState()).toBe('ONGOING');
  });

  it('presents another document after the wrong one, and is counted as misled', async () => {
    const { id } = await create();
    const user = [
      { step: 'present_document', outcome: 'wrong_type' },
      { step: 'present_document', type: 'DRIVING_LICENCE', country: 'GBR' },
      { step: 'abandon' },
    ] as const;
    simulator.setScenario(steps([...user]), id);
    simulator.play(id);
    const capture = (await app.client.getSessionConfiguration(id)).getCapture();
    const [requirement] = capture?.getIdDocumentResourceRequirements() ?? [];
    expect(requirement?.getState()).toBe('COMPLETE');
    expect(requirement?.getAttemptsRemaining()).toMatchObject({ GENERIC: 2, RECLASSIFICATION: 1 });
    const documents = (await app.client.getSession(id)).getResources().getIdDocuments();
    expect(documents.map((one) => one.getDocumentType())[0]).toBe('DRIVING_LICENCE');
  });
});

describe('the clock', () => {
  it('stops, goes on, and never goes back', async () => {
    const { id } = await create();
    await simulator.changeClock({ freeze: true });
    const stopped = simulator.now();
    await simulator.changeClock({ advance: 60 });
    expect(simulator.now()).toBe(stopped + 60_000);
    await simulator.changeClock({ now: new Date(stopped + 120_000).toISOString(), freeze: false });
    expect(simulator.now()).toBe(stopped + 120_000);
    expect((await app.client.getSession(id)).getClientSessionTokenTtl()).toBe(780);
    await expect(simulator.changeClock({ now: new Date(stopped).toISOString() })).rejects.toThrow(
      'validating',
    );
  });

  it('is set by a scenario, and refuses a token that is over', async () => {
    const { id, token } = await create();
    const configuration = () =>
      fetch(`${simulator.baseUrl}/sessions/${id}/configuration`, { headers: { 'x-yoti-auth-token': token } });
    expect((await configuration()).status).toBe(200);
    simulator.setScenario({ ...base, name: 'later', clock: { advance: 900 } }, id);
    const refused = await configuration();
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: 'SESSION_EXPIRED' });
  });

  it('is kept with sessions, scenarios and steps over a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
    const options = { stateFile: join(folder, 'state.jsonl'), now: () => 1_900_000_000_000 };
    await simulator.close();
    ({ simulator, app } = await simulatedYoti(options));
    const { id } = await create();
    simulator.setScenario(verdict('application', 'APPLICATION'), { sdkId: app.sdkId });
    simulator.setScenario(
      { ...base, name: 'slow', user: [{ step: 'open' }, { step: 'finish', think: 100 }] },
      id,
    );
    simulator.play(id);
    await simulator.advanceClock(50);
    await simulator.close();
    const { sdkId, pem } = app;
    ({ simulator } = await simulatedYoti(options));
    app = { ...app, client: new yoti.IDVClient(sdkId, pem, { apiUrl: simulator.baseUrl }) };
    expect(simulator.now()).toBe(1_900_000_050_000);
    await simulator.advanceClock(60);
    expect((await app.client.getSession(id)).getState()).toBe('COMPLETED');
    expect(await reasonOf(await create())).toBe('APPLICATION');
    rmSync(folder, { recursive: true });
  });
});

describe('notifications of a scenario', () => {
  it('are its own: doubled, reversed, strange and forged for one session only', async () => {
    const receiver = await notificationReceiver();
    const notifications = new yoti.NotificationConfigBuilder()
      .withEndpoint(receiver.endpoint)
      .withAuthToken('n_1')
      .withAuthTypeBearer()
      .forSessionCompletion()
      .forCheckCompletion();
    const made = async (chaos: ScenarioInput['notifications']) => {
      const spec = specification((builder) => builder.withNotifications(notifications.build()));
      const id = (await app.client.createSession(spec)).getSessionId();
      simulator.setScenario({ ...base, name: 'chaos', notifications: chaos }, id);
      receiver.received.length = 0;
      simulator.play(id);
      await simulator.advanceClock(10);
      await simulator.advanceClock(3);
      return receiver.received.map(({ body, headers }) => ({
        topic: body['topic'],
        auth: headers.authorization,
      }));
    };
    expect(findScenario('webhook_storm')?.notifications).toMatchObject({ reorder: true });
    const storm = await made({ duplicate: 1, reorder: true, delay: 3, extra_topic: 'strange' });
    expect(storm.filter(({ topic }) => topic === 'session_completion')).toHaveLength(2);
    expect(storm.filter(({ topic }) => topic === 'strange').length).toBeGreaterThan(0);
    expect(storm.slice(-2).map(({ topic }) => topic)).toEqual(['check_completion', 'check_completion']);
    expect(await made({ drop: true })).toEqual([]);
    expect(new Set((await made({ bad_auth: 'missing' })).map(({ auth }) => auth))).toEqual(
      new Set([undefined]),
    );
    expect(new Set((await made({ bad_auth: true })).map(({ auth }) => auth))).toEqual(
      new Set(['Bearer wrong']),
    );
    expect(new Set((await made({})).map(({ auth }) => auth))).toEqual(new Set(['Bearer n_1']));
    receiver.close();
  });
});
