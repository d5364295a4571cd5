import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { Events } from '../audit/events.service.js';
import { hashToken, randomToken } from '../crypto/tokens.js';
import { TenantDb } from '../database/tenant-db.js';
import { ApiError, notFound } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { Idempotency, type IdempotentRequest } from '../http/idempotency.js';
import { readPage, toPage, type pageQuerySchema } from '../http/pagination.js';
import { ApiKey } from './api-key.entity.js';
import type { apiKeySchema, createApiKeySchema } from './api-key.schemas.js';

const PREFIX_LENGTH = 10;

/** API keys of a tenant: shown once, stored as a hash, revoked at once. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly db: TenantDb,
    private readonly idempotency: Idempotency,
    private readonly events: Events,
  ) {}

  async list({ tenantId }: Caller, query: z.infer<typeof pageQuerySchema>) {
    const { limit, afterId } = readPage(query);
    return this.db.run(tenantId, async (em) => {
      const select = em
        .createQueryBuilder(ApiKey, 'k')
        .where('k.tenantId = :tenantId', { tenantId })
        .orderBy('k.id', 'DESC')
        .limit(limit + 1);
      if (afterId) select.andWhere('k.id < :afterId', { afterId });
      return toPage(await select.getMany(), limit, toApiKey);
    });
  }

  /** @throws ApiError forbidden for a scope that the caller hasn't got */
  async create(
    caller: Caller,
    input: z.infer<typeof createApiKeySchema>,
    idempotent: IdempotentRequest | null,
  ) {
    const { tenantId, actor } = caller;
    const missing = input.scopes.filter((scope) => !caller.scopes.has(scope));
    if (missing.length > 0) {
      throw new ApiError('forbidden', `You can not give what you have not got: ${missing.join(', ')}.`);
    }
    const key = `csk_${randomToken(32)}`;
    return this.idempotency.run(tenantId, idempotent, async (em) => {
      const id = uuidv7();
      await em.insert(ApiKey, {
        tenantId,
        id,
        name: input.name,
        prefix: key.slice(0, PREFIX_LENGTH),
        keyHash: hashToken(key),
        scopes: [...new Set(input.scopes)],
        createdBy: `${actor.type}:${actor.id}`,
        expiresAt: input.expiresAt ? new Date(input.expiresAt) : null,
      });
      const details = { scopes: input.scopes };
      await this.events.audit(em, tenantId, 'api_key.created', {
        actor,
        object: { type: 'api_key', id },
        details,
      });
      return { ...toApiKey(await em.findOneByOrFail(ApiKey, { tenantId, id })), key };
    });
  }

  /** Takes effect with the next request. Revoking twice is harmless. @throws ApiError not_found */
  async revoke({ tenantId, actor }: Caller, id: string, idempotent: IdempotentRequest | null) {
    return this.idempotency.run(tenantId, idempotent, async (em) => {
      const found = await em.findOneBy(ApiKey, { tenantId, id });
      if (!found) throw notFound();
      if (!found.revokedAt) {
        await em.update(ApiKey, { tenantId, id }, { revokedAt: new Date() });
        await this.events.audit(em, tenantId, 'api_key.revoked', { actor, object: { type: 'api_key', id } });
      }
      return toApiKey(await em.findOneByOrFail(ApiKey, { tenantId, id }));
    });
  }
}

function toApiKey(key: ApiKey): z.infer<typeof apiKeySchema> {
  const { id, name, prefix, scopes, createdBy, expiresAt, revokedAt } = key;
  const expired = expiresAt !== null && expiresAt.getTime() <= Date.now();
  return {
    id,
    name,
    prefix,
    scopes,
    status: revokedAt ? 'revoked' : expired ? 'expired' : 'active',
    createdBy,
    createdAt: key.createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
