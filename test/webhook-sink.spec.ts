import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWebhookSink, type WebhookSink } from '../src/demo/webhook-sink.js';
import { newSecret, signatureHeaders } from '../src/webhooks/webhook-signature.js';
import { Client, type Any } from './support/client.js';

const secrets = [newSecret('hmac').secret];
const event = { id: randomUUID(), type: 'session.completed', data: { sessionId: randomUUID() } };

let sink: WebhookSink;
let client: Client;

beforeAll(async () => {
  sink = await startWebhookSink({ port: 0, host: '127.0.0.1', secrets });
  client = new Client(sink.url.replace(/\/$/, ''));
});
afterAll(() => sink?.close());

const send = (secret: string, body: unknown = event) =>
  client.with(signatureHeaders([secret], event.id, new Date(), JSON.stringify(body))).post('/', body);

describe("the demo's webhook receiver", () => {
  it('accepts what is signed, refuses what is not, and shows both, newest first', async () => {
    expect((await client.get('/events')).body).toEqual({ items: [] });
    const later = newSecret('hmac').secret;
    expect((await send(secrets[0]!)).status).toBe(204);
    expect((await send(later)).status).toBe(401);
    expect((await client.post('/', event)).status).toBe(401);
    secrets.push(later);
    expect((await send(later)).status).toBe(204);
    const { items } = (await client.get('/events')).body;
    expect(items.map(({ verified }: Any) => verified)).toEqual([true, false, false, true]);
    expect(items[0]).toEqual({
      receivedAt: expect.any(String),
      webhookId: event.id,
      type: 'session.completed',
      verified: true,
      body: event,
    });
  });

  it('takes what is no event at all, and keeps the last hundred', async () => {
    const answer = await fetch(sink.url, {
      method: 'POST',
      body: '<script>',
      headers: { 'content-type': 'text/html' },
    });
    expect(answer.status).toBe(401);
    const { items } = (await client.get('/events')).body;
    expect(items[0]).toMatchObject({ type: null, verified: false, body: '<script>' });
    for (let count = 0; count < 100; count += 1) await send(secrets[0]!);
    expect((await client.get('/events')).body.items).toHaveLength(100);
  });

  it('has a page that runs its own script and no other', async () => {
    const page = await client.get<string>('/');
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'sha256-/);
    expect(page.body).toContain('<title>Webhook receiver');
  });
});
