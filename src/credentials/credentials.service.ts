import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { LessThan, type EntityManager } from 'typeorm';
import type { z } from 'zod';
import { CONFIG, type Config } from '../config.js';
import { KeyRing } from '../crypto/key-ring.js';
import { TenantDb } from '../database/tenant-db.js';
import { ApiError, notFound } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { readPage, toPage } from '../http/pagination.js';
import { parsePrivateKey } from '../yoti/private-key.js';
import type { YotiConnection } from '../yoti/transport.js';
import { Credential } from './credential.entity.js';
import type { credentialQuerySchema } from './credential.schemas.js';

/** Connections to keep: one for each credential in use, at a few kB each. */
const CACHED_CONNECTIONS = 1000;

/** What a connection is made from: the columns of a credential's row. */
export type CredentialKey = Pick<Credential, 'tenantId' | 'id' | 'sdkId' | 'apiUrl' | 'privateKey'>;

/** A tenant's Yoti credentials: reading them, and turning one into a connection to Yoti. */
@Injectable()
export class Credentials {
  /** None of what a connection is made from ever changes, so nothing has to be dropped but what isn't used. */
  private readonly connections = new LRUCache<string, YotiConnection>({ max: CACHED_CONNECTIONS });

  constructor(
    private readonly db: TenantDb,
    private readonly ring: KeyRing,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async list({ tenantId }: Caller, query: z.infer<typeof credentialQuerySchema>) {
    const { limit, afterId } = readPage(query);
    return this.db.run(tenantId, async (em) => {
      const rows = await em.find(Credential, {
        where: { tenantId, ...(afterId === null ? {} : { id: LessThan(afterId) }) },
        order: { id: 'DESC' },
        take: limit + 1,
      });
      return toPage(rows, limit, toCredential);
    });
  }

  async get({ tenantId }: Caller, id: string) {
    return this.db.run(tenantId, async (em) => toCredential(await findCredential(em, tenantId, id)));
  }

  /** Seals a PEM for the row it is stored in. */
  seal(tenantId: string, id: string, pem: string): Buffer {
    return this.ring.seal(pem, place(tenantId, id));
  }

  /** @throws ApiError invalid_request naming what is allowed, when the operator doesn't allow the address */
  allowedApiUrl(apiUrl: string): string {
    const url = apiUrl.replace(/\/+$/, '');
    if (this.config.yotiApiUrls.includes(url)) return url;
    throw new ApiError('invalid_request', 'The address is not one that the operator allows.', {
      errors: [{ path: '/apiUrl', message: `Use one of: ${this.config.yotiApiUrls.join(', ')}` }],
    });
  }

  /**
   * The connection of a credential. Only its first use reads the database.
   *
   * @throws ApiError not_found; otherwise as `toConnection`
   */
  async connectionOf(em: EntityManager, tenantId: string, id: string): Promise<YotiConnection> {
    const known = this.connections.get(cacheKey(tenantId, id));
    return known ?? this.toConnection(await findCredential(em, tenantId, id));
  }

  /**
   * The connection of a stored credential. Only its first use opens and parses the key.
   *
   * @throws SealError when the key was changed or the ring can't open it; ApiError credential_invalid when the operator
   *   no longer allows the address
   */
  toConnection({ tenantId, id, sdkId, apiUrl, privateKey }: CredentialKey): YotiConnection {
    const known = this.connections.get(cacheKey(tenantId, id));
    if (known) return known;
    if (!this.config.yotiApiUrls.includes(apiUrl)) {
      throw new ApiError(
        'credential_invalid',
        "The operator doesn't allow the credential's address any more.",
      );
    }
    const pem = this.ring.open(privateKey, place(tenantId, id)).toString('utf8');
    const connection = { tenantId, sdkId, apiUrl, privateKey: parsePrivateKey(pem).key };
    this.connections.set(cacheKey(tenantId, id), connection);
    return connection;
  }
}

const cacheKey = (tenantId: string, id: string): string => `${tenantId}:${id}`;

const place = (tenantId: string, rowId: string) => ({ purpose: 'yoti-private-key', tenantId, rowId });

/** @throws ApiError not_found */
export async function findCredential(em: EntityManager, tenantId: string, id: string): Promise<Credential> {
  const credential = await em.findOneBy(Credential, { tenantId, id });
  if (!credential) throw notFound();
  return credential;
}

/** The credential as the API shows it, without its key. */
export function toCredential(row: Credential) {
  const { id, name, sdkId, apiUrl, keyFingerprint, status, lastCheck } = row;
  return {
    id,
    name,
    sdkId,
    apiUrl,
    keyFingerprint,
    status,
    lastCheck,
    createdAt: row.createdAt.toISOString(),
    activatedAt: row.activatedAt?.toISOString() ?? null,
    retiredAt: row.retiredAt?.toISOString() ?? null,
  };
}
