import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { LessThan, type EntityManager } from 'typeorm';
import type { z } from 'zod';
import { CONFIG, type Config } from '../config.js';
import { KeyRing, SealError } from '../crypto/key-ring.js';
import { TenantDb } from '../database/tenant-db.js';
import { WakeUp } from '../database/wake-up.js';
import { ApiError } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { readPage, toPage } from '../http/pagination.js';
import { parsePrivateKey, PrivateKeyError } from '../yoti/private-key.js';
import { type Diagnosis, diagnosisOfRefusal, wordsOf } from '../yoti/probe.js';
import type { YotiConnection } from '../yoti/transport.js';
import { Credential } from './credential.entity.js';
import { findCredential, showCredential, showCredentials } from './credential.rows.js';
import type { credentialQuerySchema } from './credential.schemas.js';

/** Connections to keep: one for each credential in use, at a few kB each. */
const CACHED_CONNECTIONS = 1000;

/** After a probe that found nothing, the next refusal is not looked into at once. */
const PROBE_PAUSE_SECONDS = 60;

/** What makes a credential suspect, and when it is probed next. */
export interface Suspicion {
  suspectReason: Diagnosis;
  nextLookAt: Date | null;
}

/** What a connection is made from: the columns of a credential's row. */
export type CredentialKey = Pick<Credential, 'tenantId' | 'id' | 'sdkId' | 'apiUrl' | 'privateKey'>;

/** A credential's stored private key can't be used. What else is sealed and can't be opened says nothing about it. */
export class UnreadableKey extends Error {
  override name = 'UnreadableKey';
}

/** A tenant's Yoti credentials: reading them, and turning one into a connection to Yoti. */
@Injectable()
export class Credentials {
  /** None of what a connection is made from ever changes, so nothing has to be dropped but what isn't used. */
  private readonly connections = new LRUCache<string, YotiConnection>({ max: CACHED_CONNECTIONS });

  constructor(
    private readonly db: TenantDb,
    private readonly ring: KeyRing,
    private readonly wakeUp: WakeUp,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async list({ tenantId }: Caller, query: z.infer<typeof credentialQuerySchema>) {
    const { limit, afterId } = readPage(query);
    return this.db.run(tenantId, async (em) => {
      const rows = await em.find(Credential, {
        where: {
          tenantId,
          ...(afterId === null ? {} : { id: LessThan(afterId) }),
          ...(query.environment === undefined ? {} : { environment: query.environment }),
        },
        order: { id: 'DESC' },
        take: limit + 1,
      });
      const { items, next } = toPage(rows, limit, (row) => row);
      return { items: await showCredentials(em, tenantId, items), next };
    });
  }

  async get({ tenantId }: Caller, id: string) {
    return this.db.run(tenantId, (em) => showCredential(em, tenantId, id));
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
   * @throws ApiError credential_suspect for a key that can't be used, before a probe has found so; credential_invalid as
   *   `openConnection`
   */
  toConnection(key: CredentialKey): YotiConnection {
    const cached = cacheKey(key.tenantId, key.id);
    const known = this.connections.get(cached);
    if (known) return known;
    try {
      const connection = this.openConnection(key);
      this.connections.set(cached, connection);
      return connection;
    } catch (error) {
      // Not waited for: the caller may be in a transaction that holds the credential's row.
      void this.noteFailure(key.tenantId, key.id, error);
      throw error instanceof UnreadableKey
        ? credentialSuspect({ suspectReason: 'UNREADABLE_KEY', nextLookAt: null })
        : error;
    }
  }

  /**
   * The same, opening and parsing the key in any case.
   *
   * @throws UnreadableKey when the key was changed, can't be opened by the ring or is none; ApiError credential_invalid
   *   when the operator no longer allows the address
   */
  openConnection({ tenantId, id, sdkId, apiUrl, privateKey }: CredentialKey): YotiConnection {
    if (!this.config.yotiApiUrls.includes(apiUrl)) {
      throw new ApiError(
        'credential_invalid',
        "The operator doesn't allow the credential's address any more.",
      );
    }
    try {
      const pem = this.ring.open(privateKey, place(tenantId, id)).toString('utf8');
      return { tenantId, sdkId, apiUrl, privateKey: parsePrivateKey(pem).key };
    } catch (error) {
      const unreadable = error instanceof SealError || error instanceof PrivateKeyError;
      throw unreadable ? new UnreadableKey(error.message, { cause: error }) : error;
    }
  }

  /**
   * Tells of a failed call. When the credential is to blame, a probe finds out soon whether it works at all: one
   * refusal may be a hiccup of the clock, or concern one session or policy only. Never rejects.
   */
  async noteFailure(tenantId: string, id: string, error: unknown): Promise<void> {
    if (!isBlamed(error)) return;
    await this.db
      .run(tenantId, (em) =>
        em.query(
          `UPDATE credentials SET refused_at = now(),
                  next_look_at = least(next_look_at,
                    greatest(now(), probed_at + interval '${PROBE_PAUSE_SECONDS} seconds'))
            WHERE tenant_id = $1 AND id = $2 AND status IN ('active', 'retiring')
              AND refused_at IS NULL AND suspect_since IS NULL`,
          [tenantId, id],
        ),
      )
      .then(() => this.wakeUp.wake('credentials'))
      // The caller hears of the call that failed; the next refusal is told again.
      .catch(() => undefined);
  }
}

/** The error of a call that isn't made because the credential is suspect. */
export function credentialSuspect({ suspectReason, nextLookAt }: Suspicion): ApiError {
  const waitMs = (nextLookAt?.getTime() ?? 0) - Date.now();
  return new ApiError('credential_suspect', wordsOf(suspectReason).message, {
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
  });
}

/** Whether a call failed for the credential's sake: Yoti refused it, or it can't be used for a call at all. */
const isBlamed = (error: unknown): boolean =>
  diagnosisOfRefusal(error) !== null ||
  error instanceof UnreadableKey ||
  (error instanceof ApiError && error.code === 'credential_invalid');

const cacheKey = (tenantId: string, id: string): string => `${tenantId}:${id}`;

const place = (tenantId: string, rowId: string) => ({ purpose: 'yoti-private-key', tenantId, rowId });
