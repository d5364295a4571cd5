import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const FORMAT = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What a ciphertext belongs to. A value copied to another tenant, row or column doesn't open there. */
export interface Place {
  purpose: string;
  tenantId: string;
  rowId: string;
}

/** A stored value could not be opened: changed, moved, or sealed under a key that is not in the ring. */
export class SealError extends Error {
  override name = 'SealError';
}

/** What `read` opens; null when it can't be opened, such as after its key was lost. */
export function ifItOpens<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

/**
 * AES-256-GCM with associated data. Blob: format (1) | key id length (1) | key id | iv (12) | tag (16) | ciphertext.
 *
 * @param keyId stored in clear, so that the ring finds the key again; empty for a data key
 */
export function seal(plaintext: Buffer, key: Buffer, keyId: string, place: Place): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(place));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const id = Buffer.from(keyId, 'utf8');
  return Buffer.concat([Buffer.from([FORMAT, id.length]), id, iv, cipher.getAuthTag(), ciphertext]);
}

/** Id of the key that a blob was sealed under. */
export function keyIdOf(blob: Buffer): string {
  return blob.subarray(2, 2 + (blob[1] ?? 0)).toString('utf8');
}

/** Opens what `seal` made. @throws SealError when anything about it is not as it was sealed */
export function open(blob: Buffer, keyOf: (keyId: string) => Buffer | undefined, place: Place): Buffer {
  const idLength = blob[1] ?? 0;
  const start = 2 + idLength;
  if (blob[0] !== FORMAT || blob.length < start + IV_BYTES + TAG_BYTES) throw new SealError('unknown format');
  const key = keyOf(blob.subarray(2, start).toString('utf8'));
  if (!key) throw new SealError('sealed under a key that is not in the ring');
  // Node accepts a shortened tag unless its length is named.
  const decipher = createDecipheriv('aes-256-gcm', key, blob.subarray(start, start + IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associatedData(place));
  decipher.setAuthTag(blob.subarray(start + IV_BYTES, start + IV_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(blob.subarray(start + IV_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    throw new SealError('changed, or not from this place');
  }
}

function associatedData(place: Place): Buffer {
  return Buffer.from(JSON.stringify([place.purpose, place.tenantId, place.rowId, FORMAT]), 'utf8');
}

/** The operator's keys. The first seals; all of them open, so that a key can be rotated while old values remain. */
export class KeyRing {
  private readonly keys: Map<string, Buffer>;
  /** Id of the key that seals. */
  readonly currentId: string;

  /** @param keys current first; ids are unique, keys have 32 bytes */
  constructor(keys: readonly { id: string; key: Buffer }[]) {
    const [current] = keys;
    if (!current) throw new Error('The key ring is empty.');
    this.currentId = current.id;
    this.keys = new Map(keys.map(({ id, key }) => [id, key]));
  }

  /** Ids of all keys, the current one first. */
  get ids(): string[] {
    return [...this.keys.keys()];
  }

  seal(plaintext: Buffer | string, place: Place): Buffer {
    return this.sealUnder(this.currentId, plaintext, place);
  }

  /** Seals under a key of the ring that may be another than the current one. @throws SealError */
  sealUnder(id: string, plaintext: Buffer | string, place: Place): Buffer {
    const key = this.keys.get(id);
    if (!key) throw new SealError('there is no such key in the ring');
    return seal(Buffer.from(plaintext), key, id, place);
  }

  /** @throws SealError */
  open(blob: Buffer, place: Place): Buffer {
    return open(blob, (id) => this.keys.get(id), place);
  }
}
