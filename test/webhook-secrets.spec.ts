import { createPublicKey, randomUUID, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { startTestApp, type TestApp } from './support/app.js';
import type { Any } from './support/client.js';
import { createTenant, expectStatus, type TestTenant } from './support/factories.js';
import { WebhookReceiver, type ReceivedWebhook } from './support/webhook-receiver.js';
import { createEndpoint, sendTest } from './support/webhooks.js';

const DAY = 24 * 60 * 60;

let app: TestApp;
let receiver: WebhookReceiver;
let tenant: TestTenant;

beforeAll(async () => {
  [app, receiver] = await Promise.all([startTestApp(), WebhookReceiver.start()]);
  tenant = await createTenant(app);
});
afterAll(async () => {
  await app?.stop();
  await receiver?.close();
});

const rotate = async (endpoint: Any, body: object = {}) =>
  expectStatus(await tenant.key.post(`/v1/webhook-endpoints/${endpoint.id}/rotate-secret`, body), 200);

const read = async (endpoint: Any) =>
  expectStatus(await tenant.key.get(`/v1/webhook-endpoints/${endpoint.id}`), 200);

const isBy = (secret: string, { text, headers }: ReceivedWebhook) => {
  try {
    new Webhook(secret).verify(text, headers);
    return true;
  } catch {
    return false;
  }
};

/** Which of the secrets the next delivery is signed with. */
async function signers(endpoint: Any, path: string, secrets: string[]): Promise<boolean[]> {
  const before = receiver.count(path);
  await sendTest(tenant, endpoint);
  const [request] = (await receiver.events(path, before + 1)).slice(before);
  return secrets.map((secret) => isBy(secret, request!));
}

/** Lets the overlap of every retiring secret of the endpoint end. */
const endOverlaps = (endpoint: Any) =>
  app.sql('UPDATE webhook_retiring_secrets SET ends_at = now() WHERE endpoint_id = $1', [endpoint.id]);

describe('a signing secret', () => {
  it('that is rotated signs as well for a day, and is refused after that', async () => {
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.at(path));
    const rotated = await rotate(endpoint);
    expect(rotated.secret).not.toBe(endpoint.secret);
    expect(rotated).toMatchObject({
      version: 2,
      retiringSecrets: [{ id: expect.any(String), signature: 'hmac', publicKey: null }],
    });
    const left = Date.parse(rotated.retiringSecrets[0].endsAt) - Date.parse(rotated.updatedAt);
    expect(Math.round(left / 60_000)).toBe(DAY / 60);
    expect(await signers(endpoint, path, [rotated.secret, endpoint.secret])).toEqual([true, true]);
    await endOverlaps(endpoint);
    expect((await read(endpoint)).retiringSecrets).toEqual([]);
    expect(await signers(endpoint, path, [rotated.secret, endpoint.secret])).toEqual([true, false]);
  });

  it('ends at once when the overlap is 0, and all before it too', async () => {
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.at(path));
    const second = await rotate(endpoint, { overlapSeconds: 7 * DAY });
    const third = await rotate(endpoint, { overlapSeconds: 0 });
    expect(third.retiringSecrets).toEqual([]);
    expect(await signers(endpoint, path, [third.secret, second.secret, endpoint.secret])).toEqual([
      true,
      false,
      false,
    ]);
    expect(
      await app.sql('SELECT 1 FROM webhook_retiring_secrets WHERE endpoint_id = $1', [endpoint.id]),
    ).toEqual([]);
  });

  it('is one of three at most, and one that is ended early makes room', async () => {
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.at(path));
    const second = await rotate(endpoint);
    const third = await rotate(endpoint);
    const secrets = [third.secret, second.secret, endpoint.secret];
    expect(third.retiringSecrets).toHaveLength(2);
    expect(await signers(endpoint, path, secrets)).toEqual([true, true, true]);
    const address = `/v1/webhook-endpoints/${endpoint.id}`;
    expect((await tenant.key.post(`${address}/rotate-secret`)).body).toMatchObject({
      status: 409,
      code: 'conflict',
    });
    const oldest = third.retiringSecrets[1].id as string;
    expectStatus(await tenant.key.delete(`${address}/secrets/${oldest}`), 204);
    expect((await tenant.key.delete(`${address}/secrets/${oldest}`)).status).toBe(404);
    expect(await signers(endpoint, path, secrets)).toEqual([true, true, false]);
    await rotate(endpoint);
    const { items } = expectStatus(await tenant.key.get(`/v1/audit-entries?objectId=${endpoint.id}`), 200);
    const actions = items.map(({ action }: Any) => action.replace('webhook_endpoint.', ''));
    expect(actions.filter((action: string) => action.startsWith('secret_'))).toEqual([
      'secret_rotated',
      'secret_ended',
      'secret_rotated',
      'secret_rotated',
    ]);
    expect(JSON.stringify(items)).not.toMatch(/wh(sec|sk)_/);
  });

  it('is rotated once for one idempotency key', async () => {
    const endpoint = await createEndpoint(tenant, receiver.at(receiver.newPath()));
    const once = tenant.key.with({ 'idempotency-key': randomUUID() });
    const address = `/v1/webhook-endpoints/${endpoint.id}/rotate-secret`;
    const [first, second] = [await once.post(address), await once.post(address)];
    expect(second.body).toEqual(first.body);
    expect((await read(endpoint)).version).toBe(2);
  });

  it.each([
    ['-1 s', { overlapSeconds: -1 }, '/overlapSeconds'],
    ['more than a week', { overlapSeconds: 7 * DAY + 1 }, '/overlapSeconds'],
    ['half a second', { overlapSeconds: 0.5 }, '/overlapSeconds'],
    ['no such signature', { signature: 'v1' }, '/signature'],
  ])('is not rotated with %s', async (_, body, path) => {
    const endpoint = await createEndpoint(tenant, receiver.at(receiver.newPath()));
    const answer = await tenant.key.post(`/v1/webhook-endpoints/${endpoint.id}/rotate-secret`, body);
    expect(answer.body).toMatchObject({ status: 400, errors: [{ path }] });
    expect((await read(endpoint)).version).toBe(1);
  });

  it('is of no use with a byte changed or an old time', async () => {
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.at(path));
    await sendTest(tenant, endpoint);
    const [request] = await receiver.events(path);
    const { text, headers } = request!;
    const webhook = new Webhook(endpoint.secret);
    expect(webhook.verify(text, headers)).toEqual(JSON.parse(text));
    const changed = Buffer.from(text);
    changed[10] = changed[10]! ^ 1;
    expect(() => webhook.verify(changed.toString('latin1'), headers)).toThrow('No matching signature');
    const old: Record<string, string> = { ...(headers as Record<string, string>) };
    old['webhook-timestamp'] = String(Number(headers['webhook-timestamp']) - 600);
    expect(() => webhook.verify(text, old)).toThrow('timestamp too old');
  });
});

describe('an ed25519 signature', () => {
  const publicKeyOf = (text: string) =>
    createPublicKey({
      key: {
        kty: 'OKP',
        crv: 'Ed25519',
        x: Buffer.from(text.replace(/^whpk_/, ''), 'base64').toString('base64url'),
      },
      format: 'jwk',
    });

  const isSigned = (publicKey: string, { text, headers }: ReceivedWebhook, body = text) =>
    headers['webhook-signature']!.split(' ')
      .filter((part) => part.startsWith('v1a,'))
      .some((part) =>
        verify(
          null,
          Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`),
          publicKeyOf(publicKey),
          Buffer.from(part.slice(4), 'base64'),
        ),
      );

  it('is checked with the public key, and nobody ever sees the private one', async () => {
    const path = receiver.newPath();
    const body = { url: receiver.at(path), events: ['policy.published'], signature: 'ed25519' };
    const endpoint = expectStatus(await tenant.key.post('/v1/webhook-endpoints', body), 201);
    expect(endpoint).toMatchObject({
      signature: 'ed25519',
      publicKey: expect.stringMatching(/^whpk_[A-Za-z0-9+/]{43}=$/),
      secret: null,
    });
    expect(await read(endpoint)).toMatchObject({ publicKey: endpoint.publicKey });
    await sendTest(tenant, endpoint);
    const [request] = await receiver.events(path);
    expect(isSigned(endpoint.publicKey, request!)).toBe(true);
    expect(
      isSigned(endpoint.publicKey, request!, request!.text.replace('endpoint.test', 'endpoint.tess')),
    ).toBe(false);
  });

  it('takes over from a shared secret, both signing meanwhile', async () => {
    const path = receiver.newPath();
    const endpoint = await createEndpoint(tenant, receiver.at(path));
    const rotated = await rotate(endpoint, { signature: 'ed25519' });
    expect(rotated).toMatchObject({ signature: 'ed25519', secret: null });
    expect(rotated.retiringSecrets).toMatchObject([{ signature: 'hmac', publicKey: null }]);
    await sendTest(tenant, endpoint);
    const [during] = await receiver.events(path);
    expect([isBy(endpoint.secret, during!), isSigned(rotated.publicKey, during!)]).toEqual([true, true]);
    await endOverlaps(endpoint);
    await sendTest(tenant, endpoint);
    const [, after] = await receiver.events(path, 2);
    expect([isBy(endpoint.secret, after!), isSigned(rotated.publicKey, after!)]).toEqual([false, true]);
    const next = await rotate(endpoint);
    expect(next).toMatchObject({ signature: 'ed25519', retiringSecrets: [{ publicKey: rotated.publicKey }] });
  });
});
