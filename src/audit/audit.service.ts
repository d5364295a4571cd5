import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { TenantDb } from '../database/tenant-db.js';
import { CLOCKS_DIFFER_MS, firstIdAt } from '../database/time-ids.js';
import type { Caller } from '../http/caller.js';
import { readPage, toFeedPage, toPage } from '../http/pagination.js';
import type { auditQuerySchema, eventQuerySchema } from './audit.schemas.js';
import { AuditEntry } from './audit.entity.js';
import { readFeed, type FeedEvent } from './event-feed.js';

/** Reads the trail and the event feed. Newest audit entries first; events in the order in which they can be followed. */
@Injectable()
export class AuditService {
  constructor(private readonly db: TenantDb) {}

  async listEntries({ tenantId }: Caller, query: z.infer<typeof auditQuerySchema>) {
    const { limit, afterId } = readPage(query);
    return this.db.run(tenantId, async (em) => {
      const select = em
        .createQueryBuilder(AuditEntry, 'a')
        .where('a.tenantId = :tenantId', { tenantId })
        .orderBy('a.id', 'DESC')
        .limit(limit + 1);
      if (afterId) select.andWhere('a.id < :afterId', { afterId });
      for (const field of ['action', 'actorId', 'objectId', 'sessionId'] as const) {
        if (query[field] !== undefined) select.andWhere(`a.${field} = :${field}`, { [field]: query[field] });
      }
      // The ids' times bound how much of the trail is walked through.
      if (query.from) {
        const fromId = firstIdAt(Date.parse(query.from) - CLOCKS_DIFFER_MS);
        select.andWhere('a.at >= :from AND a.id >= :fromId', { from: query.from, fromId });
      }
      if (query.to) {
        const toId = firstIdAt(Date.parse(query.to) + CLOCKS_DIFFER_MS);
        select.andWhere('a.at < :to AND a.id < :toId', { to: query.to, toId });
      }
      return toPage(await select.getMany(), limit, toEntry);
    });
  }

  async listEvents({ tenantId }: Caller, query: z.infer<typeof eventQuerySchema>) {
    const page = readPage(query);
    return this.db.run(tenantId, async (em) => {
      const { events, lastId } = await readFeed(em, tenantId, page, query);
      return toFeedPage(events, lastId, toEvent);
    });
  }
}

export function toEntry(row: AuditEntry) {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: { type: row.actorType, id: row.actorId },
    action: row.action,
    object: { type: row.objectType, id: row.objectId },
    sessionId: row.sessionId,
    requestId: row.requestId,
    details: row.details,
  };
}

/** The event as webhooks and the feed show it. */
export function toEvent(row: FeedEvent) {
  return { id: row.id, type: row.name, timestamp: row.createdAt.toISOString(), data: row.payload };
}
