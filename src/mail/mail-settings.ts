import { z } from 'zod';

/** The server that takes our e-mails, and who they are from. */
export interface MailSettings {
  host: string;
  port: number;
  /** TLS from the first byte; otherwise STARTTLS. */
  secure: boolean;
  /** Whether the connection has to be encrypted by a certificate that fits; false on this machine only. */
  requireTls: boolean;
  /** Null for a server that asks for none. */
  login: { user: string; password: string } | null;
  from: { name: string; address: string };
}

/** Ports of submission (RFC 8314). */
const PORTS = { 'smtp:': 587, 'smtps:': 465 };

/** Where e-mails are handed in: `smtp://user:password@host:port`, or `smtps://`. */
export const smtpUrlSchema = z
  .url({ protocol: /^smtps?$/, error: 'is not an smtp:// or smtps:// address' })
  .transform((text, context): Omit<MailSettings, 'from'> => {
    const { protocol, hostname, port, username, password } = new URL(text);
    const secure = protocol === 'smtps:';
    const say = (message: string) => context.addIssue({ code: 'custom', message });
    if ((username === '') !== (password === '')) say('has a user without a password, or the reverse');
    const [user, secret] = [decode(username), decode(password)];
    if (user === null || secret === null) say('has a user or password that is not percent-encoded');
    return {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (secure ? PORTS['smtps:'] : PORTS['smtp:']),
      secure,
      requireTls: !['localhost', '127.0.0.1', '[::1]'].includes(hostname),
      login: user ? { user, password: secret ?? '' } : null,
    };
  });

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** One address, as people have them; no lists, no comments, nothing that could end a header. */
export const emailAddressSchema = z
  .email('One e-mail address, such as person@mail.example.')
  .max(254)
  .refine((address) => address.lastIndexOf('@') <= 64, 'At most 64 characters before the @.')
  .describe('E-mail address');

/** The sender: `verify@unit.example`, or `A Unit <verify@unit.example>`. */
export const mailFromSchema = z.string().transform((text, context): MailSettings['from'] => {
  const [, name = '', bracketed] = /^([^<>\p{Cc}]*)<([^<>]*)>$/u.exec(text.trim()) ?? [];
  const address = emailAddressSchema.safeParse(bracketed ?? text.trim());
  if (!address.success) {
    context.addIssue({
      code: 'custom',
      message: 'is not an address such as Verification <verify@unit.example>',
    });
    return z.NEVER;
  }
  return { name: name.trim().replace(/^"(.*)"$/, '$1'), address: address.data };
});
