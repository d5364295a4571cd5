import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from './app.js';

/** Shorter than what Jest gives a test, so that the message says what was missing. */
const PATIENCE_MS = 25_000;

/** One event as a receiver got it. */
export interface ReceivedWebhook {
  path: string;
  headers: IncomingHttpHeaders & Record<string, string>;
  /** Exactly what was signed. */
  text: string;
  event: { id: string; type: string; timestamp: string; data: Record<string, unknown> };
}

/** What the receiver does with an event. */
export type Answer = (response: ServerResponse, received: ReceivedWebhook) => void | Promise<void>;

const accept: Answer = (response) => void response.writeHead(204).end();

/** A tenant's system that receives webhooks and answers as told; each path is another endpoint. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  private readonly answers = new Map<string, Answer>();
  private paths = 0;

  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const receiver = new WebhookReceiver(server, `http://127.0.0.1:${port}`);
    server.on('request', (request, response) => void receiver.take(request, response));
    return receiver;
  }

  /** A path that no other endpoint has. */
  newPath(): string {
    this.paths += 1;
    return `/hook-${this.paths}`;
  }

  /** Address of one endpoint, and what is answered there. */
  at(path: string, answer: Answer = accept): string {
    this.answers.set(path, answer);
    return `${this.origin}${path}`;
  }

  /** Answers with these statuses in turn, and with the last one from then on. */
  atWithStatuses(path: string, ...statuses: number[]): string {
    let count = 0;
    return this.at(path, (response) => {
      const status = statuses[Math.min(count, statuses.length - 1)] ?? 204;
      count += 1;
      response.writeHead(status).end();
    });
  }

  /** Doesn't answer until it is released. */
  atHolding(path: string): { url: string; release: () => void } {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const url = this.at(path, async (response) => {
      await released;
      response.writeHead(204).end();
    });
    return { url, release };
  }

  /** How many events have arrived at the path. */
  count(path: string): number {
    return this.received.filter((each) => each.path === path).length;
  }

  /** Waits until `count` events have arrived at the path. @throws after `timeoutMs`, with how many there were */
  async events(path: string, count = 1, timeoutMs = PATIENCE_MS): Promise<ReceivedWebhook[]> {
    const found = () => this.received.filter((each) => each.path === path);
    await eventually(async () => found().length >= count, timeoutMs).catch(() => {
      throw new Error(`${found().length} of ${count} events came to ${path} within ${timeoutMs} ms`);
    });
    return found();
  }

  /** Ids of the events that came to the path, in order. */
  async ids(path: string, count: number): Promise<string[]> {
    return (await this.events(path, count)).map(({ headers }) => String(headers['webhook-id']));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const event = JSON.parse(text) as ReceivedWebhook['event'];
    const headers = request.headers as ReceivedWebhook['headers'];
    const received = { path: request.url ?? '', headers, text, event };
    this.received.push(received);
    await (this.answers.get(received.path) ?? accept)(response, received);
  }
}
