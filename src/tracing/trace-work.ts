import { type SpanContext, SpanKind, trace } from '@opentelemetry/api';
import type { Lease } from '../database/due-work.js';
import { sharedLanes, type TenantDb } from '../database/tenant-db.js';
import type { WorkKind } from '../database/wake-up.js';
import { parseTraceparent } from './traceparent.js';
import { inSpan, isTracing } from './tracing.js';

/** A row of a tenant's. */
type Owner = Pick<Lease, 'tenantId' | 'id'>;

interface StoredTraces {
  /** The trace of what made the work due. */
  cause: string | null;
  /** The trace of the request that created the session. */
  session: string | null;
}

const SESSION = 'SELECT trace_context AS cause, trace_context AS session FROM sessions';

/** Where the traces are kept that a kind of work continues; other kinds begin one. */
const STORED: Partial<Record<WorkKind, string>> = {
  sessions: `${SESSION} WHERE tenant_id = $1 AND id = $2`,
  deliveries: `SELECT e.trace_context AS cause, s.trace_context AS session FROM deliveries d
      JOIN events e ON e.tenant_id = d.tenant_id AND e.id = d.event_id
      LEFT JOIN sessions s ON s.tenant_id = e.tenant_id AND s.id = e.session_id
     WHERE d.tenant_id = $1 AND d.id = $2`,
  emails: `${SESSION} WHERE tenant_id = $1
       AND id = (SELECT e.session_id FROM emails e WHERE e.tenant_id = $1 AND e.id = $2)`,
};

/**
 * Runs one row's work in a span that continues the trace of what made it due. What came of another request than the
 * session's creation, such as a review, is linked to the session's trace.
 */
export async function traceWork(
  db: TenantDb,
  kind: WorkKind,
  lease: Lease,
  work: () => Promise<void>,
): Promise<void> {
  if (!isTracing()) return work();
  const { cause, session } = await storedTraces(db, kind, lease);
  return inSpan(
    {
      name: `work ${kind}`,
      kind: SpanKind.CONSUMER,
      attributes: {
        'countersign.work.kind': kind,
        'countersign.work.attempt': lease.attempts,
        'countersign.work.id': lease.id,
        'countersign.tenant.id': lease.tenantId,
      },
      parent: cause ?? session,
      links: cause && session && cause.traceId !== session.traceId ? [session] : [],
    },
    work,
  );
}

/**
 * Links the running span, which is a notification's, to the trace of its session.
 *
 * @param pathHash hash of the session's own notification path
 */
export async function linkNotification(db: TenantDb, pathHash: Buffer): Promise<void> {
  if (!isTracing()) return;
  const [target] = await db
    .lookUp<Owner>(
      'SELECT tenant_id AS "tenantId", id FROM find_notification_target($1)',
      [pathHash],
      sharedLanes.notifications,
    )
    .catch(() => []);
  const session = target && (await storedTraces(db, 'sessions', target)).session;
  if (session) trace.getActiveSpan()?.addLink({ context: session });
}

/** Nothing is known when the database is away, which is the work's to find out. */
async function storedTraces(
  db: TenantDb,
  kind: WorkKind,
  { tenantId, id }: Owner,
): Promise<Record<keyof StoredTraces, SpanContext | null>> {
  const sql = STORED[kind];
  const rows = sql
    ? await db.run(tenantId, (em) => em.query<StoredTraces[]>(sql, [tenantId, id])).catch(() => [])
    : [];
  return { cause: parseTraceparent(rows[0]?.cause), session: parseTraceparent(rows[0]?.session) };
}
