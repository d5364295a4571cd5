import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { toEvent } from '../audit/audit.service.js';
import { CONFIG, type Config } from '../config.js';
import { KeyRing } from '../crypto/key-ring.js';
import { DueWorker, type Lease } from '../database/due-work.js';
import { TenantDb } from '../database/tenant-db.js';
import { WakeUp } from '../database/wake-up.js';
import { AddressRules } from './address-guard.js';
import { DeliveryLog, type Outgoing } from './delivery-log.js';
import { WebhookClient } from './webhook-client.js';
import { secretPlace, signatureHeaders } from './webhook-signature.js';

const CONCURRENCY = 32;
/** A tenant whose receivers are slow can't take every place. */
const PER_TENANT = 16;
const FULL_WAIT_SECONDS = 2;
const FAILURE_WAIT_SECONDS = 30;
/** Claims in a row that came to nothing, such as by killing the process. */
const MAX_CLAIMS = 20;

/** Sends what is owed to webhook endpoints, at least once. */
@Injectable()
export class WebhookSender implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(WebhookSender.name);
  private readonly client: WebhookClient;
  private readonly worker: DueWorker | null;
  private readonly sending = new Map<string, number>();

  constructor(
    db: TenantDb,
    wakeUp: WakeUp,
    private readonly ring: KeyRing,
    private readonly deliveries: DeliveryLog,
    @Inject(CONFIG) config: Config,
  ) {
    this.client = new WebhookClient(
      new AddressRules(config.webhookAllowedNetworks, config.webhookAllowedPorts),
    );
    const options = {
      db,
      wakeUp,
      log: this.logger,
      kind: 'deliveries',
      concurrency: CONCURRENCY,
      work: (lease: Lease) => this.work(lease),
      failed: (lease: Lease, error: unknown) => this.failed(lease, error),
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
    if (lease.attempts > MAX_CLAIMS) {
      await this.deliveries.park(lease, 'The server kept failing before it could send.');
      return;
    }
    const others = this.sending.get(lease.tenantId) ?? 0;
    if (others >= PER_TENANT) {
      const seconds = FULL_WAIT_SECONDS * (0.5 + Math.random());
      await this.deliveries.putOff(lease, seconds, lease.attempts - 1);
      return;
    }
    this.sending.set(lease.tenantId, others + 1);
    try {
      await this.send(lease);
    } finally {
      this.leave(lease.tenantId);
    }
  }

  private async send(lease: Lease): Promise<void> {
    const outgoing = await this.deliveries.load(lease);
    if (!outgoing) return;
    const { headers, body } = this.sign(outgoing);
    const result = await this.client.post(outgoing.endpoint.url, headers, body);
    await this.deliveries.record(lease, outgoing, result);
  }

  private sign({ endpoint, event }: Outgoing) {
    const body = JSON.stringify(toEvent(event));
    const secret = this.ring.open(endpoint.secret, secretPlace(endpoint)).toString('utf8');
    return { body, headers: signatureHeaders(secret, event.id, new Date(), body) };
  }

  private leave(tenantId: string): void {
    const others = (this.sending.get(tenantId) ?? 1) - 1;
    if (others === 0) this.sending.delete(tenantId);
    else this.sending.set(tenantId, others);
  }

  private async failed(lease: Lease, error: unknown): Promise<void> {
    const { name, message } = error as Error;
    this.logger.error(`delivery ${lease.id} could not be tried: ${name}: ${message}`);
    await this.deliveries.putOff(lease, FAILURE_WAIT_SECONDS, lease.attempts);
  }
}
