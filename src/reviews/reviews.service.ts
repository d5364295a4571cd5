import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { MAX, NIL } from 'uuid';
import type { z } from 'zod';
import { Events } from '../audit/events.service.js';
import { TenantDb } from '../database/tenant-db.js';
import { WakeUp } from '../database/wake-up.js';
import { ApiError, notFound } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { Idempotency, type IdempotentRequest } from '../http/idempotency.js';
import { readPage, toPage } from '../http/pagination.js';
import { DecideSession } from '../sessions/decide-session.js';
import type { decideReviewSchema, reviewQuerySchema, reviewSchema } from './review.schemas.js';
import { checkDecision, isClaimedByOther, type ReviewStatus } from './review.rules.js';

/** How long a claim lasts without being renewed. */
const LEASE = '10 minutes';

type Review = z.infer<typeof reviewSchema>;

/** A review with its session's facts, as `SELECT_REVIEW` reads it. */
interface ReviewRow {
  tenantId: string;
  id: string;
  sessionId: string;
  reference: string | null;
  dataKey: Buffer | null;
  policyId: string;
  policySlug: string;
  policyName: string;
  policyVersion: number;
  status: ReviewStatus;
  reasonCodes: string[];
  claimedBy: string | null;
  claimedByName: string | null;
  claimedUntil: Date | null;
  decision: 'approved' | 'rejected' | null;
  reasonCode: string | null;
  note: Buffer | null;
  decidedBy: string | null;
  decidedAt: Date | null;
  createdAt: Date;
  version: number;
}

/** The name is looked up by itself: under row-level security a join by the cast id would read every user. */
const SELECT_REVIEW = `
  SELECT r.tenant_id AS "tenantId", r.id, r.session_id AS "sessionId", s.reference, s.data_key AS "dataKey",
         s.policy_id AS "policyId", p.slug AS "policySlug", p.name AS "policyName", s.policy_version AS "policyVersion",
         r.status, r.reason_codes AS "reasonCodes",
         CASE WHEN r.claimed_until > now() THEN r.claimed_by END AS "claimedBy",
         CASE WHEN r.claimed_until > now() THEN (SELECT u.name FROM users u WHERE u.id = r.claimed_by::uuid) END
           AS "claimedByName", r.claimed_until AS "claimedUntil",
         r.decision, r.reason_code AS "reasonCode", r.note, r.decided_by AS "decidedBy", r.decided_at AS "decidedAt",
         r.created_at AS "createdAt", r.version
    FROM reviews r
    JOIN sessions s ON s.tenant_id = r.tenant_id AND s.id = r.session_id
    JOIN policies p ON p.tenant_id = s.tenant_id AND p.id = s.policy_id
   WHERE`;

/** The queue of cases that a person decides. */
@Injectable()
export class ReviewsService {
  constructor(
    private readonly db: TenantDb,
    private readonly idempotency: Idempotency,
    private readonly events: Events,
    private readonly decideSession: DecideSession,
    private readonly wakeUp: WakeUp,
  ) {}

  /** Oldest first when open; newest first otherwise. */
  async list(caller: Caller, query: z.infer<typeof reviewQuerySchema>) {
    const { tenantId } = caller;
    const { limit, afterId } = readPage(query);
    const status = query.status ?? 'open';
    const [order, beyond, first] = status === 'open' ? ['ASC', '>', NIL] : ['DESC', '<', MAX];
    return this.db.run(tenantId, async (em) => {
      // The status, one of a closed list, is in the text: an index of one status serves no parameter.
      const rows = await em.query<ReviewRow[]>(
        `${SELECT_REVIEW} r.tenant_id = $1 AND r.status = '${status}' AND r.id ${beyond} $2
          ORDER BY r.id ${order} LIMIT $3`,
        [tenantId, afterId ?? first, limit + 1],
      );
      const [count] = await em.query<{ open: string }[]>(
        `SELECT count(*) AS open FROM reviews WHERE tenant_id = $1 AND status = 'open'`,
        [tenantId],
      );
      return { ...toPage(rows, limit, toReview), openCount: Number(count?.open ?? 0) };
    });
  }

  /**
   * One case, with its note for callers who may read results. The look at a note is on record (invariant I4).
   *
   * @throws ApiError not_found
   */
  async get({ tenantId, actor, scopes }: Caller, id: string): Promise<Review> {
    return this.db.run(tenantId, async (em) => {
      const row = await find(em, tenantId, id);
      const { sessionId, dataKey, note } = row;
      if (!note || !dataKey || !scopes.has('results:read')) return toReview(row);
      const object = { type: 'review', id, sessionId } as const;
      await this.events.audit(em, tenantId, 'review.viewed', { actor, object });
      return {
        ...toReview(row),
        note: this.decideSession.openNote({ tenantId, id: sessionId, dataKey }, note),
      };
    });
  }

  /** Hands out the oldest case nobody is working on. Two callers at once get two cases. */
  async claimNext(caller: Caller, idempotent: IdempotentRequest | null) {
    const { tenantId, actor } = caller;
    return this.idempotency.run(tenantId, idempotent, async (em) => {
      const [row] = await em.query<{ id: string }[]>(
        `SELECT id FROM reviews
          WHERE tenant_id = $1 AND status = 'open'
            AND (claimed_until IS NULL OR claimed_until <= now() OR claimed_by = $2)
          ORDER BY (claimed_by = $2 AND claimed_until > now()) DESC NULLS LAST, created_at, id
          LIMIT 1 FOR UPDATE SKIP LOCKED`,
        [tenantId, actor.id],
      );
      return { review: row ? await this.take(em, caller, row.id) : null };
    });
  }

  /** Claims a case, or renews the claim. @throws ApiError not_found, review_decided, review_claimed */
  async claim(caller: Caller, id: string, idempotent: IdempotentRequest | null) {
    return this.idempotency.run(caller.tenantId, idempotent, async (em) => {
      const row = await lock(em, caller.tenantId, id);
      if (row.status !== 'open') throw new ApiError('review_decided');
      if (isClaimedByOther(row, caller.actor.id)) throw new ApiError('review_claimed');
      return this.take(em, caller, id);
    });
  }

  /** Gives a claim back. @throws ApiError not_found, review_decided, review_claimed */
  async release(caller: Caller, id: string, idempotent: IdempotentRequest | null) {
    const { tenantId, actor } = caller;
    return this.idempotency.run(tenantId, idempotent, async (em) => {
      const row = await lock(em, tenantId, id);
      if (row.status !== 'open') throw new ApiError('review_decided');
      if (isClaimedByOther(row, actor.id)) throw new ApiError('review_claimed');
      await em.query(
        `UPDATE reviews SET claimed_by = NULL, claimed_until = NULL, version = version + 1
          WHERE tenant_id = $1 AND id = $2`,
        [tenantId, id],
      );
      const object = { type: 'review', id, sessionId: row.sessionId } as const;
      await this.events.audit(em, tenantId, 'review.released', { actor, object });
      return toReview(await find(em, tenantId, id));
    });
  }

  /**
   * Decides a case: final, once, and the session's outcome with it.
   *
   * @param ifMatch expected version, or null
   * @throws ApiError not_found, review_decided, review_claimed, review_not_claimed, version_mismatch
   */
  async decide(
    caller: Caller,
    id: string,
    input: z.infer<typeof decideReviewSchema>,
    { ifMatch, idempotent }: { ifMatch: number | null; idempotent: IdempotentRequest | null },
  ) {
    const { tenantId, actor } = caller;
    let owed = false;
    const review = await this.idempotency.run(tenantId, idempotent, async (em) => {
      const row = await lock(em, tenantId, id);
      const refusal = checkDecision(row, actor.id, ifMatch);
      if (refusal) throw new ApiError(refusal);
      const session = { tenantId, id: row.sessionId, dataKey: row.dataKey };
      const note = input.note ? this.decideSession.sealNote(session, input.note) : null;
      await em.query(
        `UPDATE reviews SET status = 'decided', decision = $3, reason_code = $4, note = $5, decided_by = $6,
                decided_at = now(), claimed_by = NULL, claimed_until = NULL, version = version + 1
          WHERE tenant_id = $1 AND id = $2`,
        [tenantId, id, input.decision, input.reasonCode, note, actor.id],
      );
      const { reasonCodes } = row;
      const human = {
        reviewId: id,
        outcome: input.decision,
        reasonCode: input.reasonCode,
        reasonCodes,
        actor,
      };
      owed = await this.decideSession.run(em, tenantId, row.sessionId, human);
      return toReview(await find(em, tenantId, id));
    });
    if (owed) this.wakeUp.wake('deliveries');
    return review;
  }

  private async take(em: EntityManager, caller: Caller, id: string) {
    const { tenantId, actor } = caller;
    const before = await find(em, tenantId, id);
    await em.query(
      `UPDATE reviews SET claimed_by = $3, claimed_until = now() + interval '${LEASE}',
              version = version + CASE WHEN claimed_by = $3 THEN 0 ELSE 1 END
        WHERE tenant_id = $1 AND id = $2`,
      [tenantId, id, actor.id],
    );
    if (before.claimedBy !== actor.id) {
      const object = { type: 'review', id, sessionId: before.sessionId } as const;
      await this.events.audit(em, tenantId, 'review.claimed', { actor, object });
    }
    return toReview(await find(em, tenantId, id));
  }
}

/** Without the note: what is answered to a change may be kept for its repetition, and a list is no look at one case. */
function toReview(row: ReviewRow): Review {
  const { claimedBy, claimedUntil } = row;
  return {
    id: row.id,
    sessionId: row.sessionId,
    reference: row.reference,
    policy: { id: row.policyId, slug: row.policySlug, name: row.policyName, version: row.policyVersion },
    status: row.status,
    reasonCodes: row.reasonCodes,
    claimedBy:
      claimedBy && claimedUntil
        ? { id: claimedBy, name: row.claimedByName, until: claimedUntil.toISOString() }
        : null,
    decision: row.decision,
    reasonCode: row.reasonCode,
    note: null,
    decidedBy: row.decidedBy,
    decidedAt: row.decidedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    version: row.version,
  };
}

async function find(em: EntityManager, tenantId: string, id: string): Promise<ReviewRow> {
  const [row] = await em.query<ReviewRow[]>(`${SELECT_REVIEW} r.tenant_id = $1 AND r.id = $2`, [
    tenantId,
    id,
  ]);
  if (!row) throw notFound();
  return row;
}

async function lock(em: EntityManager, tenantId: string, id: string): Promise<ReviewRow> {
  await em.query('SELECT 1 FROM reviews WHERE tenant_id = $1 AND id = $2 FOR UPDATE', [tenantId, id]);
  return find(em, tenantId, id);
}
