import { createPrivateKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { Place } from '../crypto/key-ring.js';

const SECRET_BYTES = 32;
/** An ed25519 secret key is its seed and its public key, one after the other. */
const SEED_BYTES = 32;
const PRIVATE_PREFIX = 'whsk_';

/** How deliveries are signed: `v1`, a secret both sides know, or `v1a`, a key pair whose private half stays here. */
export const signatureKinds = ['hmac', 'ed25519'] as const;
export type SignatureKind = (typeof signatureKinds)[number];

/** What signs, in the serialization of Standard Webhooks 1.0. */
export interface SigningSecret {
  /** `whsec_…`, or `whsk_…`: then it is never shown to anybody. */
  secret: string;
  /** `whpk_…` for ed25519, else null. */
  publicKey: string | null;
}

/** A new signing secret, in the form that every Standard Webhooks library reads. */
export function newSecret(kind: SignatureKind): SigningSecret {
  if (kind === 'hmac') {
    return { secret: `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`, publicKey: null };
  }
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const [seed, point] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')];
  return {
    secret: PRIVATE_PREFIX + Buffer.concat([seed, point]).toString('base64'),
    publicKey: `whpk_${point.toString('base64')}`,
  };
}

/** Where an endpoint's sealed secrets belong. */
export const secretPlace = (endpoint: { tenantId: string; id: string }): Place => ({
  purpose: 'webhook-secret',
  tenantId: endpoint.tenantId,
  rowId: endpoint.id,
});

/**
 * The headers of Standard Webhooks 1.0 for one attempt.
 *
 * @param secrets each adds its signature: several while a rotation lasts, the newest first
 * @param id the event's id, the same in every attempt, by which receivers recognise a repeat
 * @param at time of this attempt
 * @param body exactly the text that is sent
 */
export function signatureHeaders(
  secrets: readonly string[],
  id: string,
  at: Date,
  body: string,
): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampOf(at)),
    'webhook-signature': secrets.map((secret) => signatureOf(secret, id, at, body)).join(' '),
  };
}

function signatureOf(secret: string, id: string, at: Date, body: string): string {
  if (!secret.startsWith(PRIVATE_PREFIX)) return new Webhook(secret).sign(id, at, body);
  const signature = sign(null, Buffer.from(`${id}.${timestampOf(at)}.${body}`), privateKeyOf(secret));
  return `v1a,${signature.toString('base64')}`;
}

function privateKeyOf(secret: string): KeyObject {
  const bytes = Buffer.from(secret.slice(PRIVATE_PREFIX.length), 'base64');
  const [d, x] = [bytes.subarray(0, SEED_BYTES), bytes.subarray(SEED_BYTES)];
  const key = { kty: 'OKP', crv: 'Ed25519', d: d.toString('base64url'), x: x.toString('base64url') };
  return createPrivateKey({ key, format: 'jwk' });
}

/** Whole seconds since the epoch. */
const timestampOf = (at: Date): number => Math.floor(at.getTime() / 1000);
