import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { Events } from '../audit/events.service.js';
import { ApiError } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { Idempotency, type IdempotentRequest } from '../http/idempotency.js';
import { parsePrivateKey, PrivateKeyError, type ParsedPrivateKey } from '../yoti/private-key.js';
import type { createCredentialSchema } from './credential.schemas.js';
import { showCredential } from './credential.rows.js';
import { Credentials } from './credentials.service.js';
import { type Environment, environmentOf } from './environment.js';

/** Takes in a Yoti application's key, which is sealed at once and never shown again. */
@Injectable()
export class CreateCredential {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly events: Events,
    private readonly credentials: Credentials,
  ) {}

  /**
   * @throws ApiError invalid_request for an address that isn't allowed or is of another environment; credential_invalid
   *   for a key that can't serve
   */
  async create(
    { tenantId, actor }: Caller,
    body: z.infer<typeof createCredentialSchema>,
    request: IdempotentRequest | null,
  ) {
    const apiUrl = this.credentials.allowedApiUrl(body.apiUrl);
    const environment = checkEnvironment(apiUrl, body.environment);
    const { fingerprint } = readKey(body.privateKeyPem);
    return this.idempotency.run(tenantId, request, async (em) => {
      const id = uuidv7();
      const sealed = this.credentials.seal(tenantId, id, body.privateKeyPem);
      await em.query(
        `INSERT INTO credentials (tenant_id, id, name, sdk_id, api_url, private_key, key_fingerprint, environment)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [tenantId, id, body.name, body.sdkId, apiUrl, sealed, fingerprint, environment],
      );
      const details = { environment, sdkId: body.sdkId, keyFingerprint: fingerprint };
      const object = { type: 'credential', id } as const;
      await this.events.audit(em, tenantId, 'credential.created', { actor, object, details });
      return showCredential(em, tenantId, id);
    });
  }
}

/** @throws ApiError invalid_request when the address is of another environment than the given one */
function checkEnvironment(apiUrl: string, given: Environment | undefined): Environment {
  const environment = environmentOf(apiUrl);
  if (given === undefined || given === environment) return environment;
  throw new ApiError('invalid_request', 'The address is of another environment.', {
    errors: [{ path: '/environment', message: `The address is of the environment ${environment}.` }],
  });
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
