import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { newSecret, signatureHeaders } from './webhook-signature.js';

const id = '0199f0c0-0000-7000-8000-000000000001';
const body = JSON.stringify({ id, type: 'session.completed', data: { reference: 'Zoë 4711' } });
const secret = newSecret();
const headers = signatureHeaders(secret, id, new Date(), body);

describe('the webhook signature', () => {
  it('is one that a Standard Webhooks library accepts', () => {
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  });

  it('is the HMAC-SHA256 of id, timestamp and body, by an independent calculation', () => {
    const at = new Date('2026-01-01T00:00:00.999Z');
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    const expected = createHmac('sha256', key).update(`${id}.1767225600.${body}`).digest('base64');
    expect(key).toHaveLength(32);
    expect(signatureHeaders(secret, id, at, body)).toEqual({
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
    ['another secret', signatureHeaders(newSecret(), id, new Date(), body)],
  ])('fails with %s', (_, forged) => {
    expect(() => new Webhook(secret).verify(body, forged)).toThrow('No matching signature');
  });

  it.each([
    ['old', -600_000],
    ['new', 600_000],
  ])('fails when it is too %s', (word, offsetMs) => {
    const late = signatureHeaders(secret, id, new Date(Date.now() + offsetMs), body);
    expect(() => new Webhook(secret).verify(body, late)).toThrow(`timestamp too ${word}`);
  });
});
