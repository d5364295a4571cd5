/** Why a mail server doesn't have an e-mail. */
export const smtpErrorClasses = [
  'rejected',
  'sender_refused',
  'login',
  'deferred',
  'timeout',
  'dns',
  'connect',
  'tls',
  'bad_response',
] as const;

export type SmtpErrorClass = (typeof smtpErrorClasses)[number];

/** What nodemailer tells about a failure, as far as it is looked at. Its message quotes addresses and isn't. */
export interface SmtpFailure {
  code?: unknown;
  /** Code of the network's or the certificate's error beneath. */
  originalCode?: unknown;
  command?: unknown;
  responseCode?: unknown;
}

/** A failure in words that can be kept, with the server's reply code where it gave one. */
export interface SmtpError {
  errorClass: SmtpErrorClass;
  replyCode: number | null;
}

const byCode: readonly [RegExp, SmtpErrorClass][] = [
  [/^ETIMEDOUT$/, 'timeout'],
  [/^(EDNS|ENOTFOUND|EAI_)/, 'dns'],
  [/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|EREQUIRETLS)/, 'tls'],
  [/^EAUTH$/, 'login'],
  [/^EPROTOCOL$/, 'bad_response'],
];

/**
 * Names what went wrong (RFC 5321: 4xx replies pass, 5xx replies stay). Only a refusal of the recipient or of the message
 * is final; a refusal of our log-in or sender is the installation's to mend.
 */
export function smtpErrorOf({ code, originalCode, command, responseCode }: SmtpFailure): SmtpError {
  const replyCode = typeof responseCode === 'number' ? responseCode : null;
  if (code === 'EAUTH' || [530, 534, 535, 538].includes(replyCode ?? 0))
    return { errorClass: 'login', replyCode };
  if (code === 'ETLS') return { errorClass: 'tls', replyCode };
  if (replyCode !== null && replyCode >= 400 && replyCode <= 499)
    return { errorClass: 'deferred', replyCode };
  if (replyCode !== null && replyCode >= 500) {
    if (command === 'MAIL FROM') return { errorClass: 'sender_refused', replyCode };
    const isFinal = command === 'RCPT TO' || command === 'DATA';
    return { errorClass: isFinal ? 'rejected' : 'bad_response', replyCode };
  }
  const texts = [originalCode, code].filter((text) => typeof text === 'string');
  const known = byCode.find(([pattern]) => texts.some((text) => pattern.test(text)));
  return { errorClass: known?.[1] ?? 'connect', replyCode };
}
