import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Counter } from 'prom-client';
import { DueWorker, type Lease } from '../database/due-work.js';
import { SmtpClient, type Message } from '../mail/smtp-client.js';
import { registry } from '../metrics/registry.js';
import { SessionDeps } from '../sessions/session-deps.js';
import { EmailLog, type OutgoingEmail } from './email-log.js';
import { linkMessage } from './link-message.js';

const CONCURRENCY = 8;
/** A tenant with many e-mails can't take every place. */
const PER_TENANT = 4;
const FULL_WAIT_SECONDS = 2;
const FAILURE_WAIT_SECONDS = 30;
/** How long e-mails wait that were accepted before the operator took the mail server away. */
const UNCONFIGURED_WAIT_SECONDS = 300;
/** Claims in a row that came to nothing, such as by killing the process. */
const MAX_CLAIMS = 20;

const attempts = new Counter({
  name: 'countersign_email_attempts_total',
  help: 'E-mails handed to the mail server, or why it did not take them',
  labelNames: ['outcome'] as const,
  registers: [registry],
});

/** Sends links that are owed by e-mail, at least once; a repetition has the same Message-ID. */
@Injectable()
export class EmailSender implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(EmailSender.name);
  private readonly client: SmtpClient | null;
  private readonly worker: DueWorker | null;
  private readonly sending = new Map<string, number>();

  constructor(
    private readonly deps: SessionDeps,
    private readonly log: EmailLog,
  ) {
    const { db, wakeUp, config } = deps;
    this.client = config.mail && new SmtpClient(config.mail);
    const options = {
      db,
      wakeUp,
      log: this.logger,
      kind: 'emails',
      concurrency: CONCURRENCY,
      work: (lease: Lease) => this.work(lease),
      failed: (lease: Lease, error: unknown) => this.failed(lease, error),
    } as const;
    this.worker = config.role === 'api' ? null : new DueWorker(options);
  }

  onApplicationBootstrap(): void {
    this.worker?.start();
  }

  /** Waits for the e-mails in flight, which have a deadline. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.worker?.stop();
  }

  private async work(lease: Lease): Promise<void> {
    if (lease.attempts > MAX_CLAIMS) return this.log.park(lease);
    const others = this.sending.get(lease.tenantId) ?? 0;
    if (others >= PER_TENANT) {
      return this.log.putOff(lease, FULL_WAIT_SECONDS * (0.5 + Math.random()), lease.attempts - 1);
    }
    this.sending.set(lease.tenantId, others + 1);
    try {
      await this.send(lease);
    } finally {
      this.leave(lease.tenantId);
    }
  }

  private async send(lease: Lease): Promise<void> {
    const outgoing = await this.log.load(lease);
    if (!outgoing) return;
    if (!this.client) return this.log.putOff(lease, UNCONFIGURED_WAIT_SECONDS, lease.attempts - 1);
    const refusal = await this.client.send(this.compose(outgoing));
    attempts.inc({ outcome: refusal?.errorClass ?? 'sent' });
    await this.log.record(lease, refusal);
  }

  private compose(outgoing: OutgoingEmail): Message {
    const { id, to, createdAt: date } = outgoing;
    const domain = this.deps.config.mail?.from.address.split('@').at(-1) ?? '';
    return { id: `${id}@${domain}`, date, to, ...linkMessage(outgoing) };
  }

  private leave(tenantId: string): void {
    const others = (this.sending.get(tenantId) ?? 1) - 1;
    if (others === 0) this.sending.delete(tenantId);
    else this.sending.set(tenantId, others);
  }

  private async failed(lease: Lease, error: unknown): Promise<void> {
    // The message of an unexpected error could quote the address.
    this.logger.error(`e-mail ${lease.id} could not be tried: ${(error as Error).name}`);
    await this.log.putOff(lease, FAILURE_WAIT_SECONDS, lease.attempts);
  }
}
