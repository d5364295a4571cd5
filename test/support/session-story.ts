import { expectStatus, type TestTenant } from './factories.js';
import { eventually } from './app.js';
import type { KillableSite } from './killable-site.js';

/** Everything that became of a session, without what differs from one to the next. */
export interface SessionStory {
  session: Record<string, unknown>;
  reviews: Record<string, unknown>[];
  /** In order, with what became of their deliveries, and how many different bodies the receiver got under their id. */
  events: { sequence: number; name: string; deliveries: string[]; bodies: number }[];
  /** Actors and actions, sorted. */
  audit: string[];
}

const ALL_EVENTS = [
  'session.created',
  'session.started',
  'session.submitted',
  'session.completed',
  'session.decided',
  'session.failed',
  'review.opened',
  'review.decided',
];

/** Lets the tenant hear of everything about its sessions. @returns the path at the receiver */
export async function listen(site: KillableSite, tenant: TestTenant): Promise<string> {
  const path = `/${tenant.slug}`;
  const body = { url: site.receiver.at(path), events: ALL_EVENTS };
  expectStatus(await tenant.key.post('/v1/webhook-endpoints', body), 201);
  return path;
}

/** The session's story, once nothing is owed any more. */
export async function storyOf(site: KillableSite, tenant: TestTenant, id: string): Promise<SessionStory> {
  await eventually(async () => (await owed(site, tenant)).length === 0).catch(async () => {
    throw new Error(`still owed: ${JSON.stringify(await owed(site, tenant))}\n${site.server.output()}`);
  });
  const [session = {}] = await site.sql(
    `SELECT status, outcome, progress, decision->>'by' AS "decidedBy", failure_code AS "failureCode", sequence,
            next_sync_at AS "nextSyncAt", lease_until AS "leaseUntil", parked_reason AS "parkedReason"
       FROM sessions WHERE id = $1`,
    [id],
  );
  const reviews = await site.sql(
    `SELECT status, decision, reason_code AS "reasonCode" FROM reviews WHERE session_id = $1`,
    [id],
  );
  return { session, reviews, events: await eventsOf(site, id), audit: await auditOf(site, id) };
}

/** Deliveries that are not over, and what they wait for. */
function owed(site: KillableSite, tenant: TestTenant): Promise<Record<string, unknown>[]> {
  return site.sql(
    `SELECT e.name, d.attempts, d.work_attempts, d.called, d.next_attempt_at - now() AS "dueIn",
            d.lease_until - now() AS "leaseFor"
       FROM deliveries d JOIN events e ON e.tenant_id = d.tenant_id AND e.id = d.event_id
      WHERE d.tenant_id = $1 AND d.next_attempt_at IS NOT NULL`,
    [tenant.id],
  );
}

async function eventsOf(site: KillableSite, id: string): Promise<SessionStory['events']> {
  const rows = await site.sql<{ id: string; sequence: number; name: string; deliveries: string[] }>(
    `SELECT e.id, e.sequence, e.name,
            (SELECT coalesce(array_agg(d.status), '{}') FROM deliveries d WHERE d.event_id = e.id) AS deliveries
       FROM events e WHERE e.session_id = $1 ORDER BY e.sequence, e.id`,
    [id],
  );
  return rows.map(({ id: eventId, ...row }) => {
    const received = site.receiver.received.filter(({ headers }) => headers['webhook-id'] === eventId);
    return { ...row, bodies: new Set(received.map(({ text }) => text)).size };
  });
}

async function auditOf(site: KillableSite, id: string): Promise<string[]> {
  const rows = await site.sql<{ entry: string }>(
    `SELECT actor_type || ' ' || action AS entry FROM audit_entries WHERE session_id = $1 ORDER BY 1`,
    [id],
  );
  return rows.map(({ entry }) => entry);
}
