import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { TenantDb } from '../database/tenant-db.js';
import type { Caller } from '../http/caller.js';
import { readPage, toPage } from '../http/pagination.js';
import type { auditQuerySchema, eventQuerySchema } from './audit.schemas.js';
import { AuditEntry, EventRow } from './audit.entity.js';

/** Reads the trail and the event feed. Newest audit entries first; events oldest first, so that a reader can follow. */
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
      if (query.from) select.andWhere('a.at >= :from', { from: query.from });
      if (query.to) select.andWhere('a.at < :to', { to: query.to });
      return toPage(await select.getMany(), limit, toEntry);
    });
  }

  async listEvents({ tenantId }: Caller, query: z.infer<typeof eventQuerySchema>) {
    const { limit, afterId } = readPage(query);
    return this.db.run(tenantId, async (em) => {
      const select = em
        .createQueryBuilder(EventRow, 'e')
        .where('e.tenantId = :tenantId', { tenantId })
        .orderBy('e.id', 'ASC')
        .limit(limit + 1);
      if (afterId) select.andWhere('e.id > :afterId', { afterId });
      if (query.type) select.andWhere('e.name = :type', { type: query.type });
      if (query.sessionId) select.andWhere('e.sessionId = :sessionId', { sessionId: query.sessionId });
      return toPage(await select.getMany(), limit, toEvent);
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
export function toEvent(row: EventRow) {
  return { id: row.id, type: row.name, timestamp: row.createdAt.toISOString(), data: row.payload };
}
