import { createHash } from 'node:crypto';
import { createParamDecorator, Injectable, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { KeyRing } from '../crypto/key-ring.js';
import { TenantDb } from '../database/tenant-db.js';
import { ApiError } from './api-error.js';

/** Longer than every deadline of a request, so that a lock ends only when its holder is gone. */
const LOCK_SECONDS = 60;
const KEPT_HOURS = 24;

/** The caller's `Idempotency-Key` and what it was sent with. */
export interface IdempotentRequest {
  key: string;
  /** Over method, route and raw body: the same key with another fingerprint is a mistake of the caller. */
  fingerprint: Buffer;
  /** Says in the answer's headers that it is a replay. */
  markReplayed(): void;
}

/** A key this request has claimed: it finishes or releases it. */
export interface Claim {
  key: string;
  owner: string;
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
  description: 'A repeated request with the same key answers what the first one answered, for 24 hours.',
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

  /** Runs `work` in a tenant transaction, at most once for a key. Without a key it just runs. */
  async run<T>(
    tenantId: string,
    request: IdempotentRequest | null,
    work: (em: EntityManager) => Promise<T>,
  ): Promise<T> {
    return this.db.run(tenantId, async (em) => {
      if (!request) return work(em);
      const claim = await this.claim(em, tenantId, request);
      if ('replay' in claim) return claim.replay as T;
      const answer = await work(em);
      await this.finish(em, tenantId, claim, answer);
      return answer;
    });
  }

  /**
   * Claims the key in the caller's transaction. Of two requests at once, the second waits for the first's commit.
   *
   * @returns the claim, or the stored answer of the request that came before
   * @throws ApiError idempotency_key_reused, idempotency_in_flight
   */
  async claim(
    em: EntityManager,
    tenantId: string,
    request: IdempotentRequest,
  ): Promise<Claim | { replay: unknown }> {
    const claim = { key: request.key, owner: uuidv7() };
    // Takes a new key, one that is past its time, or one whose holder died; otherwise changes nothing.
    const taken = await em.query<unknown[]>(
      `INSERT INTO idempotency_keys AS k (tenant_id, key, fingerprint, owner, locked_until)
       VALUES ($1, $2, $3, $4, now() + make_interval(secs => ${LOCK_SECONDS}))
       ON CONFLICT (tenant_id, key) DO UPDATE
         SET fingerprint = excluded.fingerprint, owner = excluded.owner, locked_until = excluded.locked_until,
             response = NULL, created_at = now()
         WHERE k.created_at < now() - interval '${KEPT_HOURS} hours'
            OR (k.response IS NULL AND k.locked_until < now() AND k.fingerprint = excluded.fingerprint)
       RETURNING 1`,
      [tenantId, request.key, request.fingerprint, claim.owner],
    );
    if (taken.length > 0) return claim;
    const [row] = await em.query<Row[]>(
      `SELECT fingerprint, response FROM idempotency_keys WHERE tenant_id = $1 AND key = $2`,
      [tenantId, request.key],
    );
    return { replay: this.replay(tenantId, request, row) };
  }

  /** Stores the answer with the claim, in the transaction of the effect. @throws when the claim was taken over */
  async finish(em: EntityManager, tenantId: string, claim: Claim, answer: unknown): Promise<void> {
    const response = this.ring.seal(JSON.stringify(answer), place(tenantId, claim.key));
    const [, changed] = await em.query<[unknown[], number]>(
      `UPDATE idempotency_keys SET response = $4 WHERE tenant_id = $1 AND key = $2 AND owner = $3`,
      [tenantId, claim.key, claim.owner, response],
    );
    if (changed !== 1) throw new ApiError('idempotency_in_flight', undefined, { retryAfterSeconds: 1 });
  }

  /**
   * Gives the key back after a failure that had no effect, so that the caller can try again. A stored answer stays: a
   * commit whose confirmation was lost looks like a failure too.
   */
  async release(em: EntityManager, tenantId: string, claim: Claim): Promise<void> {
    await em.query(
      `DELETE FROM idempotency_keys WHERE tenant_id = $1 AND key = $2 AND owner = $3 AND response IS NULL`,
      [tenantId, claim.key, claim.owner],
    );
  }

  private replay(tenantId: string, request: IdempotentRequest, row: Row | undefined): unknown {
    if (row && !row.fingerprint.equals(request.fingerprint)) throw new ApiError('idempotency_key_reused');
    if (!row?.response) throw new ApiError('idempotency_in_flight', undefined, { retryAfterSeconds: 1 });
    request.markReplayed();
    return JSON.parse(this.ring.open(row.response, place(tenantId, request.key)).toString('utf8'));
  }
}

const place = (tenantId: string, key: string) => ({ purpose: 'idempotency', tenantId, rowId: key });
