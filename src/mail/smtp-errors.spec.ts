import { describe, expect, it } from '@jest/globals';
import { smtpErrorOf, type SmtpErrorClass, type SmtpFailure } from './smtp-errors.js';

describe('smtpErrorOf', () => {
  it.each<[string, SmtpFailure, SmtpErrorClass]>([
    ['an unknown mailbox', { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550 }, 'rejected'],
    ['an unwanted message', { code: 'EMESSAGE', command: 'DATA', responseCode: 554 }, 'rejected'],
    ['a full mailbox', { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 452 }, 'deferred'],
    ['greylisting', { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 451 }, 'deferred'],
    ['a busy server', { code: 'EPROTOCOL', command: 'CONN', responseCode: 421 }, 'deferred'],
    [
      'a sender that is not allowed',
      { code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 550 },
      'sender_refused',
    ],
    ['a log-in that is asked for', { code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 530 }, 'login'],
    ['a wrong password', { code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 535 }, 'login'],
    ['no way to log in', { code: 'EAUTH', command: 'API' }, 'login'],
    ['a server that wants nobody', { code: 'EPROTOCOL', command: 'CONN', responseCode: 554 }, 'bad_response'],
    ['gibberish', { code: 'EPROTOCOL', command: 'CONN' }, 'bad_response'],
    ['silence', { code: 'ETIMEDOUT', command: 'CONN' }, 'timeout'],
    ['an unknown host', { code: 'EDNS', command: 'CONN' }, 'dns'],
    ['no encryption', { code: 'ETLS', command: 'STARTTLS', responseCode: 502 }, 'tls'],
    ['a certificate of its own', { code: 'ESOCKET', originalCode: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'tls'],
    ['an old certificate', { code: 'ESOCKET', originalCode: 'CERT_HAS_EXPIRED' }, 'tls'],
    ['a slow network', { code: 'ESOCKET', originalCode: 'ETIMEDOUT' }, 'timeout'],
    ['an unknown name', { code: 'ECONNECTION', originalCode: 'ENOTFOUND' }, 'dns'],
    ['a closed port', { code: 'ESOCKET', command: 'CONN' }, 'connect'],
    ['a connection that breaks off', { code: 'ECONNECTION' }, 'connect'],
    ['something else', {}, 'connect'],
  ])('%s', (_, failure, errorClass) => {
    expect(smtpErrorOf(failure)).toEqual({ errorClass, replyCode: failure.responseCode ?? null });
  });
});
