import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, sign } from 'node:crypto';
import { ReplayGuard, signedMessage, verifyAnySignature, verifySignature } from './signature.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const app = { sdkId: 'app', publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
const signed = (method: string, target: string, body?: Buffer) => {
  const request = { method, target, ...(body && { body }) };
  return {
    ...request,
    digest: sign('RSA-SHA256', Buffer.from(signedMessage(request)), privateKey).toString('base64'),
  };
};
const code = (act: () => unknown) => {
  try {
    act();
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('signature', () => {
  it('covers method, target and body, with a third segment only for a body', () => {
    expect(signedMessage({ method: 'get', target: '/sessions/1?a=b' })).toBe('GET&/sessions/1?a=b');
    expect(signedMessage({ method: 'POST', target: '/s', body: Buffer.from('{}') })).toBe('POST&/s&e30=');
    expect(signedMessage({ method: 'POST', target: '/s', body: Buffer.alloc(0) })).toBe('POST&/s');
  });

  it('evaluates header, application, permission, key and signature in that order', () => {
    const request = signed('POST', '/sessions?sdkId=app', Buffer.from('{}'));
    expect(code(() => verifySignature(request, app))).toBe('accepted');
    expect(code(() => verifySignature({ ...request, digest: '' }, undefined))).toBe('MALFORMED_REQUEST');
    expect(code(() => verifySignature(request, undefined))).toBe('APP_NOT_FOUND');
    const disabled = { ...app, publicKeyPem: 'broken', enabled: false };
    expect(code(() => verifySignature(request, disabled))).toBe('INSUFFICIENT_PERMISSION');
    expect(code(() => verifySignature(request, { ...disabled, enabled: true }))).toBe('BAD_PUBLIC_KEY');
    expect(code(() => verifySignature({ ...request, body: Buffer.from('[]') }, app))).toBe('MESSAGE_SIGNING');
    expect(code(() => verifySignature({ ...request, digest: '*' }, app))).toBe('MESSAGE_SIGNING');
  });

  it('accepts any usable application where the path names none', () => {
    const request = signed('GET', '/supported-documents?nonce=1');
    const broken = { sdkId: 'broken', publicKeyPem: 'broken' };
    expect(code(() => verifyAnySignature(request, [broken, app]))).toBe('accepted');
    expect(code(() => verifyAnySignature(request, [broken, { ...app, enabled: false }]))).toBe(
      'MESSAGE_SIGNING',
    );
  });
});

describe('replay guard', () => {
  const now = 1_772_618_400_000;
  const query = (timestamp: string, nonce = 'n') => new URLSearchParams({ nonce, timestamp });

  it('takes seconds and milliseconds within five minutes', () => {
    const guard = new ReplayGuard();
    expect(code(() => guard.check('app', query(String(now), 'a'), now))).toBe('accepted');
    expect(code(() => guard.check('app', query(String(now / 1000), 'b'), now))).toBe('accepted');
    expect(code(() => guard.check('app', query(String(now - 301_000), 'c'), now))).toBe('MESSAGE_SIGNING');
    expect(code(() => guard.check('app', query('soon', 'd'), now))).toBe('MALFORMED_REQUEST');
  });

  it('refuses a nonce again while its timestamp could still pass, per application', () => {
    const guard = new ReplayGuard();
    const ahead = String(now + 299_000);
    expect(code(() => guard.check('app', query(ahead), now))).toBe('accepted');
    expect(code(() => guard.check('other', query(ahead), now))).toBe('accepted');
    expect(code(() => guard.check('app', query(ahead), now + 598_000))).toBe('MESSAGE_SIGNING');
  });
});
