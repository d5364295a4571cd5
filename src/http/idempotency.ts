import { createHash } from 'node:crypto';
import { createParamDecorator, Injectable, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { QueryFailedError, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { KeyRing, type Place } from '../crypto/key-ring.js';
import { TenantDb } from '../database/tenant-db.js';
import { ApiError } from './api-error.js';

/** Longer than every deadline of a request, so that a lock ends only when its holder is gone. */
const LOCK_SECONDS = 60;
/** How long an answer is replayed. */
export const KEPT_HOURS = 24;
const RETRY_AFTER_SECONDS = 1;
const LOCK_NOT_AVAILABLE = '55P03';

/** The caller's `Idempotency-Key` and what it was sent with. */
export interface IdempotentRequest {
  key: string;
  /**
   * Over method, route and raw body, and over the person where one calls: the same key with another fingerprint is a
   * mistake of the caller. The API keys of a tenant share theirs, so that a request can be repeated with a new API key.
   */
  fingerprint: Buffer;
  /** Says in the answer's headers that it is a replay. */
  markReplayed(): void;
}

/** A key this request has claimed: it finishes or releases it. */
export interface Claim {
  store: Store;
  key: string;
  owner: string;
}

/** Whose keys: a tenant's, or those of an operator outside of any tenant. */
interface Store {
  table: 'idempotency_keys' | 'operator_idempotency_keys';
  holder: 'tenant_id' | 'operator_id';
  id: string;
}

/** Name of the header, as the document shows it. */
export const IDEMPOTENCY_HEADER = 'Idempotency-Key';

/** The `Idempotency-Key` header and its fingerprint, or null when the caller sent none; documents the header too. */
export const Idempotent = (): ParameterDecorator => (target, method, index) => {
  readKey()(target, method, index);
  const descriptor = method && Object.getOwnPropertyDescriptor(target, method);
  if (method && descriptor) documentHeader(target, method, descriptor);
};

const documentHeader = ApiHeader({
  name: IDEMPOTENCY_HEADER,
  required: false,
  description: `A repeated request with the same key answers what the first one answered, for ${KEPT_HOURS} hours.`,
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}) as MethodDecorator;

const readKey = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const reply = context.switchToHttp().getResponse<FastifyReply>();
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new ApiError('invalid_request', 'Idempotency-Key is 1 to 255 visible ASCII characters.');
  }
  const fingerprint = createHash('sha256')
    .update(request.user?.type === 'user' ? `user ${request.user.id}\n` : '')
    .update(`${request.method} ${request.url}\n`)
    .update(request.rawBody ?? '')
    .digest();
  return { key, fingerprint, markReplayed: () => void reply.header('idempotency-replayed', 'true') };
});

interface Row {
  fingerprint: Buffer;
  response: Buffer | null;
}

/** Makes a repeated request answer what the first one answered, without a second effect. */
@Injectable()
export class Idempotency {
  constructor(
    private readonly db: TenantDb,
    private readonly ring: KeyRing,
  ) {}

  /**
   * Runs `work` in a tenant transaction, at most once for a key. Without a key it just runs. What throws has no effect
   * and leaves no key: the same request can be made again.
   *
   * @throws ApiError idempotency_key_reused, idempotency_in_flight; SealError when the stored answer can't be opened, which
   *   is answered data_unreadable; whatever `work` throws
   */
  async run<T>(
    tenantId: string,
    request: IdempotentRequest | null,
    work: (em: EntityManager) => Promise<T>,
  ): Promise<T> {
    return this.db.run(tenantId, (em) => this.once(em, storeOfTenant(tenantId), request, work));
  }

  /** As `run`, with a key of an operator: for what makes the tenant whose transaction it runs in. */
  async runAsOperator<T>(
    operatorId: string,
    tenantId: string,
    request: IdempotentRequest | null,
    work: (em: EntityManager) => Promise<T>,
  ): Promise<T> {
    return this.db.run(tenantId, (em) => this.once(em, storeOfOperator(operatorId), request, work));
  }

  /**
   * Claims the key in the caller's transaction. Of two requests at once, the second is refused at once.
   *
   * @returns the claim, or the stored answer of the request that came before
   * @throws as `run`
   */
  async claim(
    em: EntityManager,
    tenantId: string,
    request: IdempotentRequest,
  ): Promise<Claim | { replay: unknown }> {
    return this.claimIn(em, storeOfTenant(tenantId), request);
  }

  /** Stores the answer with the claim, in the transaction of the effect. @throws when the claim was taken over */
  async finish(em: EntityManager, { store, key, owner }: Claim, answer: unknown): Promise<void> {
    const response = this.ring.seal(JSON.stringify(answer), placeOf(store, key));
    const [, changed] = await em.query<[unknown[], number]>(
      `UPDATE ${store.table} SET response = $4 WHERE ${store.holder} = $1 AND key = $2 AND owner = $3`,
      [store.id, key, owner, response],
    );
    if (changed !== 1) throw inFlight();
  }

  /**
   * Gives the key back after a failure that had no effect, so that the caller can try again. A stored answer stays: a
   * commit whose confirmation was lost looks like a failure too.
   */
  async release(em: EntityManager, { store, key, owner }: Claim): Promise<void> {
    await em.query(
      `DELETE FROM ${store.table} WHERE ${store.holder} = $1 AND key = $2 AND owner = $3 AND response IS NULL`,
      [store.id, key, owner],
    );
  }

  private async once<T>(
    em: EntityManager,
    store: Store,
    request: IdempotentRequest | null,
    work: (em: EntityManager) => Promise<T>,
  ): Promise<T> {
    if (!request) return work(em);
    const claim = await this.claimIn(em, store, request);
    if ('replay' in claim) return claim.replay as T;
    const answer = await work(em);
    await this.finish(em, claim, answer);
    return answer;
  }

  private async claimIn(
    em: EntityManager,
    store: Store,
    request: IdempotentRequest,
  ): Promise<Claim | { replay: unknown }> {
    const claim = { store, key: request.key, owner: uuidv7() };
    if (await take(em, claim, request.fingerprint)) return claim;
    // One past its time is being taken anew by the twin that holds the lock.
    const [row] = await em.query<Row[]>(
      `SELECT fingerprint, response FROM ${store.table}
        WHERE ${store.holder} = $1 AND key = $2 AND created_at >= now() - interval '${KEPT_HOURS} hours'`,
      [store.id, request.key],
    );
    if (row && !row.fingerprint.equals(request.fingerprint)) throw new ApiError('idempotency_key_reused');
    if (!row?.response) throw inFlight();
    request.markReplayed();
    return { replay: JSON.parse(this.ring.open(row.response, placeOf(store, request.key)).toString('utf8')) };
  }
}

/**
 * Takes a new key, one that is past its time, or one whose holder died; otherwise changes nothing. Whoever holds the
 * key's advisory lock is in the midst of it: a twin that waited for its row instead would keep a connection busy.
 */
async function take(
  em: EntityManager,
  { store: { table, holder, id }, key, owner }: Claim,
  fingerprint: Buffer,
): Promise<boolean> {
  try {
    const taken = await em.query<unknown[]>(
      `INSERT INTO ${table} AS k (${holder}, key, fingerprint, owner, locked_until)
       SELECT $1::uuid, $2::text, $3::bytea, $4::uuid, now() + make_interval(secs => ${LOCK_SECONDS})
        WHERE pg_try_advisory_xact_lock(hashtextextended($5::text, 0))
       ON CONFLICT (${holder}, key) DO UPDATE
         SET fingerprint = excluded.fingerprint, owner = excluded.owner, locked_until = excluded.locked_until,
             response = NULL, created_at = now()
         WHERE k.created_at < now() - interval '${KEPT_HOURS} hours'
            OR (k.response IS NULL AND k.locked_until < now() AND k.fingerprint = excluded.fingerprint)
       RETURNING 1`,
      [id, key, fingerprint, owner, `${id} ${key}`],
    );
    return taken.length > 0;
  } catch (error) {
    if (isLockTimeout(error)) throw inFlight();
    throw error;
  }
}

/** The row is locked by whoever stores an answer with it right now. */
const isLockTimeout = (error: unknown): boolean =>
  error instanceof QueryFailedError && (error.driverError as { code?: string }).code === LOCK_NOT_AVAILABLE;

const inFlight = () =>
  new ApiError('idempotency_in_flight', undefined, { retryAfterSeconds: RETRY_AFTER_SECONDS });

const storeOfTenant = (id: string): Store => ({ table: 'idempotency_keys', holder: 'tenant_id', id });

const storeOfOperator = (id: string): Store => ({
  table: 'operator_idempotency_keys',
  holder: 'operator_id',
  id,
});

function placeOf({ table, id }: Store, key: string): Place {
  const purpose = table === 'idempotency_keys' ? 'idempotency' : 'operator-idempotency';
  return { purpose, tenantId: id, rowId: key };
}
