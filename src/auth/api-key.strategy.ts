import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-custom';
import { hashToken } from '../crypto/tokens.js';
import { TenantDb } from '../database/tenant-db.js';
import { ApiError } from '../http/api-error.js';
import { laneOf, type Principal } from '../http/caller.js';
import type { Scope } from './scopes.js';

interface KeyRow {
  tenant_id: string;
  id: string;
  scopes: Scope[];
  tenant_status: string;
}

/** `Authorization: Bearer csk_…`: a tenant's machine access. */
@Injectable()
export class ApiKeyStrategy extends PassportStrategy(Strategy, 'api-key') {
  constructor(private readonly db: TenantDb) {
    super();
  }

  /** @throws ApiError unauthenticated for a key that is unknown, revoked or expired; forbidden in another's tenant */
  async validate(request: FastifyRequest): Promise<Principal | null> {
    const header = request.headers.authorization;
    if (header === undefined) return null;
    const key = /^Bearer (csk_[A-Za-z0-9_-]{43})$/.exec(header)?.[1];
    const [row] = key
      ? await this.db.lookUp<KeyRow>('SELECT * FROM find_api_key($1)', [hashToken(key)], laneOf(request))
      : [];
    if (!row) throw new ApiError('unauthenticated', 'The API key is not valid.');
    const named = request.headers['countersign-tenant'];
    if (named !== undefined && named !== row.tenant_id) {
      throw new ApiError(
        'forbidden',
        'An API key acts in its own tenant only; leave Countersign-Tenant out.',
      );
    }
    const isSuspended = row.tenant_status !== 'active';
    return {
      type: 'api_key',
      id: row.id,
      tenantId: row.tenant_id,
      scopes: new Set(isSuspended ? [] : row.scopes),
      operator: false,
      isSuspended,
    };
  }
}
