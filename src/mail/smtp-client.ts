import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { MailSettings } from './mail-settings.js';
import { smtpErrorOf, type SmtpError, type SmtpFailure } from './smtp-errors.js';

const MAX_REPLY_BYTES = 64 * 1024;

/** An e-mail to one person. */
export interface Message {
  /** Without the brackets; the same for every try, so that a mailbox can tell a repetition. */
  id: string;
  date: Date;
  to: string;
  subject: string;
  /** BCP 47 tag of the language it is written in. */
  language: string;
  text: string;
  html: string;
}

/**
 * Hands e-mails to the operator's server by SMTP: one connection each, encrypted unless the server is on this machine,
 * with a deadline for the whole exchange and a limit on what the server may answer.
 */
export class SmtpClient {
  constructor(
    private readonly settings: MailSettings,
    private readonly limits = { connectMs: 10_000, silenceMs: 15_000, deadlineMs: 30_000 },
  ) {}

  /** Sends once. Never throws for what the server or the network does: null when the server has taken the message. */
  async send(message: Message): Promise<SmtpError | null> {
    const raw = await compose(message, this.settings.from);
    const connection = this.connection();
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(() => reject(tooSlow), this.limits.deadlineMs);
        // Also what happens between two steps, such as a connection that breaks off.
        connection.on('error', reject);
        exchange(connection, this.settings, message.to, raw).then(resolve, reject);
      });
      return null;
    } catch (error) {
      return smtpErrorOf(error as SmtpFailure);
    } finally {
      clearTimeout(timer);
      connection.close();
    }
  }

  private connection(): SMTPConnection {
    const { host, port, secure, requireTls } = this.settings;
    const { connectMs, silenceMs } = this.limits;
    return new SMTPConnection({
      host,
      port,
      secure,
      requireTLS: requireTls && !secure,
      // Nobody listens in on this machine's own addresses, and no certificate names them.
      tls: { rejectUnauthorized: requireTls },
      connectionTimeout: connectMs,
      dnsTimeout: connectMs,
      greetingTimeout: connectMs,
      socketTimeout: silenceMs,
      socketCloseTimeout: 0,
      maxResponseSize: MAX_REPLY_BYTES,
    });
  }
}

const tooSlow = Object.assign(new Error('no end in time'), { code: 'ETIMEDOUT' });

/** The steps of one session. @throws SmtpFailure */
async function exchange(
  connection: SMTPConnection,
  { login, from }: MailSettings,
  to: string,
  raw: Buffer,
): Promise<void> {
  await step((done) => connection.connect(done));
  if (login) await step((done) => connection.login({ user: login.user, pass: login.password }, done));
  const envelope = { from: from.address, to: [to], size: raw.length };
  await step((done) => connection.send(envelope, raw, done));
  // The server has the message: how the connection ends changes nothing.
  connection.quit();
}

const step = (begin: (done: (error?: unknown) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    begin((error) => (error ? reject(error) : resolve()));
  });

function compose(message: Message, from: MailSettings['from']): Promise<Buffer> {
  const composer = new MailComposer({
    from,
    to: { name: '', address: message.to },
    subject: message.subject,
    text: message.text,
    html: message.html,
    messageId: `<${message.id}>`,
    date: message.date,
    headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': message.language },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}
