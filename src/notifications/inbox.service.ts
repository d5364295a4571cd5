import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { Events } from '../audit/events.service.js';
import {
  countParked,
  listParked,
  parkedKinds,
  readQueue,
  replayParked,
  type ParkedKind,
  type ParkedRow,
  type QueueRow,
} from '../database/parked-work.js';
import { CLOCKS_DIFFER_MS, firstIdAt } from '../database/time-ids.js';
import type { CountKind } from '../database/tenant-counts.js';
import { TenantDb } from '../database/tenant-db.js';
import { WakeUp } from '../database/wake-up.js';
import { ApiError, notFound } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { Idempotency, type IdempotentRequest } from '../http/idempotency.js';
import type { inboxQuerySchema, replaySchema } from './inbox.schemas.js';

const DAY_MS = 24 * 60 * 60_000;
const LONGEST_PERIOD_MS = 31 * DAY_MS;
const SHOWN = 100;

interface Period {
  from: Date;
  to: Date;
}

/** How the inbox and the work behind it are doing, and taking up again what was parked. */
@Injectable()
export class InboxService {
  constructor(
    private readonly db: TenantDb,
    private readonly events: Events,
    private readonly idempotency: Idempotency,
    private readonly wakeUp: WakeUp,
  ) {}

  /** @throws ApiError invalid_request for a period that is too long */
  async get({ tenantId }: Caller, query: z.infer<typeof inboxQuerySchema>) {
    const period = periodOf(query);
    return this.db.run(tenantId, async (em) => {
      const [notifications, counts] = await Promise.all([
        countNotifications(em, tenantId, period),
        sumCounts(em, tenantId, period),
      ]);
      const queues: QueueRow[] = [];
      const parked: ParkedRow[] = [];
      let count = 0;
      for (const kind of parkedKinds) {
        queues.push(await readQueue(em, tenantId, kind));
        parked.push(...(await listParked(em, tenantId, kind, SHOWN)));
        count += await countParked(em, tenantId, kind);
      }
      return {
        from: period.from.toISOString(),
        to: period.to.toISOString(),
        notifications: { ...notifications, forged: counts.get('notification_forged') ?? 0 },
        foundWithoutNotification: counts.get('found_without_notification') ?? 0,
        queues: queues.map((queue) => ({ ...queue, oldestDueAt: queue.oldestDueAt?.toISOString() ?? null })),
        parked: {
          count,
          items: parked.map((row) => ({ ...row, parkedAt: row.parkedAt?.toISOString() ?? null })),
        },
      };
    });
  }

  /**
   * Makes parked work due now: one, or all of a kind.
   *
   * @throws ApiError not_found when the one isn't parked; conflict for a delivery whose endpoint takes nothing
   */
  async replay(
    caller: Caller,
    idempotent: IdempotentRequest | null,
    { kind, id }: z.infer<typeof replaySchema>,
  ) {
    const { tenantId } = caller;
    const answer = await this.idempotency.run(tenantId, idempotent, async (em) => {
      const rows = await replayParked(em, tenantId, kind, id ?? null);
      if (id !== undefined && rows.length === 0) {
        // Looked at afterwards: somebody else may have replayed it at the same time.
        const isParked = kind === 'deliveries' && (await countParked(em, tenantId, kind, id)) > 0;
        if (!isParked) throw notFound();
        throw new ApiError('conflict', 'The endpoint is disabled. Enable it first.');
      }
      for (const row of rows) await this.audit(em, caller, kind, row);
      return { replayed: rows.length, remaining: await countParked(em, tenantId, kind) };
    });
    this.wakeUp.wake(kind);
    return answer;
  }

  private async audit(
    em: EntityManager,
    { tenantId, actor }: Caller,
    kind: ParkedKind,
    { id, sessionId }: { id: string; sessionId: string | null },
  ): Promise<void> {
    const type = kind === 'sessions' ? 'session' : 'delivery';
    const object = { type, id, sessionId: sessionId ?? undefined } as const;
    await this.events.audit(em, tenantId, `${type}.replayed`, { actor, object });
  }
}

/** @throws ApiError invalid_request */
function periodOf(query: z.infer<typeof inboxQuerySchema>): Period {
  const to = query.to === undefined ? new Date() : new Date(query.to);
  const from = query.from === undefined ? new Date(to.getTime() - DAY_MS) : new Date(query.from);
  if (to.getTime() - from.getTime() > LONGEST_PERIOD_MS) {
    throw new ApiError('invalid_request', 'The period is longer than 31 days.', {
      errors: [{ path: 'from', message: 'At most 31 days before the end of the period.' }],
    });
  }
  return { from, to };
}

/** Reads only the ids of the period: they begin with their time. */
async function countNotifications(em: EntityManager, tenantId: string, { from, to }: Period) {
  const [row] = await em.query<{ received: number; duplicates: number; late: number }[]>(
    `SELECT count(*)::int AS received, count(*) FILTER (WHERE duplicate)::int AS duplicates,
            count(*) FILTER (WHERE late)::int AS late
       FROM notifications
      WHERE tenant_id = $1 AND received_at >= $2 AND received_at < $3 AND id >= $4 AND id < $5`,
    [
      tenantId,
      from,
      to,
      firstIdAt(from.getTime() - CLOCKS_DIFFER_MS),
      firstIdAt(to.getTime() + CLOCKS_DIFFER_MS),
    ],
  );
  return { received: 0, duplicates: 0, late: 0, ...row };
}

async function sumCounts(em: EntityManager, tenantId: string, { from, to }: Period) {
  const rows = await em.query<{ kind: CountKind; count: number }[]>(
    `SELECT kind, sum(count)::float8 AS count FROM tenant_counts
      WHERE tenant_id = $1 AND hour >= date_trunc('hour', $2::timestamptz, 'UTC') AND hour < $3 GROUP BY kind`,
    [tenantId, from, to],
  );
  return new Map(rows.map(({ kind, count }) => [kind, count]));
}
