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
    ['an origin without a scheme', { PUBLIC_URL: 'verify.example.org' }, /^PUBLIC_URL is not an https/],
    ['an origin that is a host and a port', { PUBLIC_URL: 'localhost:3000' }, /^PUBLIC_URL is not an https/],
    [
      'an origin with a path',
      { PUBLIC_URL: 'https://example.org/verify' },
      /^PUBLIC_URL has to be an origin/,
    ],
    ['an origin with a query', { PUBLIC_URL: 'https://example.org?a=b' }, /^PUBLIC_URL has to be an origin/],
    ['an origin with a fragment', { PUBLIC_URL: 'https://example.org/#' }, /^PUBLIC_URL has to be an origin/],
    ['an origin with a user', { PUBLIC_URL: 'https://me:pw@example.org' }, /^PUBLIC_URL has to be an origin/],
    [
      'a trusted proxy that is everybody',
      { TRUST_PROXY: 'true' },
      /^TRUST_PROXY can not be true: .*10\.0\.0\.7/,
    ],
    ['everybody among trusted proxies', { TRUST_PROXY: 'loopback,true' }, /^TRUST_PROXY can not be true/],
    ['a number of proxies', { TRUST_PROXY: '1' }, /^TRUST_PROXY is neither false nor a list/],
    ['a proxy by name', { TRUST_PROXY: 'proxy.internal' }, /^TRUST_PROXY is neither/],
    ['a proxy network that is none', { TRUST_PROXY: '10.0.0.0/99' }, /^TRUST_PROXY is neither/],
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

  it.each([
    ['', false],
    ['false', false],
    ['loopback, 10.0.0.7,10.1.0.0/16,fd00::/8', ['loopback', '10.0.0.7', '10.1.0.0/16', 'fd00::/8']],
  ])('trusts the proxies %j', (TRUST_PROXY, trustProxy) => {
    expect(loadConfig({ ...good, TRUST_PROXY }).trustProxy).toEqual(trustProxy);
  });

  it.each(['https://Verify.example.org:443/', 'https://verify.example.org//'])(
    'takes %s as an origin',
    (url) => {
      expect(loadConfig({ ...good, PUBLIC_URL: url }).publicUrl).toBe('https://verify.example.org');
    },
  );

  it('sends no e-mail unless told how', () => {
    expect(loadConfig(good).mail).toBeNull();
  });

  it('never repeats a value', () => {
    const secret = randomBytes(16).toString('base64');
    expect(problems({ ...good, ENCRYPTION_KEYS: `k:${secret}` }).join()).not.toContain(secret);
    expect(problems({ ...good, SMTP_URL: `smtp://u:${secret}%@mail.example` }).join()).not.toContain(secret);
  });
});
