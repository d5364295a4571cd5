import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { Place } from '../crypto/key-ring.js';

const SECRET_BYTES = 32;

/** A new signing secret, in the form that every Standard Webhooks library reads. */
export const newSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;

/** Where an endpoint's sealed secret belongs. */
export const secretPlace = (endpoint: { tenantId: string; id: string }): Place => ({
  purpose: 'webhook-secret',
  tenantId: endpoint.tenantId,
  rowId: endpoint.id,
});

/**
 * The headers of Standard Webhooks 1.0 for one attempt.
 *
 * @param id the event's id, the same in every attempt, by which receivers recognise a repeat
 * @param at time of this attempt
 * @param body exactly the text that is sent
 */
export function signatureHeaders(secret: string, id: string, at: Date, body: string): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
}
