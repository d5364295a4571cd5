import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { Webhook } from 'standardwebhooks';
import { SINK_PAGE, SINK_POLICY } from './webhook-sink.page.js';

const KEPT = 100;
const BODY_LIMIT_BYTES = 64 * 1024;

/** A receiver of webhooks, such as an integrator would write. */
export interface SinkOptions {
  /** 0 for any free one. */
  port: number;
  host: string;
  /** Secrets of the endpoints that send here. Read for each event, so that later ones may be added to the array. */
  secrets: readonly string[];
}

/** One event as it arrived. */
export interface ReceivedEvent {
  receivedAt: string;
  /** The webhook-id: the same when an event is delivered again. */
  webhookId: string | null;
  type: string | null;
  /** Whether it carried the signature of a known secret. */
  verified: boolean;
  /** The body as sent, parsed where it is JSON. */
  body: unknown;
}

/** A sink that is listening. */
export interface WebhookSink {
  /** Address to give to a webhook endpoint, and to look at in a browser. */
  url: string;
  close: () => Promise<void>;
}

/**
 * Starts the demo's receiver: it verifies signatures like an integrator's would, refuses what isn't signed, and shows
 * the last hundred events it received, verified or not.
 */
export async function startWebhookSink({ port, host, secrets }: SinkOptions): Promise<WebhookSink> {
  const server = Fastify({ bodyLimit: BODY_LIMIT_BYTES, forceCloseConnections: true });
  const received: ReceivedEvent[] = [];
  acceptEvents(server, secrets, (event) => {
    received.unshift(event);
    received.splice(KEPT);
  });
  server.get('/events', () => ({ items: received }));
  server.get('/', (_, reply) =>
    reply
      .header('content-security-policy', SINK_POLICY)
      .header('x-content-type-options', 'nosniff')
      .type('text/html; charset=utf-8')
      .send(SINK_PAGE),
  );
  const { href } = new URL(await server.listen({ port, host }));
  return { url: href, close: () => server.close() };
}

function acceptEvents(
  server: FastifyInstance,
  secrets: readonly string[],
  keep: (event: ReceivedEvent) => void,
): void {
  server.removeAllContentTypeParsers();
  // The signature is over the bytes, so they are taken as they come.
  server.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body));
  server.post('/', async (request, reply) => {
    const text = typeof request.body === 'string' ? request.body : '';
    const verified = isSigned(request, text, secrets);
    const body = parsed(text);
    keep({
      receivedAt: new Date().toISOString(),
      webhookId: oneHeader(request, 'webhook-id'),
      type: typeOf(body),
      verified,
      body,
    });
    return reply.status(verified ? 204 : 401).send();
  });
}

function isSigned(request: FastifyRequest, text: string, secrets: readonly string[]): boolean {
  const headers = {
    'webhook-id': oneHeader(request, 'webhook-id') ?? '',
    'webhook-timestamp': oneHeader(request, 'webhook-timestamp') ?? '',
    'webhook-signature': oneHeader(request, 'webhook-signature') ?? '',
  };
  return secrets.some((secret) => {
    try {
      new Webhook(secret).verify(text, headers);
      return true;
    } catch {
      return false;
    }
  });
}

function oneHeader(request: FastifyRequest, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function typeOf(body: unknown): string | null {
  const type = typeof body === 'object' && body !== null && 'type' in body ? body.type : null;
  return typeof type === 'string' ? type : null;
}
