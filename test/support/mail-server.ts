import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import {
  SMTPServer,
  type SMTPServerDataStream,
  type SMTPServerOptions,
  type SMTPServerSession,
} from 'smtp-server';
import type { MailSettings } from '../../src/mail/mail-settings.js';
import { eventually } from './app.js';

/** One e-mail as the server took it. */
export interface ReceivedMail {
  to: string;
  /** Whether the connection was encrypted. */
  secure: boolean;
  /** Who logged in. */
  user: string | undefined;
  parsed: ParsedMail;
}

/** Takes every e-mail, or answers as told; each recipient is another mailbox. */
export class MailServer {
  readonly received: ReceivedMail[] = [];
  private readonly refusals = new Map<string, number[]>();
  private readonly held = new Map<string, Promise<void>>();
  private server: SMTPServer;
  port = 0;

  private constructor(private readonly options: SMTPServerOptions) {}

  /** @param options of smtp-server; it offers STARTTLS with a certificate of its own unless told otherwise */
  static async start(options: SMTPServerOptions = {}): Promise<MailServer> {
    const mails = new MailServer({ authOptional: true, disableReverseLookup: true, ...options });
    await mails.open();
    return mails;
  }

  private async open(): Promise<void> {
    this.server = new SMTPServer({
      logger: false,
      ...this.options,
      onRcptTo: ({ address }, _, done) => {
        const responseCode = this.refusals.get(address)?.shift();
        done(responseCode ? Object.assign(new Error(`not ${address}`), { responseCode }) : null);
      },
      onData: (stream, session, done) => void this.take(stream, session).finally(done),
    });
    this.server.on('error', () => undefined);
    await new Promise<void>((resolve) => {
      this.server.listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (this.server.server.address() as AddressInfo).port;
  }

  private async take(
    stream: SMTPServerDataStream,
    { secure, user, envelope }: SMTPServerSession,
  ): Promise<void> {
    const to = envelope.rcptTo[0]?.address ?? '';
    this.received.push({ to, secure, user, parsed: await simpleParser(stream) });
    await this.held.get(to);
  }

  /** What a server is told to reach it. */
  settings(change: Partial<MailSettings> = {}): MailSettings {
    const from = { name: 'Verification', address: 'verify@platform.example' };
    return {
      host: '127.0.0.1',
      port: this.port,
      secure: false,
      requireTls: false,
      login: null,
      from,
      ...change,
    };
  }

  /** Refuses e-mails to an address with these codes, one after the other, and takes what comes then. */
  refuse(address: string, ...codes: number[]): void {
    this.refusals.set(address, codes);
  }

  /** Takes e-mails to an address without confirming it. @returns a function that confirms them */
  hold(address: string): () => void {
    let release = () => undefined as void;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.held.set(address, held);
    return release;
  }

  /** Waits for that many e-mails to an address. */
  mails(address: string, count = 1): Promise<ReceivedMail[]> {
    return eventually(async () => {
      const mails = this.to(address);
      return mails.length >= count && mails;
    });
  }

  /** What has come for an address so far. */
  to(address: string): ReceivedMail[] {
    return this.received.filter(({ to }) => to === address);
  }

  async close(): Promise<void> {
    for (const connection of this.server.connections) connection.close();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
  }
}
