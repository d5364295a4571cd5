import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Events } from '../audit/events.service.js';
import type { EventName } from '../audit/event-types.js';
import type { Actor } from '../http/caller.js';
import { requestedOf, type PolicyDocument } from '../policies/policy.document.js';
import { evaluateRules } from '../policies/decision.rules.js';
import type { SessionResult } from '../yoti/result.js';
import { sessionFacts, type Decision, type SessionRow } from './session.row.js';
import type { SessionState } from './session.states.js';

interface Change {
  next: SessionState;
  events: EventName[];
  actor: Actor;
  /** Yoti's result, when the change came from one. */
  result: SessionResult | null;
  failureCode: string | null;
}

type SessionEventName = Extract<EventName, `session.${string}`>;

/** Stores a session's next state with its decision, its events and, where a person has to decide, its review. */
@Injectable()
export class SessionChanges {
  constructor(private readonly events: Events) {}

  /**
   * Applies a transition in the caller's transaction; the row is locked there.
   *
   * @returns whether a delivery is owed: then wake `deliveries` after the commit
   */
  async apply(em: EntityManager, row: SessionRow, change: Change): Promise<boolean> {
    const { next, events } = change;
    if (events.length === 0 && next.progress === row.progress) return false;
    const decision =
      next.status === 'completed' && change.result ? await decide(em, row, change.result) : row.decision;
    const after: SessionRow = { ...row, ...next, decision, outcome: decision?.outcome ?? null };
    const names = [...events] as SessionEventName[];
    if (decision && decision.outcome !== 'in_review') names.push('session.decided');
    const opensReview = decision?.outcome === 'in_review';
    await store(em, after, change.failureCode, names.length + (opensReview ? 1 : 0));
    let owed = false;
    let sequence = row.sequence;
    const object = { type: 'session', id: row.id, sessionId: row.id } as const;
    for (const name of names) {
      const data = sessionFacts(after, (sequence += 1));
      owed =
        (await this.events.publish(em, row.tenantId, name, { actor: change.actor, object, data })) || owed;
    }
    if (opensReview) owed = (await this.openReview(em, after, sequence + 1, change.actor)) || owed;
    return owed;
  }

  /** Puts on record, in the caller's transaction, that Yoti answered for the session with another one. */
  noteMismatch(
    em: EntityManager,
    { tenantId, id }: { tenantId: string; id: string },
    actor: Actor,
  ): Promise<void> {
    const object = { type: 'session', id, sessionId: id } as const;
    return this.events.audit(em, tenantId, 'session.answer_mismatched', { actor, object });
  }

  private async openReview(
    em: EntityManager,
    row: SessionRow,
    sequence: number,
    actor: Actor,
  ): Promise<boolean> {
    const reviewId = uuidv7();
    const reasonCodes = row.decision?.reasonCodes ?? [];
    await em.query(`INSERT INTO reviews (tenant_id, id, session_id, reason_codes) VALUES ($1, $2, $3, $4)`, [
      row.tenantId,
      reviewId,
      row.id,
      reasonCodes,
    ]);
    return this.events.publish(em, row.tenantId, 'review.opened', {
      actor,
      object: { type: 'review', id: reviewId, sessionId: row.id },
      data: { ...sessionFacts(row, sequence), reviewId, reasonCodes, decision: null, reasonCode: null },
    });
  }
}

async function decide(em: EntityManager, row: SessionRow, result: SessionResult): Promise<Decision> {
  const [version] = await em.query<{ document: PolicyDocument }[]>(
    'SELECT document FROM policy_versions WHERE tenant_id = $1 AND policy_id = $2 AND version = $3',
    [row.tenantId, row.policyId, row.policyVersion],
  );
  if (!version) throw new Error('The policy version of the session is missing.');
  const { document } = version;
  const evaluated = evaluateRules(document.decision, result, requestedOf(document));
  return { by: 'rule', ...evaluated, decidedAt: new Date().toISOString() };
}

async function store(
  em: EntityManager,
  row: SessionRow,
  failureCode: string | null,
  eventCount: number,
): Promise<void> {
  const closed = row.status !== 'ongoing' && row.status !== 'creating';
  await em.query(
    `UPDATE sessions SET status = $3, progress = $4, outcome = $5, decision = $6,
            failure_code = CASE WHEN $3 = 'failed' THEN $7 END, sequence = sequence + $8, version = version + 1,
            updated_at = now(),
            submitted_at = CASE WHEN $4 = 'submitted' THEN coalesce(submitted_at, now()) END,
            closed_at = CASE WHEN $9 THEN coalesce(closed_at, now()) END,
            client_token = CASE WHEN $9 OR $4 = 'submitted' THEN NULL ELSE client_token END
      WHERE tenant_id = $1 AND id = $2`,
    [
      row.tenantId,
      row.id,
      row.status,
      row.progress,
      row.outcome,
      row.decision,
      failureCode,
      eventCount,
      closed,
    ],
  );
}
