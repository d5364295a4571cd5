import { setTimeout as sleep } from 'node:timers/promises';
import type { Any } from '../support/client.js';
import type { Watch } from './notifications-watch.js';
import { patientGet, patientPost, type Notes } from './patient.js';
import { KINDS, type Kind, type PlannedSession } from './plan.js';
import type { ChaosSite } from './site.js';
import type { Span } from './spans.js';
import type { ChaosTenant } from './tenants.js';

/** What the integrators were told: id of the acknowledged session, by tenant and reference. */
export type Ledger = Map<string, string>;

/** What the reviewers did: decision by review. */
export type Decisions = Map<string, 'approved' | 'rejected'>;

export const ledgerKey = (tenantId: string, reference: string) => `${tenantId} ${reference}`;

/** What the actors of a run share. */
export interface Stage extends Notes {
  site: ChaosSite;
  tenants: ChaosTenant[];
  watch: Watch;
  ledger: Ledger;
  decisions: Decisions;
  /** When each request for a session was under way. */
  creations: Span[];
}

/** An actor's error is a surprise, and no reason for the others to stop. */
export const acting = (surprises: string[], who: string, act: Promise<void>): Promise<void> =>
  act.catch((error: Error) => void surprises.push(`${who}: ${error.message}`));

/** An integrator has one person verified, or thinks better of it. */
export async function runSession(stage: Stage, planned: PlannedSession): Promise<void> {
  const { site, ledger, surprises, creations } = stage;
  const { tenant } = tenantOf(stage, planned.tenant);
  await sleep(planned.startsAfter * 1000);
  const body = { policy: 'identity', reference: planned.reference };
  const created = await patientPost(stage, tenant.key, '/v1/sessions', body, planned.reference, creations);
  if (created.status !== 201) {
    surprises.push(`creation of ${planned.reference}: ${created.status} ${JSON.stringify(created.body)}`);
    return;
  }
  const { id, client } = created.body as { id: string; client: Any };
  ledger.set(ledgerKey(tenant.id, planned.reference), id);
  await sleep(planned.thinks * 1000);
  if (planned.scenario) {
    site.fates.assign(client.yotiSessionId as string, planned.reference);
    site.yoti.setScenario(planned.scenario, client.yotiSessionId as string);
    site.yoti.play(client.yotiSessionId as string);
    return;
  }
  const cancelled = await patientPost(
    stage,
    tenant.key,
    `/v1/sessions/${id}/cancel`,
    {},
    `${planned.reference}-x`,
  );
  // The answer to the first request may have been lost: then the second finds it done.
  const done = cancelled.status === 409 && (await patientGet(stage, tenant.key, `/v1/sessions/${id}`));
  if (cancelled.status !== 200 && cancelled.status !== 201 && done.status !== 'cancelled') {
    surprises.push(`cancelling ${id}: ${cancelled.status} ${JSON.stringify(cancelled.body)}`);
  }
}

/** A reviewer decides case after case, until there is nothing more to come. */
export async function runReviewer(stage: Stage, index: number, plan: PlannedSession[], over: AbortSignal) {
  const { decisions, surprises } = stage;
  const { reviewer } = tenantOf(stage, index);
  const kinds = new Map<string, Kind>(
    plan.filter(({ tenant }) => tenant === index).map(({ reference, kind }) => [reference, KINDS[kind]]),
  );
  let claims = 0;
  while (!over.aborted) {
    const key = `claim-${index}-${(claims += 1)}`;
    const claim = await patientPost(stage, reviewer, '/v1/reviews/claim-next', {}, key);
    const review: Any = claim.body.review;
    const decision = kinds.get(review?.reference as string)?.review;
    if (!review) {
      await sleep(1000);
      continue;
    }
    if (!decision) {
      surprises.push(`a review of ${String(review.reference)}, which nobody should have to look at`);
      return;
    }
    const path = `/v1/reviews/${review.id}/decision`;
    const decided = await patientPost(stage, reviewer, path, decision, `decide-${review.id}`);
    const known = decided.status === 409 && decided.body.code === 'review_decided';
    if (decided.status === 200 || known) decisions.set(review.id as string, decision.decision);
    else surprises.push(`deciding ${review.id}: ${decided.status} ${JSON.stringify(decided.body)}`);
  }
}

function tenantOf({ tenants }: Stage, index: number): ChaosTenant {
  const tenant = tenants[index];
  if (!tenant) throw new Error(`There is no tenant ${index}.`);
  return tenant;
}
