import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from './config.js';

const good = {
  DATABASE_URL: 'postgres://countersign_app:pw@db:5432/countersign',
  ENCRYPTION_KEYS: `2026:${randomBytes(32).toString('base64')}`,
  PUBLIC_URL: 'https://verify.example.org/',
};

function problems(env: Record<string, string | undefined>): string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('reads good settings', () => {
    const config = loadConfig({ ...good, YOTI_API_URLS: 'https://api.yoti.com/idverify/v1/', PORT: '8080' });
    expect(config).toMatchObject({
      publicUrl: 'https://verify.example.org',
      port: 8080,
      role: 'all',
      yotiApiUrls: ['https://api.yoti.com/idverify/v1'],
      webhookAllowedNetworks: [],
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('lists everything that is missing', () => {
    expect(problems({})).toEqual([
      'DATABASE_URL is not set',
      'ENCRYPTION_KEYS is not set',
      'PUBLIC_URL is not set',
    ]);
  });

  it.each([
    ['a key that is too short', { ENCRYPTION_KEYS: `k:${randomBytes(16).toString('base64')}` }, /16 bytes/],
    [
      'a key that is not random',
      { ENCRYPTION_KEYS: `k:${Buffer.alloc(32, 'a').toString('base64')}` },
      /not random/,
    ],
    ['a key without an id', { ENCRYPTION_KEYS: randomBytes(32).toString('base64') }, /without an id/],
    [
      'two keys with one id',
      { ENCRYPTION_KEYS: `${good.ENCRYPTION_KEYS},${good.ENCRYPTION_KEYS}` },
      /one id/,
    ],
    ['plain http', { PUBLIC_URL: 'http://verify.example.org' }, /https/],
    ['another database', { DATABASE_URL: 'mysql://db/x' }, /postgres/],
    ['a role nobody knows', { ROLE: 'boss' }, /^ROLE /],
    ['an SMTP server by http', { SMTP_URL: 'http://mail.example' }, /^SMTP_URL is not an smtp/],
    ['a user without a password', { SMTP_URL: 'smtp://user@mail.example' }, /^SMTP_URL has a user/],
    ['a sender without an address', { MAIL_FROM: 'A Unit' }, /^MAIL_FROM is not an address/],
    ['two senders', { MAIL_FROM: 'a@unit.example, b@unit.example' }, /^MAIL_FROM is not an address/],
    ['a server without a sender', { SMTP_URL: 'smtp://mail.example' }, /^MAIL_FROM is not set/],
    ['a sender without a server', { MAIL_FROM: 'a@unit.example' }, /^SMTP_URL is not set/],
    ['a network that is none', { WEBHOOK_ALLOWED_NETWORKS: '10.0.0.0/99' }, /^WEBHOOK_ALLOWED_NETWORKS /],
  ])('refuses %s', (_, change, message) => {
    const found = problems({ ...good, ...change });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  it.each([
    [
      'smtp://mail.example',
      { host: 'mail.example', port: 587, secure: false, requireTls: true, login: null },
    ],
    [
      'smtps://me%40unit.example:p%2Fw@mail.example:4650',
      {
        host: 'mail.example',
        port: 4650,
        secure: true,
        requireTls: true,
        login: { user: 'me@unit.example', password: 'p/w' },
      },
    ],
    [
      'smtps://mail.example',
      { host: 'mail.example', port: 465, secure: true, requireTls: true, login: null },
    ],
    ['smtp://localhost:25', { host: 'localhost', port: 25, secure: false, requireTls: false, login: null }],
    ['smtp://[::1]:25', { host: '::1', port: 25, secure: false, requireTls: false, login: null }],
  ])('reads the mail server %s', (SMTP_URL, server) => {
    const { mail } = loadConfig({ ...good, SMTP_URL, MAIL_FROM: '"A Unit" <verify@unit.example>' });
    expect(mail).toEqual({ ...server, from: { name: 'A Unit', address: 'verify@unit.example' } });
  });

  it('sends no e-mail unless told how', () => {
    expect(loadConfig(good).mail).toBeNull();
  });

  it('never repeats a value', () => {
    const secret = randomBytes(16).toString('base64');
    expect(problems({ ...good, ENCRYPTION_KEYS: `k:${secret}` }).join()).not.toContain(secret);
    expect(problems({ ...good, SMTP_URL: `smtp://u:${secret}%@mail.example` }).join()).not.toContain(secret);
  });
});
