import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { parsePrivateKey, PrivateKeyError, type PrivateKeyFault } from './private-key.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pkcs1 = rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const pkcs8 = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const encryption = { cipher: 'aes-256-cbc', passphrase: 'x' };

function faultOf(pem: string): PrivateKeyFault | undefined {
  try {
    parsePrivateKey(pem);
  } catch (error) {
    if (error instanceof PrivateKeyError) return error.reason;
    throw error;
  }
  return undefined;
}

describe('parsePrivateKey', () => {
  it('takes both forms of an RSA key, with any line endings', () => {
    const parsed = parsePrivateKey(pkcs1);
    expect(parsed).toMatchObject({ bits: 2048, fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(parsePrivateKey(pkcs8).fingerprint).toBe(parsed.fingerprint);
    expect(parsePrivateKey(`\n${pkcs8.replaceAll('\n', '\r\n')}`).fingerprint).toBe(parsed.fingerprint);
  });

  const refused: [PrivateKeyFault, string][] = [
    ['NOT_PEM', ''],
    ['NOT_PEM', 'hello'],
    ['NOT_PRIVATE', rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()],
    ['ENCRYPTED', rsa.privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption }).toString()],
    ['ENCRYPTED', rsa.privateKey.export({ type: 'pkcs1', format: 'pem', ...encryption }).toString()],
    ['UNREADABLE', pkcs8.slice(0, 200)],
    ['UNREADABLE', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'],
    [
      'NOT_RSA',
      generateKeyPairSync('ec', { namedCurve: 'P-256' })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
    ],
    [
      'TOO_SHORT',
      generateKeyPairSync('rsa', { modulusLength: 1024 })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
    ],
  ];

  it.each(refused)('refuses with %s', (reason, pem) => {
    expect(faultOf(pem)).toBe(reason);
  });
});
