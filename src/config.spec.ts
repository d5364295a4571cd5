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
    ['a network that is none', { WEBHOOK_ALLOWED_NETWORKS: '10.0.0.0/99' }, /^WEBHOOK_ALLOWED_NETWORKS /],
  ])('refuses %s', (_, change, message) => {
    const found = problems({ ...good, ...change });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  it('never repeats a value', () => {
    const secret = randomBytes(16).toString('base64');
    expect(problems({ ...good, ENCRYPTION_KEYS: `k:${secret}` }).join()).not.toContain(secret);
  });
});
