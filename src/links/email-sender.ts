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
const FAILURE_WAIT_SECONDS = 30;
/** How long e-mails wait that were accepted before the operator took the mail server away or suspended the tenant. */
const WITHHELD_WAIT_SECONDS = 300;
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
      leaseSeconds: config.workLeaseSeconds,
      concurrency: CONCURRENCY,
      perTenant: PER_TENANT,
      work: (lease: Lease) => this.send(lease),
      failed: (lease: Lease, error: unknown) => this.failed(lease, error),
      mostClaims: MAX_CLAIMS,
      park: (lease: Lease) => this.log.park(lease),
    } as const;
    this.worker = config.role === 'api' ? null : new DueWorker(options);
  }

  onApplicationBootstrap(): void {
    this.worker?.start();
  }

  /**
   * Waits for the e-mails in flight. A mail server may take longer than a stopping worker waits, so that one that is slow
   * to confirm can't be told from one that has nothing: that e-mail is given back and sent again, with its Message-ID.
   */
  async beforeApplicationShutdown(): Promise<void> {
    await this.worker?.stop();
  }

  private async send(lease: Lease): Promise<void> {
    const outgoing = await this.log.load(lease);
    if (!outgoing) return;
    if (!this.client || outgoing === 'suspended') {
      return this.log.putOff(lease, WITHHELD_WAIT_SECONDS, lease.attempts - 1);
    }
    const refusal = await this.client.send(this.compose(outgoing));
    attempts.inc({ outcome: refusal?.errorClass ?? 'sent' });
    await this.log.record(lease, refusal);
  }

  private compose(outgoing: OutgoingEmail): Message {
    const { id, to, createdAt: date } = outgoing;
    const domain = this.deps.config.mail?.from.address.split('@').at(-1) ?? '';
    return { id: `${id}@${domain}`, date, to, ...linkMessage(outgoing) };
  }

  private async failed(lease: Lease, error: unknown): Promise<'failed'> {
    // The message of an unexpected error could quote the address.
    this.logger.error(`e-mail ${lease.id} could not be tried: ${(error as Error).name}`);
    await this.log.putOff(lease, FAILURE_WAIT_SECONDS, lease.attempts);
    return 'failed';
  }
}
