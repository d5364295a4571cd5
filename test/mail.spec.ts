import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { SMTPServerOptions } from 'smtp-server';
import { emailAddressSchema, type MailSettings } from '../src/mail/mail-settings.js';
import { SmtpClient, type Message } from '../src/mail/smtp-client.js';
import { MailServer } from './support/mail-server.js';

const TO = 'person@mail.example';
const message: Message = {
  id: '019cb85c-9080-7000-8000-000000000007@platform.example',
  date: new Date('2026-03-04T10:20:00Z'),
  to: TO,
  subject: 'Über: a\r\nBcc: other@mail.example',
  language: 'de',
  text: 'Guten Tag\n.\nhttps://verify.unit.example/verify/EXAMPLE-LINK\n',
  html: '<p>Guten Tag</p>',
};
const QUICK = { connectMs: 300, silenceMs: 300, deadlineMs: 600 };
const ended: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

async function startMails(options?: SMTPServerOptions): Promise<MailServer> {
  const mails = await MailServer.start(options);
  ended.push(() => mails.close());
  return mails;
}

/** A server that does to each connection what `behave` does. */
async function startRaw(behave: (socket: Socket) => void): Promise<MailSettings> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    behave(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  ended.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const from = { name: '', address: 'verify@platform.example' };
  return { host: '127.0.0.1', port, secure: false, requireTls: false, login: null, from };
}

describe('handing an e-mail to a mail server', () => {
  it('delivers what was given and nothing more', async () => {
    const mails = await startMails();
    expect(await new SmtpClient(mails.settings()).send(message)).toBeNull();
    const [mail] = mails.received;
    const headers = Object.fromEntries(mail!.parsed.headerLines.map(({ key, line }) => [key, line]));
    expect(Object.keys(headers).toSorted()).toEqual(
      [
        'auto-submitted',
        'content-language',
        'content-type',
        'date',
        'from',
        'message-id',
        'mime-version',
        'subject',
        'to',
      ].toSorted(),
    );
    expect(headers.to).toBe(`To: ${TO}`);
    expect(headers.from).toBe('From: Verification <verify@platform.example>');
    expect(mail!.parsed).toMatchObject({
      messageId: `<${message.id}>`,
      date: message.date,
      subject: 'Über: a Bcc: other@mail.example',
      html: expect.stringContaining('<p>Guten Tag</p>'),
    });
    expect(mail!.parsed.text).toBe(message.text);
  });

  it('encrypts where the server can, also on this machine', async () => {
    const mails = await startMails();
    await new SmtpClient(mails.settings()).send(message);
    expect(mails.received[0]?.secure).toBe(true);
  });

  it('speaks TLS from the first byte when asked to', async () => {
    const mails = await startMails({ secure: true });
    expect(await new SmtpClient(mails.settings({ secure: true })).send(message)).toBeNull();
    expect(mails.received[0]?.secure).toBe(true);
  });

  it('logs in, and says when it is refused', async () => {
    const mails = await startMails({
      authOptional: false,
      onAuth: ({ username, password }, _, done) =>
        password === 'right' ? done(null, { user: username }) : done(new Error('no')),
    });
    const send = (password: string) =>
      new SmtpClient(mails.settings({ login: { user: 'unit', password } })).send(message);
    expect(await send('wrong')).toEqual({ errorClass: 'login', replyCode: 535 });
    expect(await send('right')).toBeNull();
    expect(mails.received.map(({ user }) => user)).toEqual(['unit']);
    expect(await new SmtpClient(mails.settings()).send(message)).toEqual({
      errorClass: 'login',
      replyCode: 530,
    });
  });

  it.each([
    ['offers no encryption', { hideSTARTTLS: true, disabledCommands: ['STARTTLS'] }, 500],
    ['has a certificate that nobody vouches for', {}, null],
  ])('tells neither password nor message to a server elsewhere that %s', async (_, options, replyCode) => {
    let told = 0;
    const mails = await startMails({
      ...options,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => {
        told += 1;
        done(null, { user: 'x' });
      },
    });
    const settings = mails.settings({ requireTls: true, login: { user: 'unit', password: 'secret' } });
    expect(await new SmtpClient(settings).send(message)).toEqual({
      errorClass: 'tls',
      replyCode,
    });
    expect([told, mails.received.length]).toEqual([0, 0]);
  });

  it.each([
    [550, 'rejected'],
    [451, 'deferred'],
  ])('says that the recipient was refused with %i', async (replyCode, errorClass) => {
    const mails = await startMails();
    mails.refuse(TO, replyCode);
    expect(await new SmtpClient(mails.settings()).send(message)).toEqual({ errorClass, replyCode });
  });

  it.each<[string, (socket: Socket) => void, string]>([
    ['says nothing', () => undefined, 'timeout'],
    [
      'never ends its greeting',
      (socket) => {
        const drip = setInterval(() => socket.write('220-x\r\n'), 50);
        socket.on('close', () => clearInterval(drip));
      },
      'timeout',
    ],
    ['answers without end', (socket) => void socket.write(`220-${'x'.repeat(300_000)}`), 'bad_response'],
    ['hangs up', (socket) => void socket.end('220 hello\r\n'), 'connect'],
    [
      'speaks something else',
      (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      'bad_response',
    ],
    ['wants nobody', (socket) => void socket.end('554 go away\r\n'), 'bad_response'],
  ])('is done with a server that %s', async (_, behave, errorClass) => {
    const settings = await startRaw(behave);
    const limits = errorClass === 'timeout' ? QUICK : undefined;
    expect(await new SmtpClient(settings, limits).send(message)).toMatchObject({ errorClass });
  });

  it('is done with a server that falls silent after the message', async () => {
    const mails = await startMails();
    ended.unshift(async () => release());
    const release = mails.hold(TO);
    const result = await new SmtpClient(mails.settings(), QUICK).send(message);
    expect(result).toEqual({ errorClass: 'timeout', replyCode: null });
  });

  it('is done with a server that is not there', async () => {
    const settings = await startRaw((socket) => socket.destroy());
    await ended.pop()?.();
    expect(await new SmtpClient(settings).send(message)).toEqual({ errorClass: 'connect', replyCode: null });
  });
});

describe('an e-mail address', () => {
  it.each([TO, 'a.b+c@sub.mail.example', "o'neil@mail.example", `${'a'.repeat(64)}@mail.example`])(
    'is %s',
    (address) => {
      expect(emailAddressSchema.safeParse(address).success).toBe(true);
    },
  );

  it.each([
    '',
    'person',
    'person@mail',
    '@mail.example',
    'a@b.example,c@d.example',
    'a@b.example c@d.example',
    'Person <a@b.example>',
    '<a@b.example>',
    '"a b"@mail.example',
    'a@b.example\r\nBcc: c@d.example',
    'a@b.example\n',
    'a\u0000@b.example',
    'pérson@mail.example',
    'a@[127.0.0.1]',
    '.a@b.example',
    'a..b@c.example',
    `${'a'.repeat(65)}@mail.example`,
    `a@${'b.'.repeat(130)}example`,
  ])('is not %j', (address) => {
    expect(emailAddressSchema.safeParse(address).success).toBe(false);
  });
});
