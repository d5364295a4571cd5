import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { Events } from '../audit/events.service.js';
import { ApiError } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { Idempotency, type IdempotentRequest } from '../http/idempotency.js';
import { parsePrivateKey, PrivateKeyError, type ParsedPrivateKey } from '../yoti/private-key.js';
import type { createCredentialSchema } from './credential.schemas.js';
import { Credentials, findCredential, toCredential } from './credentials.service.js';

/** Takes in a Yoti application's key, which is sealed at once and never shown again. */
@Injectable()
export class CreateCredential {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly events: Events,
    private readonly credentials: Credentials,
  ) {}

  /** @throws ApiError invalid_request for an address that isn't allowed; credential_invalid for a key that can't serve */
  async create(
    { tenantId, actor }: Caller,
    body: z.infer<typeof createCredentialSchema>,
    request: IdempotentRequest | null,
  ) {
    const apiUrl = this.credentials.allowedApiUrl(body.apiUrl);
    const { fingerprint } = readKey(body.privateKeyPem);
    return this.idempotency.run(tenantId, request, async (em) => {
      const id = uuidv7();
      const sealed = this.credentials.seal(tenantId, id, body.privateKeyPem);
      await em.query(
        `INSERT INTO credentials (tenant_id, id, name, sdk_id, api_url, private_key, key_fingerprint)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [tenantId, id, body.name, body.sdkId, apiUrl, sealed, fingerprint],
      );
      const details = { sdkId: body.sdkId, keyFingerprint: fingerprint };
      const object = { type: 'credential', id } as const;
      await this.events.audit(em, tenantId, 'credential.created', { actor, object, details });
      return toCredential(await findCredential(em, tenantId, id));
    });
  }
}

function readKey(pem: string): ParsedPrivateKey {
  try {
    return parsePrivateKey(pem);
  } catch (error) {
    if (!(error instanceof PrivateKeyError)) throw error;
    throw new ApiError('credential_invalid', error.message, {
      errors: [{ path: '/privateKeyPem', message: error.message }],
    });
  }
}
