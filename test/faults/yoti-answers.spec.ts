import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { YotiConnection } from '../../src/yoti/transport.js';
import { YotiClient } from '../../src/yoti/yoti-client.js';
import { eventually, startTestApp, type TestApp } from '../support/app.js';
import { badAnswers, CANARY, flood, type BadAnswer } from '../support/bad-answers.js';
import type { Any, Answer } from '../support/client.js';
import {
  createReadyTenant,
  createSession,
  expectStatus,
  finishSession,
  type TestTenant,
} from '../support/factories.js';
import { expectInvariants, putOffWork } from '../support/invariants.js';
import { failureOf } from '../support/yoti-stand-in.js';
import {
  startYotiProxy,
  through,
  type YotiAnswer,
  type YotiCallName,
  type YotiProxy,
} from '../support/yoti-proxy.js';

/** Long enough for a busy machine to answer, short enough to wait for what never comes. */
const BOUNDS = {
  headersMs: 4000,
  deadlineMs: 6000,
  creation: { headersMs: 4000, deadlineMs: 6000 },
  mediaMs: 4000,
  backoffMs: 5,
};
/** Far less than a flood, and more than what the connection itself holds back. */
const MOST_TAKEN = 100 * 1024 * 1024;
const STATUS = { yoti_bad_response: 502, yoti_refused: 502, yoti_unavailable: 503 } as const;
const YOTI_CODE = {
  yoti_bad_response: ['YOTI_BAD_RESPONSE'],
  yoti_refused: ['YOTI_REFUSED'],
  yoti_unavailable: ['YOTI_UNAVAILABLE', 'YOTI_TIMEOUT'],
} as const;

/** All at once; what is heavy one after the other. */
async function all(heavy: boolean | undefined, works: (() => Promise<void>)[]): Promise<void> {
  if (!heavy) return void (await Promise.all(works.map((work) => work())));
  for (const work of works) await work();
}

describe('what is not an answer of Yoti’s', () => {
  let app: TestApp;
  let proxy: YotiProxy;
  let elsewhere: Server;
  let tenant: TestTenant;
  let ongoing: Any;
  let reviewed: Any;
  let mediaId: string;
  let strayed = 0;
  const floods = flood();

  beforeAll(async () => {
    elsewhere = createServer((_request, response) => {
      strayed += 1;
      response.end();
    });
    await new Promise<void>((resolve) => {
      elsewhere.listen(0, '127.0.0.1', resolve);
    });
    proxy = await startYotiProxy(() => app.simulator.origin);
    // No worker: only what the tests do is done.
    app = await startTestApp({ config: { yotiApiUrls: [proxy.baseUrl], yotiBounds: BOUNDS, role: 'api' } });
    tenant = await createReadyTenant(through(app, proxy));
    ongoing = await createSession(tenant);
    reviewed = await createSession(tenant);
    await finishSession(through(app, proxy), tenant, reviewed, 'forged_document');
    const path = `/v1/sessions/${reviewed.id}`;
    await eventually(async () => (await tenant.key.post(`${path}/sync`)).body.status === 'completed');
    mediaId = expectStatus(await tenant.key.get(`${path}/media`), 200).items[0].id;
  }, 60_000);

  afterAll(async () => {
    await app.stop();
    await proxy.close();
    elsewhere.close();
  });

  const answers = () => badAnswers(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`, floods);
  const names = badAnswers('', floods).map(({ name }) => name);

  /** Calls while such calls are answered badly. */
  async function under<T>(call: YotiCallName, answer: YotiAnswer, work: () => Promise<T>): Promise<T> {
    proxy.answer(call, answer);
    return work().finally(() => proxy.answer(call, undefined));
  }

  const expectError = (answer: Answer<Any>, { name, verdict }: BadAnswer) => {
    expect([name, answer.status, answer.body.code]).toEqual([name, STATUS[verdict], verdict]);
    expect(JSON.stringify(answer.body)).not.toContain(CANARY);
  };

  async function creates({ answer, ...expected }: BadAnswer): Promise<void> {
    const reference = randomUUID();
    const refused = await under('create', answer, () =>
      tenant.key.post('/v1/sessions', { policy: 'identity', reference }),
    );
    expectError(refused, { answer, ...expected });
    const { items } = expectStatus(await tenant.key.get(`/v1/sessions?reference=${reference}`), 200);
    expect(items).toMatchObject([{ status: 'failed', failureCode: expected.reason }]);
  }

  async function syncs({ answer, ...expected }: BadAnswer): Promise<void> {
    const path = `/v1/sessions/${ongoing.id}`;
    const refused = await under('read', answer, () => tenant.key.post(`${path}/sync`));
    expectError(refused, { answer, ...expected });
    const kept = expectStatus(await tenant.key.get(path), 200);
    expect(kept).toMatchObject({ status: 'ongoing', syncError: expected.reason, parkedReason: null });
    expectStatus(await tenant.key.post(`${path}/sync`), 200);
    expect(expectStatus(await tenant.key.get(path), 200)).toMatchObject({ syncError: null });
  }

  async function shows({ answer, media, ...expected }: BadAnswer): Promise<void> {
    const path = `/v1/sessions/${reviewed.id}/media/${mediaId}`;
    const failures = () => tenant.key.get('/v1/audit-entries?action=media.failed&limit=200');
    const before = expectStatus(await failures(), 200).items.length;
    const { response, whole } = await under('media', answer, async () => {
      const got = await fetch(`${app.url}${path}`, { headers: tenant.key.headers });
      const content = await got.text().catch(() => null);
      return { response: got, whole: content };
    });
    const kept = expectStatus(await failures(), 200).items;
    if (media === 'passed' || media === 'cut') {
      expect([response.status, whole === null]).toEqual([200, media === 'cut']);
      expect(response.headers.get('content-type')).not.toContain('html');
      expect(kept).toHaveLength(before);
    } else {
      const body: Any = JSON.parse(whole ?? '');
      expectError(
        { status: response.status, headers: response.headers, body },
        { answer, media, ...expected, verdict: media },
      );
      expect(kept).toHaveLength(before + 1);
      expect(kept[0].details).toEqual({ mediaId, code: expected.reason });
    }
    const again = await fetch(`${app.url}${path}`, { headers: tenant.key.headers });
    expect(again.status).toBe(200);
    expect((await again.arrayBuffer()).byteLength).toBeGreaterThan(0);
  }

  /** What no route of the API calls yet: asked of the client itself. */
  async function asks({ answer, verdict, heavy }: BadAnswer): Promise<void> {
    const client = new YotiClient(BOUNDS);
    const calls: [YotiCallName, () => Promise<unknown>][] = [
      ['delete', () => client.deleteSession(connection, randomUUID())],
      ['supported documents', () => client.getSupportedDocuments(connection)],
    ];
    await all(
      heavy,
      calls.map(([name, call]) => async () => {
        const error = await under(name, answer, () => failureOf(call()));
        expect(YOTI_CODE[verdict]).toContain(error.code);
        expect(error.message + String(error.stack)).not.toContain(CANARY);
        await call();
      }),
    );
    await client.onApplicationShutdown();
  }

  let connection: YotiConnection;
  beforeAll(() => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const sdkId = randomUUID();
    const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    app.simulator.registerApp({ sdkId, publicKeyPem });
    connection = { tenantId: randomUUID(), sdkId, privateKey, apiUrl: proxy.baseUrl };
  });

  afterEach(async () => {
    await putOffWork(app);
    await expectInvariants(app);
  });

  it.each(names)('row 12: an answer that is none is survived in every call: %s', async (name) => {
    const answer = answers().find((each) => each.name === name)!;
    const before = floods.sent;
    await all(
      answer.heavy,
      [creates, syncs, shows, asks].map((call) => () => call(answer)),
    );
    // Created again, with what was refused still on record.
    expect((await createSession(tenant)).status).toBe('ongoing');
    expect(floods.sent - before).toBeLessThan(MOST_TAKEN);
  });

  it('row 12: an answer that is none has led nobody elsewhere, and holds no connection', async () => {
    expect(strayed).toBe(0);
    await eventually(async () => proxy.connections() === 0, 30_000);
  });
});
