import type { ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { WebhookReceiver, type ReceivedWebhook } from '../support/webhook-receiver.js';
import type { Dice, Tally } from './dice.js';

/** Out of a hundred attempts. A lost answer is one to an event that the receiver has taken. */
export const FATES = { taken: 70, status: 14, reset: 6, 'lost answer': 10 } as const;

/** What one event came to at its receiver. */
interface Arrival {
  bodies: Set<string>;
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
    private readonly receiver: WebhookReceiver,
    private readonly dice: Dice,
    private readonly tally: Tally,
  ) {}

  static async start(dice: Dice, tally: Tally): Promise<Sinks> {
    return new Sinks(await WebhookReceiver.start(), dice, tally);
  }

  at(path: string): string {
    return this.receiver.at(path, (response, received) => this.take(response, received));
  }

  /** Checks what arrives at the path from now on with the endpoint's secret. */
  verify(path: string, secret: string): void {
    this.verifiers.set(path, new Webhook(secret));
    this.arrived.set(path, new Map());
  }

  close(): Promise<void> {
    return this.receiver.close();
  }

  private take(response: ServerResponse, received: ReceivedWebhook): void {
    this.attempts += 1;
    const fate = this.bad ? this.dice.pick(FATES, 'sink', this.attempts) : 'taken';
    if (this.bad) this.tally.add('webhook attempts');
    if (fate !== 'taken') this.tally.add(`webhooks: ${fate}`);
    if (fate === 'taken' || fate === 'lost answer') this.remember(received, fate === 'taken');
    if (fate === 'taken') response.writeHead(204).end();
    else if (fate === 'lost answer') response.destroy();
    else if (fate === 'reset') response.socket?.resetAndDestroy();
    else response.writeHead(this.dice.throw('sink status', this.attempts) < 0.5 ? 500 : 503).end();
  }

  private remember({ path, headers, text }: ReceivedWebhook, taken: boolean): void {
    const id = String(headers['webhook-id']);
    try {
      this.verifiers.get(path)?.verify(text, headers);
    } catch (error) {
      this.forged.push(`${path} ${id}: ${(error as Error).message}`);
    }
    const events = this.arrived.get(path);
    const arrival = events?.get(id) ?? { bodies: new Set<string>(), taken: 0 };
    arrival.bodies.add(text);
    if (taken) arrival.taken += 1;
    events?.set(id, arrival);
  }
}
