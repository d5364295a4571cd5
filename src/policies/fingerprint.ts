import { createHash } from 'node:crypto';
import { stringify } from 'safe-stable-stringify';
import type { PolicyDocument } from './policy.document.js';

/**
 * SHA-256 of the document as canonical JSON, in hex. PostgreSQL keeps jsonb in an order of its own, so that only a
 * canonical form says whether two documents are the same.
 */
export function fingerprintOf(document: PolicyDocument): string {
  return createHash('sha256').update(stringify(document), 'utf8').digest('hex');
}
