import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import type { Dice, Tally } from './dice.js';

/** Out of a hundred attempts. A lost answer is one to an event that the receiver has taken. */
const FATES = { taken: 70, status: 14, reset: 6, 'lost answer': 10 } as const;

/** What one event came to at its receiver. */
interface Arrival {
  bodies: Set<string>;
  /** Attempts that reached the receiver. */
  attempts: number;
  /** Attempts that were answered 2xx. */
  taken: number;
}

/** The receivers of all tenants' webhooks, which fail three times out of ten, and remember everything. */
export class Sinks {
  /** From when on they misbehave. */
  bad = false;
  /** By path, by event id. */
  readonly arrived = new Map<string, Map<string, Arrival>>();
  /** What a signature check refused. */
  readonly forged: string[] = [];
  private readonly verifiers = new Map<string, Webhook>();
  private attempts = 0;

  private constructor(
    private readonly server: Server,
    private readonly dice: Dice,
    private readonly tally: Tally,
    private readonly origin: string,
  ) {}

  static async start(dice: Dice, tally: Tally): Promise<Sinks> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const sinks = new Sinks(server, dice, tally, `http://127.0.0.1:${port}`);
    server.on('request', (request, response) => {
      sinks.take(request, response).catch(() => response.destroy());
    });
    return sinks;
  }

  at(path: string): string {
    return this.origin + path;
  }

  /** Checks what arrives at the path from now on with the endpoint's secret. */
  verify(path: string, secret: string): void {
    this.verifiers.set(path, new Webhook(secret));
    this.arrived.set(path, new Map());
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.attempts += 1;
    const fate = this.bad ? this.dice.pick(FATES, 'sink', this.attempts) : 'taken';
    this.tally.add('webhook attempts');
    if (fate !== 'taken') this.tally.add(`webhooks: ${fate}`);
    if (fate === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    const body = await text(request);
    if (fate === 'status') {
      response.writeHead(this.dice.throw('sink status', this.attempts) < 0.5 ? 500 : 503).end();
      return;
    }
    this.remember(request, body, fate === 'taken');
    if (fate === 'lost answer') response.destroy();
    else response.writeHead(204).end();
  }

  private remember({ url = '', headers }: IncomingMessage, body: string, taken: boolean): void {
    const id = String(headers['webhook-id']);
    try {
      this.verifiers.get(url)?.verify(body, headers as Record<string, string>);
    } catch (error) {
      this.forged.push(`${url} ${id}: ${(error as Error).message}`);
    }
    const events = this.arrived.get(url);
    const arrival = events?.get(id) ?? { bodies: new Set<string>(), attempts: 0, taken: 0 };
    arrival.bodies.add(body);
    arrival.attempts += 1;
    if (taken) arrival.taken += 1;
    events?.set(id, arrival);
  }
}
