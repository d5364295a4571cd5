import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { Events } from '../audit/events.service.js';
import { KeyRing } from '../crypto/key-ring.js';
import { TenantDb } from '../database/tenant-db.js';
import { ApiError, notFound } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { Idempotency, type IdempotentRequest } from '../http/idempotency.js';
import { kindOf, lockEndpoint, retiringSecretsOf, saveEndpoint, showEndpoint } from './endpoint.view.js';
import { newSecret, secretPlace, type SignatureKind } from './webhook-signature.js';
import { RetiringSecret, type WebhookEndpoint } from './webhook.entity.js';
import type { rotateSecretSchema } from './webhook.schemas.js';

const OVERLAP_SECONDS = 24 * 60 * 60;
/** Secrets that sign at once, the newest included. */
const MAX_SECRETS = 3;

/** A new secret as it is stored, and what is shown of it. */
interface MadeSecret {
  stored: { secret: Buffer; publicKey: string | null };
  /** Null for a key pair, whose private half nobody sees. */
  shown: string | null;
}

/** Signing secrets of endpoints. One is shown when it is made, and never again. */
@Injectable()
export class WebhookSecretsService {
  constructor(
    private readonly db: TenantDb,
    private readonly idempotency: Idempotency,
    private readonly ring: KeyRing,
    private readonly events: Events,
  ) {}

  /** A secret of an endpoint that is being made. */
  make(endpoint: { tenantId: string; id: string }, kind: SignatureKind): MadeSecret {
    const { secret, publicKey } = newSecret(kind);
    return {
      stored: { secret: this.ring.seal(secret, secretPlace(endpoint)), publicKey },
      shown: kind === 'hmac' ? secret : null,
    };
  }

  /**
   * Makes a new secret. The one before signs as well for the overlap; those before that one end no later than it.
   *
   * @throws ApiError not_found; conflict when three secrets would still sign
   */
  async rotate(
    caller: Caller,
    idem: IdempotentRequest | null,
    id: string,
    { overlapSeconds = OVERLAP_SECONDS, signature }: NonNullable<z.infer<typeof rotateSecretSchema>> = {},
  ) {
    const { tenantId } = caller;
    return this.idempotency.run(tenantId, idem, async (em) => {
      const before = await lockEndpoint(em, tenantId, id);
      await retire(em, before, overlapSeconds);
      const { stored, shown } = this.make(before, signature ?? kindOf(before));
      const after = await saveEndpoint(em, before, stored);
      await this.audit(em, caller, 'secret_rotated', id, { overlapSeconds, signature: kindOf(stored) });
      return { ...(await showEndpoint(em, after)), secret: shown };
    });
  }

  /** Ends a secret before its time. @throws ApiError not_found */
  async end(caller: Caller, id: string, secretId: string): Promise<void> {
    const { tenantId } = caller;
    await this.db.run(tenantId, async (em) => {
      const before = await lockEndpoint(em, tenantId, id);
      const { affected } = await em.delete(RetiringSecret, { tenantId, endpointId: id, id: secretId });
      if (affected !== 1) throw notFound();
      await saveEndpoint(em, before, {});
      await this.audit(em, caller, 'secret_ended', id, { secretId });
    });
  }

  private audit(
    em: EntityManager,
    caller: Caller,
    what: string,
    id: string,
    details: Record<string, unknown>,
  ) {
    const entry = { actor: caller.actor, object: { type: 'webhook_endpoint', id } as const, details };
    return this.events.audit(em, caller.tenantId, `webhook_endpoint.${what}`, entry);
  }
}

/** Lets the current secret sign for `overlapSeconds` more; those that have ended are forgotten. */
async function retire(
  em: EntityManager,
  { tenantId, id, secret, publicKey }: WebhookEndpoint,
  overlapSeconds: number,
): Promise<void> {
  const of = [tenantId, id, overlapSeconds];
  await em.query(
    `UPDATE webhook_retiring_secrets SET ends_at = least(ends_at, now() + make_interval(secs => $3))
      WHERE tenant_id = $1 AND endpoint_id = $2`,
    of,
  );
  await em.query(
    `INSERT INTO webhook_retiring_secrets (tenant_id, id, endpoint_id, secret, public_key, ends_at)
     VALUES ($1, $4, $2, $5, $6, now() + make_interval(secs => $3))`,
    [...of, uuidv7(), secret, publicKey],
  );
  await em.query(
    `DELETE FROM webhook_retiring_secrets WHERE tenant_id = $1 AND endpoint_id = $2 AND ends_at <= now()`,
    [tenantId, id],
  );
  if ((await retiringSecretsOf(em, tenantId, [id])).length >= MAX_SECRETS) {
    const message = `${MAX_SECRETS} secrets sign already. End one first, or choose an overlap of 0.`;
    throw new ApiError('conflict', message);
  }
}
