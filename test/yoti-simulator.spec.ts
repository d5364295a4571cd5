import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import yoti from 'yoti';
import type { Simulator, SimulatorOptions } from '../src/simulator/simulator.js';
import {
  finishAsAgent,
  notificationReceiver,
  simulatedYoti,
  type YotiApp,
} from './support/simulated-yoti.js';
import { specification } from './support/yoti-contract.js';

let simulator: Simulator;
let app: YotiApp;

const control = (method: string, path: string, body?: object) =>
  fetch(`${simulator.origin}/control/${path}`, { method, ...(body && { body: JSON.stringify(body) }) });

async function create(spec = specification()) {
  const created = await app.client.createSession(spec);
  return { id: created.getSessionId(), token: created.getClientSessionToken() };
}

beforeAll(() => {
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterAll(() => {
  jest.restoreAllMocks();
});

describe('control paths', () => {
  beforeEach(async () => {
    ({ simulator, app } = await simulatedYoti());
  });
  afterEach(() => simulator.close());

  it('register an application', async () => {
    const { sdkId, publicKeyPem, pem } = app;
    const second = new yoti.IDVClient(`${sdkId}-2`, pem, { apiUrl: simulator.baseUrl });
    expect((await control('POST', 'apps', { sdkId: `${sdkId}-2`, publicKeyPem })).status).toBe(201);
    expect((await second.createSession(specification())).getSessionId()).toBeTruthy();
    expect((await control('POST', 'apps', { sdkId })).status).toBe(400);
  });

  it('move the clock, and list sessions', async () => {
    const { id } = await create();
    expect((await control('POST', 'clock', { advance: 901 })).status).toBe(200);
    const listed = (await (await control('GET', 'sessions')).json()) as { items: object[] };
    expect(listed.items).toMatchObject([{ sessionId: id, sdkId: app.sdkId, state: 'EXPIRED' }]);
    expect(JSON.stringify(listed)).not.toContain('token');
  });

  it('choose the scenario of all sessions or of one', async () => {
    expect((await control('PUT', 'scenario', { scenario: 'forged_document' })).status).toBe(204);
    const forged = await create();
    const fine = await create();
    expect((await control('PUT', 'scenario', { scenario: 'happy', sessionId: fine.id })).status).toBe(204);
    expect((await control('PUT', 'scenario', { scenario: 'nonsense' })).status).toBe(400);
    for (const [session, value] of [
      [forged, 'REJECT'],
      [fine, 'APPROVE'],
    ] as const) {
      await finishAsAgent(simulator, app, session);
      await simulator.advanceClock(5);
      const [check] = (await app.client.getSession(session.id)).getAuthenticityChecks();
      expect(check?.getReport().getRecommendation().getValue()).toBe(value);
    }
  });

  it('show what was sent and what was answered, without the token', async () => {
    const receiver = await notificationReceiver();
    const notifications = new yoti.NotificationConfigBuilder()
      .withEndpoint(receiver.endpoint)
      .withAuthToken('n_secret')
      .forSessionCompletion();
    const session = await create(specification((b) => b.withNotifications(notifications.build())));
    await finishAsAgent(simulator, app, session);
    await simulator.advanceClock(5);
    receiver.close();
    const text = await (await control('GET', 'notifications')).text();
    expect(JSON.parse(text)).toMatchObject({
      items: [{ state: 'delivered', attempts: [{ status: 200 }], body: { topic: 'session_completion' } }],
    });
    expect(text).not.toContain('n_secret');
  });
});

describe('state file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps applications, open sessions and owed notifications over a restart', async () => {
    const options: SimulatorOptions = { stateFile: join(folder, 'state.jsonl') };
    let up = false;
    const receiver = await notificationReceiver(() => (up ? 200 : 503));
    ({ simulator, app } = await simulatedYoti(options));
    const notifications = new yoti.NotificationConfigBuilder()
      .withEndpoint(receiver.endpoint)
      .withTopic('CLIENT_SESSION_TOKEN_DELETED')
      .forSessionCompletion();
    const session = await create(specification((b) => b.withNotifications(notifications.build())));
    await finishAsAgent(simulator, app, session);
    await simulator.close();

    up = true;
    receiver.received.length = 0;
    ({ simulator } = await simulatedYoti(options));
    const client = new yoti.IDVClient(app.sdkId, app.pem, { apiUrl: simulator.baseUrl });
    expect((await client.getSession(session.id)).getState()).toBe('ONGOING');
    await simulator.advanceClock(5);
    expect((await client.getSession(session.id)).getState()).toBe('COMPLETED');
    await simulator.close();
    receiver.close();
    expect(receiver.received.map(({ body }) => body['topic'])).toEqual([
      'client_session_token_deleted',
      'session_completion',
    ]);
  });
});

describe('a process of its own', () => {
  const entry = fileURLToPath(new URL('../dist/src/simulator/main.js', import.meta.url));
  let child: ChildProcess;

  afterEach(() => {
    child.kill('SIGKILL');
  });

  /** @returns the base address that it prints */
  async function start(settings: Record<string, string>): Promise<string> {
    const env = { PATH: process.env.PATH, SIMULATOR_PORT: '0', ...settings };
    child = spawn(process.execPath, [entry], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const [printed] = (await once(child.stdout ?? child, 'data')) as [Buffer];
    return /http:\S+/.exec(printed.toString())?.[0] ?? '';
  }

  it('takes 200 creations at once, each on a connection of its own, and ends in order', async () => {
    const baseUrl = await start({ SIMULATOR_BASE_PATH: '/sandbox/idverify/v1', SIMULATOR_GZIP: 'true' });
    expect(baseUrl).toMatch(/\/sandbox\/idverify\/v1$/);
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const sdkId = randomUUID();
    const registered = await fetch(new URL('/control/apps', baseUrl), {
      method: 'POST',
      body: JSON.stringify({ sdkId, publicKeyPem }),
    });
    expect(registered.status).toBe(201);
    const client = new yoti.IDVClient(sdkId, pem, { apiUrl: baseUrl });
    const created = await Promise.all(
      Array.from({ length: 200 }, () => client.createSession(specification())),
    );
    expect(new Set(created.map((one) => one.getSessionId())).size).toBe(200);
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });
});
