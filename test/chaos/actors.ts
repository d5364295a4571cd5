import { setTimeout as sleep } from 'node:timers/promises';
import type { Any } from '../support/client.js';
import type { Tally } from './dice.js';
import { patientGet, patientPost } from './patient.js';
import { KINDS, type Kind, type PlannedSession } from './plan.js';
import type { ChaosSite } from './site.js';
import type { ChaosTenant } from './tenants.js';

/** What the integrators were told: id of the acknowledged session, by tenant and reference. */
export type Ledger = Map<string, string>;

/** What the reviewers did: decision by review. */
export type Decisions = Map<string, 'approved' | 'rejected'>;

export const ledgerKey = (tenantId: string, reference: string) => `${tenantId} ${reference}`;

/** What the actors of a run share. */
export interface Stage {
  site: ChaosSite;
  tenants: ChaosTenant[];
  tally: Tally;
  ledger: Ledger;
  decisions: Decisions;
  /** Sessions at Yoti of which a notification was answered 200. */
  acknowledged: ReadonlySet<string>;
  /** What was answered otherwise than the guide says. */
  surprises: string[];
}

/** An integrator has one person verified, or thinks better of it. */
export async function runSession(stage: Stage, planned: PlannedSession): Promise<void> {
  const { site, tally, ledger, surprises } = stage;
  const { tenant } = tenantOf(stage, planned.tenant);
  await sleep(planned.startsAfter * 1000);
  const body = { policy: 'identity', reference: planned.reference };
  const created = await patientPost(tenant.key, '/v1/sessions', body, planned.reference, tally);
  if (created.status !== 201) {
    surprises.push(`creation of ${planned.reference}: ${created.status} ${JSON.stringify(created.body)}`);
    return;
  }
  const { id, client } = created.body as { id: string; client: Any };
  ledger.set(ledgerKey(tenant.id, planned.reference), id);
  await sleep(planned.thinks * 1000);
  if (planned.scenario) {
    site.yoti.setScenario(planned.scenario, client.yotiSessionId as string);
    site.yoti.play(client.yotiSessionId as string);
    return;
  }
  const cancelled = await patientPost(
    tenant.key,
    `/v1/sessions/${id}/cancel`,
    {},
    `${planned.reference}-x`,
    tally,
  );
  // The answer to the first request may have been lost: then the second finds it done.
  const done = cancelled.status === 409 && (await patientGet(tenant.key, `/v1/sessions/${id}`));
  if (cancelled.status !== 200 && cancelled.status !== 201 && done.status !== 'cancelled') {
    surprises.push(`cancelling ${id}: ${cancelled.status} ${JSON.stringify(cancelled.body)}`);
  }
}

/** A reviewer decides case after case, until there is nothing more to come. */
export async function runReviewer(stage: Stage, index: number, plan: PlannedSession[], over: AbortSignal) {
  const { tally, decisions, surprises } = stage;
  const { reviewer } = tenantOf(stage, index);
  const kinds = new Map<string, Kind>(
    plan.filter(({ tenant }) => tenant === index).map(({ reference, kind }) => [reference, KINDS[kind]]),
  );
  let claims = 0;
  while (!over.aborted) {
    const claim = await patientPost(
      reviewer,
      '/v1/reviews/claim-next',
      {},
      `claim-${index}-${(claims += 1)}`,
      tally,
    );
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
    const decided = await patientPost(reviewer, path, decision, `decide-${review.id}`, tally);
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
