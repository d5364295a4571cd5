import { brokenInvariants } from '../support/invariants.js';
import { ledgerKey, type Stage } from './actors.js';
import { KINDS, type Kind, type PlannedSession } from './plan.js';
import { meetsAny } from './spans.js';
import { verifyCreations, type StoredSession } from './verify-creations.js';
import { verifyFaults } from './verify-faults.js';

/** What is wrong in the end, one sentence each. */
export type Violations = string[];

interface StoredEvent {
  id: string;
  sessionId: string;
  name: string;
  sequence: number;
}

const SESSIONS = `SELECT id, tenant_id AS "tenantId", reference, status, outcome, failure_code AS "failureCode" FROM sessions`;
const OPEN = `SELECT
  (SELECT count(*)::int FROM sessions WHERE status IN ('creating', 'ongoing') OR outcome = 'in_review') AS sessions,
  (SELECT count(*)::int FROM sessions WHERE parked_reason IS NOT NULL) AS parked,
  (SELECT count(*)::int FROM deliveries WHERE status = 'pending') AS deliveries`;

/** How much of the run is still to come. Parked work never ends by itself. */
export interface Remaining {
  sessions: number;
  parked: number;
  deliveries: number;
}

/** @returns undefined while the database is away */
export async function remaining({ site }: Stage): Promise<Remaining | undefined> {
  const rows = await site.sql<Remaining>(OPEN).catch(() => []);
  return rows[0];
}

/** Holds everything that was planned, acknowledged and received against what the database says. */
export async function verify(stage: Stage, plan: PlannedSession[], seconds: number): Promise<Violations> {
  const { site, surprises, tally, watch, creations } = stage;
  const sessions = await site.sql<StoredSession>(SESSIONS);
  const troubled = creations.filter((span) => meetsAny(span, [...site.kills.api, ...site.outages]));
  const found = [
    ...surprises,
    ...verifyFaults(tally, watch.counts, seconds),
    ...verifySessions(stage, plan, sessions),
    ...verifyCreations(sessions, {
      spoiled: tally.of('creations spoiled by Yoti'),
      made: tally.of('creations at Yoti'),
      interrupted: troubled.length,
    }),
    ...(await verifyEvents(stage, plan, sessions)),
    ...(await verifyReviews(stage)),
    ...(await verifyWebhooks(stage)),
    ...(await verifyNotifications(stage)),
  ];
  for (const [rule, rows] of Object.entries(await brokenInvariants(site))) {
    found.push(`${rule}: ${JSON.stringify(rows)}`);
  }
  for (const { name, crashes, failedStarts } of site.processes) {
    found.push(...crashes.map((output) => `${name} ended by itself: ${output}`));
    found.push(...failedStarts.map((output) => `${name} did not start: ${output}`));
  }
  return found;
}

/** Each reference has the acknowledged session in its scenario's outcome, and besides it at most failed creations. */
function verifySessions(stage: Stage, plan: PlannedSession[], sessions: StoredSession[]): Violations {
  const found: Violations = [];
  const byReference = groupBy(sessions, ({ tenantId, reference }) => ledgerKey(tenantId, reference));
  for (const { tenant, reference, kind } of plan) {
    const key = ledgerKey(stage.tenants[tenant]?.tenant.id ?? '', reference);
    const all = byReference.get(key) ?? [];
    const real = all.filter(({ status }) => status !== 'failed');
    const [only] = real;
    const { status, outcome } = KINDS[kind];
    if (real.length !== 1 || only?.id !== stage.ledger.get(key)) {
      found.push(
        `${key}: ${real.length} sessions, acknowledged ${stage.ledger.get(key)}: ${JSON.stringify(all)}`,
      );
    } else if (only?.status !== status || only.outcome !== outcome) {
      found.push(
        `${key} (${only?.id}) should be ${status} ${outcome}: it is ${only?.status} ${only?.outcome}`,
      );
    }
  }
  if (byReference.size !== plan.length) found.push(`${byReference.size} references, ${plan.length} planned`);
  return found;
}

/** What has to be told of a session, sorted; a person who left early may have begun unnoticed. */
function expectedEvents(kind: Kind): string[] {
  if (kind.status === 'cancelled') return ['session.cancelled', 'session.created'];
  if (kind.status === 'expired') return ['session.created', 'session.expired'];
  const usual = [
    'session.created',
    'session.started',
    'session.submitted',
    'session.completed',
    'session.decided',
  ];
  return (kind.review ? [...usual, 'review.opened', 'review.decided'] : usual).toSorted();
}

async function verifyEvents(
  stage: Stage,
  plan: PlannedSession[],
  sessions: StoredSession[],
): Promise<Violations> {
  const found: Violations = [];
  const events = await stage.site.sql<StoredEvent>(
    `SELECT id, session_id AS "sessionId", name, sequence FROM events WHERE session_id IS NOT NULL ORDER BY sequence`,
  );
  const bySession = groupBy(events, ({ sessionId }) => sessionId);
  const kinds = new Map(
    plan.map(({ tenant, reference, kind }) => [
      ledgerKey(stage.tenants[tenant]?.tenant.id ?? '', reference),
      KINDS[kind],
    ]),
  );
  for (const { id, tenantId, reference, status } of sessions) {
    const kind = kinds.get(ledgerKey(tenantId, reference));
    if (!kind) continue;
    const told = (bySession.get(id) ?? []).map(({ name }) => name).toSorted();
    const compared = kind.status === 'expired' ? told.filter((name) => name !== 'session.started') : told;
    const expected = status === 'failed' ? ['session.failed'] : expectedEvents(kind);
    if (JSON.stringify(compared) !== JSON.stringify(expected)) {
      found.push(`session ${id} told ${told.join(', ')}; expected ${expected.join(', ')}`);
    }
    const sequence = (bySession.get(id) ?? []).map((event) => event.sequence);
    if (sequence.some((number, index) => number !== index + 1)) {
      found.push(`session ${id} has the sequence ${sequence.join(', ')}`);
    }
  }
  const unaudited = await stage.site.sql<{ id: string; name: string }>(
    `SELECT e.id, e.name FROM events e WHERE NOT EXISTS (
       SELECT 1 FROM audit_entries a WHERE a.tenant_id = e.tenant_id AND a.action = e.name
          AND a.session_id IS NOT DISTINCT FROM e.session_id)`,
  );
  found.push(...unaudited.map(({ id, name }) => `event ${id} (${name}) is not in the audit trail`));
  return found;
}

async function verifyReviews({ site, decisions }: Stage): Promise<Violations> {
  const reviews = await site.sql<{ id: string; status: string; decision: string | null }>(
    'SELECT id, status, decision FROM reviews',
  );
  const wrong = reviews.filter(
    ({ id, status, decision }) => status !== 'decided' || decision !== decisions.get(id),
  );
  return wrong.map(
    ({ id, decision }) => `review ${id} is ${decision}, its reviewer said ${decisions.get(id)}`,
  );
}

/** Every event was delivered under its own id with one body, and nothing arrived that nobody was owed. */
async function verifyWebhooks({ site, tenants }: Stage): Promise<Violations> {
  const found = site.sinks.forged.map((line) => `a signature did not verify: ${line}`);
  for (const { tenant, path } of tenants) {
    const arrived = new Map(site.sinks.arrived.get(path));
    const owed = await site.sql<{ id: string; status: string; parked: string | null }>(
      `SELECT d.event_id AS id, d.status, d.parked_reason AS parked FROM deliveries d WHERE d.tenant_id = $1`,
      [tenant.id],
    );
    const subscribed = await site.sql<{ count: number }>(
      `SELECT count(*)::int AS count FROM events WHERE tenant_id = $1 AND session_id IS NOT NULL`,
      [tenant.id],
    );
    if (subscribed[0]?.count !== owed.length) {
      found.push(`${path}: ${subscribed[0]?.count} events of sessions, ${owed.length} deliveries`);
    }
    for (const { id, status, parked } of owed) {
      const arrival = arrived.get(id);
      arrived.delete(id);
      if (status !== 'delivered' || !arrival || arrival.taken === 0 || arrival.bodies.size !== 1) {
        const seen = arrival && { taken: arrival.taken, bodies: arrival.bodies.size };
        found.push(`event ${id} is ${status} ${parked ?? ''}, its receiver saw ${JSON.stringify(seen)}`);
      }
    }
    for (const id of arrived.keys()) found.push(`${path} received ${id}, which it is not owed`);
  }
  return found;
}

/** Each notification that was answered 200 is in the inbox. */
async function verifyNotifications({ site, watch }: Stage): Promise<Violations> {
  const rows = await site.sql<{ id: string; count: number }>(
    `SELECT s.yoti_session_id AS id, count(*)::int AS count FROM notifications n
       JOIN sessions s ON s.tenant_id = n.tenant_id AND s.id = n.session_id GROUP BY 1`,
  );
  const stored = new Map(rows.map(({ id, count }) => [id, count]));
  return [...watch.delivered()]
    .filter(([id, delivered]) => (stored.get(id) ?? 0) < delivered)
    .map(
      ([id, delivered]) =>
        `${delivered} notifications of ${id} were answered 200, ${stored.get(id) ?? 0} are in the inbox`,
    );
}

function groupBy<T>(items: T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
