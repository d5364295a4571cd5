import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** Why a PEM cannot serve as a Yoti application's private key. */
export type PrivateKeyFault =
  'NOT_PEM' | 'NOT_PRIVATE' | 'ENCRYPTED' | 'UNREADABLE' | 'NOT_RSA' | 'TOO_SHORT';

const shortestBits = 2048;

const faults: Record<PrivateKeyFault, string> = {
  NOT_PEM: 'The text is not a PEM: it starts with "-----BEGIN".',
  NOT_PRIVATE: 'The PEM holds something else than a private key.',
  ENCRYPTED: 'The private key is protected by a passphrase.',
  UNREADABLE: 'The private key is damaged.',
  NOT_RSA: 'The private key is not an RSA key.',
  TOO_SHORT: `The private key has fewer than ${shortestBits} bits.`,
};

/** A PEM that cannot be used; the message holds none of it. */
export class PrivateKeyError extends Error {
  override readonly name = 'PrivateKeyError';

  constructor(readonly reason: PrivateKeyFault) {
    super(faults[reason]);
  }
}

/** A Yoti application's key. `fingerprint` is the SHA-256 of the public key (SPKI, DER) in hex. */
export interface ParsedPrivateKey {
  key: KeyObject;
  bits: number;
  fingerprint: string;
}

/**
 * Parses the PEM that Yoti Hub gives out (Yoti: key format; PKCS#1 and PKCS#8 both work). Throws a `PrivateKeyError`
 * for anything but one unencrypted RSA private key of at least 2048 bits.
 */
export function parsePrivateKey(pem: string): ParsedPrivateKey {
  const text = pem.trim();
  const label = /^-----BEGIN ([A-Z0-9 ]+)-----\r?\n/.exec(text)?.[1];
  if (label === undefined) throw new PrivateKeyError('NOT_PEM');
  if (!label.endsWith('PRIVATE KEY')) throw new PrivateKeyError('NOT_PRIVATE');
  if (label.startsWith('ENCRYPTED') || /^Proc-Type: 4,ENCRYPTED/m.test(text)) {
    throw new PrivateKeyError('ENCRYPTED');
  }
  const key = keyFrom(text);
  if (key.asymmetricKeyType !== 'rsa') throw new PrivateKeyError('NOT_RSA');
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < shortestBits) throw new PrivateKeyError('TOO_SHORT');
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return { key, bits, fingerprint: createHash('sha256').update(spki).digest('hex') };
}

function keyFrom(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new PrivateKeyError('UNREADABLE');
  }
}
