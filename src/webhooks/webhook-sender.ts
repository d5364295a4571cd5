import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { toEvent } from '../audit/audit.service.js';
import { CONFIG, type Config } from '../config.js';
import { KeyRing } from '../crypto/key-ring.js';
import { DueWorker, type Lease } from '../database/due-work.js';
import { TenantDb } from '../database/tenant-db.js';
import { WakeUp } from '../database/wake-up.js';
import { registry } from '../metrics/registry.js';
import { traceWebhookAttempt } from '../tracing/trace-calls.js';
import { AddressRules } from './address-guard.js';
import { DeliveryLog, type Outgoing } from './delivery-log.js';
import { waitInLine } from './due-deliveries.js';
import { Places } from './places.js';
import { WebhookClient, type AttemptResult } from './webhook-client.js';
import { secretPlace, signatureHeaders } from './webhook-signature.js';
import type { WebhookEndpoint } from './webhook.entity.js';

const CONCURRENCY = 32;
/** A tenant whose receivers are slow can't take every place. */
const PER_TENANT = 16;
/** An endpoint is sent so many at once by one process: a slow one takes few places, and isn't flooded. */
const PER_ENDPOINT = 4;
/** After trouble of our own: doubled with each claim in a row that came to nothing. */
const [FAILURE_WAIT_SECONDS, LONGEST_FAILURE_WAIT_SECONDS] = [30, 60 * 60];
/** Claims in a row that came to nothing, such as by killing the process. */
const MAX_CLAIMS = 20;
const PARKED = 'The server kept failing before it could send.';

const attempts = new Counter({
  name: 'countersign_webhook_attempts_total',
  help: 'Attempts to deliver an event: delivered, or the class of the error',
  labelNames: ['outcome'] as const,
  registers: [registry],
});

const durations = new Histogram({
  name: 'countersign_webhook_attempt_duration_seconds',
  help: 'Duration of attempts to deliver an event',
  buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
  registers: [registry],
});

/** Deliveries that stand in line for one endpoint. */
interface Crowd {
  /** Since when there have been some, in milliseconds since the epoch. */
  since: number;
}

/** What a delivery leaves its place to. */
interface Next {
  /** Those that stood in line when its attempt was stored, as this process knows. */
  crowd: Crowd | undefined;
  /** Whether one was called. */
  called: boolean;
}

/** Sends what is owed to webhook endpoints, at least once. */
@Injectable()
export class WebhookSender implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(WebhookSender.name);
  private readonly client: WebhookClient;
  private readonly worker: DueWorker | null;
  private readonly endpoints = new Places(PER_ENDPOINT);
  /** Endpoints that deliveries stand in line for. Whenever one joins them, the object is another. */
  private readonly crowds = new Map<string, Crowd>();
  /** Endpoints whose due deliveries are being put in line. */
  private readonly liningUp = new Set<string>();

  constructor(
    db: TenantDb,
    private readonly wakeUp: WakeUp,
    private readonly ring: KeyRing,
    private readonly deliveries: DeliveryLog,
    @Inject(CONFIG) config: Config,
  ) {
    this.client = new WebhookClient(
      new AddressRules(config.webhookAllowedNetworks, config.webhookAllowedPorts),
      config.webhookLimits,
    );
    const options = {
      db,
      wakeUp,
      log: this.logger,
      kind: 'deliveries',
      leaseSeconds: config.workLeaseSeconds,
      concurrency: CONCURRENCY,
      perTenant: PER_TENANT,
      work: (lease: Lease) => this.work(lease),
      failed: (lease: Lease, error: unknown) => this.failed(lease, error),
      mostClaims: MAX_CLAIMS,
      park: (lease: Lease) => this.deliveries.park(lease, PARKED),
    } as const;
    this.worker = config.role === 'api' ? null : new DueWorker(options);
  }

  onApplicationBootstrap(): void {
    this.worker?.start();
  }

  /** Waits for the attempts in flight, which have a deadline. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.worker?.stop();
  }

  private async work(lease: Lease): Promise<void> {
    const outgoing = await this.deliveries.load(lease);
    if (!outgoing) return;
    const { id } = outgoing.endpoint;
    // Who has just come doesn't take the place of one that was called.
    const comesLast = !outgoing.hasWaited && this.crowds.has(id);
    if (comesLast || !this.endpoints.enter(id)) return this.queue(lease, outgoing);
    let next: Next;
    try {
      next = await this.send(lease, outgoing);
    } finally {
      this.endpoints.leave(id);
    }
    await this.leaveTo(next, outgoing);
  }

  /** @returns what the delivery leaves its place to */
  private async send(lease: Lease, outgoing: Outgoing): Promise<Next> {
    const { headers, body } = this.sign(outgoing);
    const result = await traceWebhookAttempt(outgoing.event, (trace) =>
      this.client.post(outgoing.endpoint.url, { ...headers, ...trace }, body),
    );
    count(result);
    const crowd = this.crowds.get(outgoing.endpoint.id);
    const inLine = outgoing.hasWaited || crowd !== undefined;
    const { more, called } = await this.deliveries.record(lease, outgoing, result, inLine);
    if (more) this.wakeUp.wake('deliveries');
    return { crowd, called };
  }

  /** Lets a delivery stand in line, and what else is due to its endpoint. */
  private async queue(lease: Lease, { endpoint, hasWaited }: Outgoing): Promise<void> {
    const { id } = endpoint;
    const crowd = this.crowds.get(id);
    const since = crowd?.since ?? Date.now();
    const seconds = waitInLine(Date.now() - since);
    // Who has been called keeps its turn, and who was there before the crowd.
    await this.deliveries.standInLine(lease, seconds, hasWaited || crowd === undefined);
    this.crowds.set(id, { since });
    if (this.liningUp.has(id)) return;
    this.liningUp.add(id);
    try {
      await this.deliveries.lineUpDue(endpoint, seconds);
      // Once, however many have come: everyone who is called calls another.
      if (this.endpoints.free(id) === PER_ENDPOINT) await this.callFirst(endpoint);
    } finally {
      this.liningUp.delete(id);
    }
  }

  /** The end of a line is noticed here, and who has joined it since the attempt was stored. */
  private async leaveTo({ crowd, called }: Next, { endpoint }: Outgoing): Promise<void> {
    const { id } = endpoint;
    const now = this.crowds.get(id);
    if (called) this.crowds.set(id, now ?? { since: Date.now() });
    else if (now === crowd) this.crowds.delete(id);
    else await this.callFirst(endpoint);
  }

  private sign({ endpoint, event, secrets }: Outgoing) {
    const body = JSON.stringify(toEvent(event));
    const place = secretPlace(endpoint);
    const opened = secrets.map((secret) => this.ring.open(secret, place).toString('utf8'));
    return { body, headers: signatureHeaders(opened, event.id, new Date(), body) };
  }

  /** Gives the places that are free to those that are first in line, also when they join while it looks. */
  private async callFirst(endpoint: WebhookEndpoint): Promise<void> {
    const { id } = endpoint;
    let crowd: Crowd | undefined;
    do {
      crowd = this.crowds.get(id);
      const free = this.endpoints.free(id);
      // Who has a place calls the next.
      if (free === 0) return;
      if ((await this.deliveries.callFirst(endpoint, free)) > 0) return this.wakeUp.wake('deliveries');
    } while (this.crowds.get(id) !== crowd);
    this.crowds.delete(id);
  }

  private async failed(lease: Lease, error: unknown): Promise<'failed'> {
    const { name, message } = error as Error;
    this.logger.error(`delivery ${lease.id} could not be tried: ${name}: ${message}`);
    await this.deliveries.putOff(lease, failureWaitSeconds(lease.attempts), lease.attempts);
    return 'failed';
  }
}

const failureWaitSeconds = (claims: number): number =>
  Math.min(FAILURE_WAIT_SECONDS * 2 ** (claims - 1), LONGEST_FAILURE_WAIT_SECONDS);

function count({ errorClass, durationMs }: AttemptResult): void {
  attempts.inc({ outcome: errorClass ?? 'delivered' });
  durations.observe(durationMs / 1000);
}
