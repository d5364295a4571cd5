import { randomBytes } from 'node:crypto';
import { open, seal, type KeyRing } from './key-ring.js';

/**
 * The key of one session: everything personal about the session is sealed under it, and it is stored wrapped by the
 * key ring. Destroying the wrapped key makes all of it unreadable.
 */
export class DataKey {
  private constructor(
    private readonly key: Buffer,
    private readonly tenantId: string,
    private readonly sessionId: string,
  ) {}

  /** A new key, and its wrapped form for the session's row. */
  static create(ring: KeyRing, tenantId: string, sessionId: string): { dataKey: DataKey; wrapped: Buffer } {
    const key = randomBytes(32);
    const wrapped = ring.seal(key, { purpose: 'data-key', tenantId, rowId: sessionId });
    return { dataKey: new DataKey(key, tenantId, sessionId), wrapped };
  }

  /** @throws SealError when the wrapped key was changed or belongs to another session */
  static unwrap(ring: KeyRing, wrapped: Buffer, tenantId: string, sessionId: string): DataKey {
    return new DataKey(
      ring.open(wrapped, { purpose: 'data-key', tenantId, rowId: sessionId }),
      tenantId,
      sessionId,
    );
  }

  /** @param column which stored field it is, so that a value can't be moved to another one */
  seal(plaintext: string, column: string): Buffer {
    return seal(Buffer.from(plaintext, 'utf8'), this.key, '', this.place(column));
  }

  /** @throws SealError */
  open(blob: Buffer, column: string): string {
    return open(blob, () => this.key, this.place(column)).toString('utf8');
  }

  private place(column: string) {
    return { purpose: column, tenantId: this.tenantId, rowId: this.sessionId };
  }
}
