import { createHmac, createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { newSecret, signatureHeaders } from './webhook-signature.js';

const id = '0199f0c0-0000-7000-8000-000000000001';
const body = JSON.stringify({ id, type: 'session.completed', data: { reference: 'Zoë 4711' } });
const { secret } = newSecret('hmac');
const headers = signatureHeaders([secret], id, new Date(), body);

describe('the webhook signature', () => {
  it('is one that a Standard Webhooks library accepts', () => {
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  });

  it('is the HMAC-SHA256 of id, timestamp and body, by an independent calculation', () => {
    const at = new Date('2026-01-01T00:00:00.999Z');
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    const expected = createHmac('sha256', key).update(`${id}.1767225600.${body}`).digest('base64');
    expect(key).toHaveLength(32);
    expect(signatureHeaders([secret], id, at, body)).toEqual({
      'webhook-id': id,
      'webhook-timestamp': '1767225600',
      'webhook-signature': `v1,${expected}`,
    });
  });

  it.each(Array.from({ length: 8 }, (_, part) => Math.floor((part * body.length) / 8)))(
    'fails when byte %d of the body is changed',
    (position) => {
      const changed = Buffer.from(body);
      changed[position] = (changed[position] ?? 0) ^ 1;
      expect(() => new Webhook(secret).verify(changed.toString('latin1'), headers)).toThrow(
        'No matching signature',
      );
    },
  );

  it.each([
    ['another id', { ...headers, 'webhook-id': id.replace(/1$/, '2') }],
    [
      'a later timestamp',
      { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) },
    ],
    ['another secret', signatureHeaders([newSecret('hmac').secret], id, new Date(), body)],
  ])('fails with %s', (_, forged) => {
    expect(() => new Webhook(secret).verify(body, forged)).toThrow('No matching signature');
  });

  it.each([
    ['old', -600_000],
    ['new', 600_000],
  ])('fails when it is too %s', (word, offsetMs) => {
    const late = signatureHeaders([secret], id, new Date(Date.now() + offsetMs), body);
    expect(() => new Webhook(secret).verify(body, late)).toThrow(`timestamp too ${word}`);
  });
});

describe('several secrets', () => {
  const older = newSecret('hmac').secret;
  const both = signatureHeaders([secret, older], id, new Date(), body);

  it('sign each, so that a receiver may know either', () => {
    expect(both['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const known of [secret, older]) {
      expect(new Webhook(known).verify(body, both)).toEqual(JSON.parse(body));
    }
  });

  it('are of no use to one who knows neither, or one that has been retired', () => {
    for (const [known, sent] of [
      [newSecret('hmac').secret, both],
      [older, headers],
    ] as const) {
      expect(() => new Webhook(known).verify(body, sent)).toThrow('No matching signature');
    }
  });
});

describe('an ed25519 signature', () => {
  const pair = newSecret('ed25519');
  const point = Buffer.from(pair.publicKey!.replace('whpk_', ''), 'base64');
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') },
    format: 'jwk',
  });
  const at = new Date('2026-01-01T00:00:00.999Z');
  const signed = signatureHeaders([pair.secret], id, at, body)['webhook-signature']!;
  const accepts = (text: string, signature: string) =>
    verify(null, Buffer.from(text), publicKey, Buffer.from(signature.replace('v1a,', ''), 'base64'));

  it('is over id, timestamp and body, and verified with the public key alone', () => {
    expect(signed).toMatch(/^v1a,[A-Za-z0-9+/]{86}==$/);
    expect(accepts(`${id}.1767225600.${body}`, signed)).toBe(true);
    expect(accepts(`${id}.1767225601.${body}`, signed)).toBe(false);
    expect(accepts(`${id}.1767225600.${body.replace('4711', '4712')}`, signed)).toBe(false);
  });

  it('comes from keys in the forms of the standard', () => {
    expect(point).toHaveLength(32);
    const bytes = Buffer.from(pair.secret.replace(/^whsk_/, ''), 'base64');
    expect(bytes).toHaveLength(64);
    expect(bytes.subarray(32)).toEqual(point);
  });

  it('stands beside one of a shared secret while the kind changes', () => {
    const mixed = signatureHeaders([pair.secret, secret], id, new Date(), body);
    expect(new Webhook(secret).verify(body, mixed)).toEqual(JSON.parse(body));
    expect(mixed['webhook-signature']?.split(' ').map((part) => part.split(',')[0])).toEqual(['v1a', 'v1']);
  });
});
