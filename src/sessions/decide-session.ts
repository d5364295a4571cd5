import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Events } from '../audit/events.service.js';
import { ifItOpens, KeyRing } from '../crypto/key-ring.js';
import { ApiError } from '../http/api-error.js';
import type { Actor } from '../http/caller.js';
import { dataKeyOf, sessionFacts, type Decision, type SessionRow } from './session.row.js';
import { findSession } from './find-session.js';

/** A person's final word on a session. */
export interface HumanDecision {
  reviewId: string;
  outcome: 'approved' | 'rejected';
  reasonCode: string;
  /** Why the review was opened. */
  reasonCodes: string[];
  actor: Actor;
}

/** The outcome of a review takes effect on its session, once. */
@Injectable()
export class DecideSession {
  constructor(
    private readonly events: Events,
    private readonly ring: KeyRing,
  ) {}

  /**
   * Sets the outcome and publishes `review.decided` and `session.decided`, in the caller's transaction.
   *
   * @returns whether a delivery is owed
   * @throws ApiError conflict when the session is not in review
   */
  async run(em: EntityManager, tenantId: string, sessionId: string, human: HumanDecision): Promise<boolean> {
    await em.query('SELECT 1 FROM sessions WHERE tenant_id = $1 AND id = $2 FOR UPDATE', [
      tenantId,
      sessionId,
    ]);
    const row = await findSession(em, tenantId, sessionId);
    if (row.outcome !== 'in_review') throw new ApiError('conflict', 'The session is not in review.');
    const { outcome, reasonCode, actor, reviewId, reasonCodes } = human;
    const decision: Decision = {
      by: 'review',
      outcome,
      rule: row.decision?.rule ?? null,
      reasonCodes: [reasonCode],
      facts: row.decision?.facts ?? [],
      decidedAt: new Date().toISOString(),
    };
    await em.query(
      `UPDATE sessions SET outcome = $3, decision = $4, sequence = sequence + 2, version = version + 1,
              updated_at = now()
        WHERE tenant_id = $1 AND id = $2`,
      [tenantId, sessionId, outcome, decision],
    );
    const after: SessionRow = { ...row, outcome, decision };
    const owedReview = await this.events.publish(em, tenantId, 'review.decided', {
      actor,
      object: { type: 'review', id: reviewId, sessionId },
      data: {
        ...sessionFacts(after, row.sequence + 1),
        reviewId,
        reasonCodes,
        decision: outcome,
        reasonCode,
      },
    });
    const owedSession = await this.events.publish(em, tenantId, 'session.decided', {
      actor,
      object: { type: 'session', id: sessionId, sessionId },
      data: sessionFacts(after, row.sequence + 2),
    });
    return owedReview || owedSession;
  }

  /** Notes are personal: they are sealed under the session's key. */
  sealNote(row: Pick<SessionRow, 'dataKey' | 'tenantId' | 'id'>, note: string): Buffer {
    return dataKeyOf(row, this.ring).seal(note, 'note');
  }

  /** Null when the note can't be opened: its key was lost. */
  openNote(row: Pick<SessionRow, 'dataKey' | 'tenantId' | 'id'>, note: Buffer): string | null {
    return ifItOpens(() => dataKeyOf(row, this.ring).open(note, 'note'));
  }
}
