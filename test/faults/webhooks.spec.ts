import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { eventually, startTestApp, type TestApp } from '../support/app.js';
import type { Any } from '../support/client.js';
import { createTenant, expectStatus, type TestTenant } from '../support/factories.js';
import { expectInvariants } from '../support/invariants.js';
import { WebhookReceiver, type Answer } from '../support/webhook-receiver.js';
import {
  attempted,
  createEndpoint,
  makeDue,
  publishEvent,
  readDelivery,
  sendTest,
} from '../support/webhooks.js';

const GIGABYTE = 1024 ** 3;
/** Shorter than in production, where connecting may take 5 s and the whole attempt 15 s. */
const webhookLimits = { connectMs: 2000, deadlineMs: 8000 };
/** Least and most seconds after the first attempt, and after one that timed out or was one too many. */
const STEP: [number, number] = [5, 7];
const MINUTE: [number, number] = [60, 60];
/** What a busy machine may take to store an attempt. */
const BUSY_SECONDS = 30;
/** Late, but in time: 14 of 15 s there. */
const SLOW_MS = 1000;

let app: TestApp;
let receiver: WebhookReceiver;
let tenant: TestTenant;

beforeAll(async () => {
  [app, receiver] = await Promise.all([startTestApp({ config: { webhookLimits } }), WebhookReceiver.start()]);
  tenant = await createTenant(app);
});
afterEach(() => expectInvariants(app));
afterAll(async () => {
  await app?.stop();
  await receiver?.close();
});

/** Bytes of the huge answer that were taken off the server's hands. */
let poured = 0;

async function pour(response: ServerResponse): Promise<void> {
  poured = 0;
  const chunk = Buffer.alloc(64 * 1024, 'x');
  response.writeHead(200, { 'content-length': String(GIGABYTE) });
  response.on('error', () => undefined);
  const closed = once(response, 'close');
  while (!response.destroyed && poured < GIGABYTE) {
    poured += chunk.length;
    if (!response.write(chunk)) await Promise.race([once(response, 'drain'), closed]);
  }
}

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(code, headers).end();

/** Answers so to the first event, and takes every other. */
function atFirst(answer: Answer): Answer {
  let count = 0;
  return (response, received) => {
    count += 1;
    return count === 1 ? answer(response, received) : void response.writeHead(204).end();
  };
}

describe('row 23: an endpoint in trouble', () => {
  it.each<[string, Answer, object, [number, number] | null]>([
    ['answers 500', status(500), { statusCode: 500, errorClass: 'http_5xx' }, STEP],
    ['does not answer', () => undefined, { statusCode: null, errorClass: 'timeout' }, MINUTE],
    [
      'resets the connection',
      (response) => void response.socket?.resetAndDestroy(),
      { statusCode: null, errorClass: 'connect' },
      STEP,
    ],
    ['redirects', status(301, { location: '/elsewhere' }), { statusCode: 301, errorClass: 'http_3xx' }, STEP],
    ['is flooded', status(429), { statusCode: 429, errorClass: 'http_4xx' }, MINUTE],
    ['is gone', status(410), { statusCode: 410, errorClass: 'http_4xx' }, null],
  ])(
    'row 23: %s: tried again by the schedule, or disabled, and delivered when it works again',
    async (_, answer, attempt, wait) => {
      const path = receiver.newPath();
      const endpoint = await createEndpoint(tenant, receiver.at(path, atFirst(answer)));
      await publishEvent(app, tenant);
      await receiver.events(path);
      const { items } = expectStatus(await tenant.key.get(`/v1/deliveries?endpointId=${endpoint.id}`), 200);
      const { id } = items[0];
      const { attempts, nextAttemptAt } = await attempted(tenant, id);
      expect(attempts[0]).toMatchObject(attempt);
      const address = `/v1/webhook-endpoints/${endpoint.id}`;
      if (wait === null) {
        const disabled = { status: 'disabled', disabledReason: 'gone' };
        expect((await tenant.key.get(address)).body).toMatchObject(disabled);
        expectStatus(await tenant.key.patch(address, { status: 'enabled' }), 200);
      } else {
        // The shortest step may be over by now.
        const again = Date.parse(nextAttemptAt ?? attempts[1].startedAt);
        const waited = (again - Date.parse(attempts[0].startedAt) - attempts[0].durationMs) / 1000;
        const [least, most] = wait;
        // Times are given in whole milliseconds.
        expect(waited).toBeGreaterThanOrEqual(least - 0.1);
        expect(waited).toBeLessThanOrEqual(most + BUSY_SECONDS);
        expectStatus(await tenant.key.post(`/v1/deliveries/${id}/retry`), 202);
      }
      await receiver.events(path, 2);
      await eventually(async () => (await readDelivery(tenant, id)).status === 'delivered');
      const ids = (await receiver.events(path, 2)).map(({ headers }) => headers['webhook-id']);
      expect(new Set(ids)).toEqual(new Set([items[0].eventId]));
      expect(receiver.count('/elsewhere')).toBe(0);
      expectStatus(await tenant.key.delete(address), 204);
    },
  );

  it('row 23: answers late, but in time: delivered', async () => {
    const path = receiver.newPath();
    const url = receiver.at(path, async (response) => {
      await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
      response.writeHead(204).end();
    });
    const { id } = await sendTest(tenant, await createEndpoint(tenant, url));
    expect(await attempted(tenant, id)).toMatchObject({ status: 'delivered', attemptCount: 1 });
  });

  it('row 23: answers with a gigabyte: delivered, and no more of it is read than is kept', async () => {
    const path = receiver.newPath();
    const { id } = await sendTest(tenant, await createEndpoint(tenant, receiver.at(path, pour)));
    const { attempts } = await attempted(tenant, id);
    expect(attempts[0]).toMatchObject({ statusCode: 200, errorClass: null });
    expect(attempts[0].responseExcerpt).toHaveLength(2048);
    // What the operating system's buffers hold on the way.
    expect(poured).toBeLessThan(GIGABYTE / 16);
  });

  it('row 23: speaks no TLS where it should: tried again by the schedule', async () => {
    const path = receiver.newPath();
    const url = receiver.at(path).replace('http://', 'https://');
    const endpoint = await createEndpoint(tenant, url);
    const { id } = await sendTest(tenant, endpoint);
    const { attempts } = await attempted(tenant, id);
    expect(attempts[0]).toMatchObject({ statusCode: null, errorClass: 'tls' });
    expect(receiver.count(path)).toBe(0);
    expectStatus(await tenant.key.delete(`/v1/webhook-endpoints/${endpoint.id}`), 204);
  });
});

describe('row 24: an endpoint takes an event, and its answer is lost', () => {
  it('row 24: the event comes again under the same id, signed for its own time', async () => {
    const path = receiver.newPath();
    const endpoint = await createEndpoint(
      tenant,
      receiver.at(
        path,
        atFirst((response) => void response.socket?.destroy()),
      ),
    );
    const { id } = await sendTest(tenant, endpoint);
    expect((await attempted(tenant, id)).attempts[0]).toMatchObject({ statusCode: null });
    await makeDue(app, id);
    expect(await attempted(tenant, id, 2)).toMatchObject({ status: 'delivered' });
    const [first, second] = await receiver.events(path, 2);
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    expect(second!.text).toBe(first!.text);
    for (const { text, headers } of [first!, second!]) new Webhook(endpoint.secret).verify(text, headers);
  });
});

describe('row 25: a secret is rotated while deliveries are on their way', () => {
  it('row 25: every delivery verifies with the old secret or the new one, and none fails', async () => {
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.at(path));
    const publish = (count: number) =>
      Promise.all(Array.from({ length: count }, () => publishEvent(app, tenant)));
    const [, rotated] = await Promise.all([
      publish(20),
      receiver
        .events(path, 5)
        .then(() => tenant.key.post(`/v1/webhook-endpoints/${endpoint.id}/rotate-secret`))
        .then((answer) => expectStatus(answer, 200)),
    ]);
    await publish(10);
    const requests = await receiver.events(path, 30);
    const isBy = (secret: string, { text, headers }: (typeof requests)[number]) => {
      try {
        return Boolean(new Webhook(secret).verify(text, headers));
      } catch {
        return false;
      }
    };
    const known = (request: (typeof requests)[number]) =>
      isBy(endpoint.secret, request) || isBy(rotated.secret, request);
    expect(requests.filter((request) => !known(request))).toEqual([]);
    // Made after the rotation, they carry both.
    const later = requests.filter((request) => isBy(rotated.secret, request));
    expect(later.length).toBeGreaterThanOrEqual(10);
    expect(later.every((request) => isBy(endpoint.secret, request))).toBe(true);
    const { items } = expectStatus(await tenant.key.get(`/v1/deliveries?endpointId=${endpoint.id}`), 200);
    const ended = await Promise.all(
      items.map(({ id }: Any) =>
        eventually(async () => {
          const delivery = await readDelivery(tenant, id);
          return delivery.status !== 'pending' && delivery;
        }),
      ),
    );
    expect(ended).toHaveLength(30);
    expect(
      ended.filter(({ status: is, attemptCount }: Any) => is !== 'delivered' || attemptCount !== 1),
    ).toEqual([]);
  });
});
