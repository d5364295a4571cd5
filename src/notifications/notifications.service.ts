import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { hashToken, sameHash } from '../crypto/tokens.js';
import { TenantCounts } from '../database/tenant-counts.js';
import { TenantDb } from '../database/tenant-db.js';
import { WakeUp } from '../database/wake-up.js';
import { ApiError, notFound } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { readPage, toPage } from '../http/pagination.js';
import { registry } from '../metrics/registry.js';
import { linkNotification } from '../tracing/trace-work.js';
import { yotiNotificationSchema, type notificationQuerySchema } from './notification.schemas.js';

const received = new Counter({
  name: 'countersign_notifications_total',
  help: 'Notifications at the inbox: received, a duplicate of one, late (its session had closed) or forged (refused)',
  labelNames: ['kind'] as const,
  registers: [registry],
});

interface Target {
  tenant_id: string;
  id: string;
  token_hash: Buffer;
  yoti_session_id: string | null;
}

interface NotificationRow {
  id: string;
  sessionId: string;
  topic: string;
  receivedAt: Date;
  duplicate: boolean;
  late: boolean;
}

/** The inbox of Yoti's notifications. */
@Injectable()
export class NotificationsService {
  constructor(
    private readonly db: TenantDb,
    private readonly wakeUp: WakeUp,
    private readonly counts: TenantCounts,
  ) {}

  /**
   * Stores a notification and makes its session due, in one durable write; the worker does the rest.
   *
   * @param path the session's own opaque path
   * @param authorization the header, with the session's own token
   * @throws ApiError not_found for an unknown path, unauthenticated for a wrong token, invalid_request for a body that
   *   is no notification of this session
   */
  async receive(path: string, authorization: string | undefined, body: unknown): Promise<void> {
    const target = await this.findTarget(path);
    if (!target) {
      received.inc({ kind: 'forged' });
      throw notFound();
    }
    const { tenant_id: tenantId, id } = target;
    if (!sameHash(hashToken(bearerToken(authorization)), target.token_hash)) {
      throw this.forged(tenantId, new ApiError('unauthenticated'));
    }
    const notification = yotiNotificationSchema.safeParse(body);
    if (!notification.success) throw new ApiError('invalid_request', 'This is not a notification.');
    const { session_id: yotiSessionId, topic } = notification.data;
    // A notification may arrive before the creation's answer is stored; the path and token already tell whose it is.
    if (target.yoti_session_id !== null && target.yoti_session_id !== yotiSessionId.toLowerCase()) {
      const other = new ApiError('invalid_request', 'The notification is about another session.');
      throw this.forged(tenantId, other);
    }
    const [stored] = await this.db.run(tenantId, (em) =>
      em.query<{ kind: string }[]>('SELECT receive_notification($1, $2, $3, $4, $5) AS kind', [
        tenantId,
        id,
        uuidv7(),
        topic,
        notification.data,
      ]),
    );
    received.inc({ kind: stored?.kind });
    this.wakeUp.wake('sessions');
    await linkNotification(this.db, hashToken(path));
  }

  private forged(tenantId: string, error: ApiError): ApiError {
    received.inc({ kind: 'forged' });
    this.counts.add(tenantId, 'notification_forged');
    return error;
  }

  async list({ tenantId }: Caller, query: z.infer<typeof notificationQuerySchema>) {
    const { limit, afterId } = readPage(query);
    return this.db.run(tenantId, async (em) => {
      const rows = await em.query<NotificationRow[]>(
        `SELECT id, session_id AS "sessionId", topic, received_at AS "receivedAt", duplicate, late
           FROM notifications
          WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2) AND ($3::uuid IS NULL OR session_id = $3)
          ORDER BY id DESC LIMIT $4`,
        [tenantId, afterId, query.sessionId ?? null, limit + 1],
      );
      return toPage(rows, limit, (row) => ({ ...row, receivedAt: row.receivedAt.toISOString() }));
    });
  }

  private async findTarget(path: string): Promise<Target | undefined> {
    if (!/^[A-Za-z0-9_-]{22}$/.test(path)) return undefined;
    const [target] = await this.db.lookUp<Target>('SELECT * FROM find_notification_target($1)', [
      hashToken(path),
    ]);
    return target;
  }
}

/** Yoti sends the token as it was given; its documentation also speaks of base64, so both forms are read. */
function bearerToken(authorization: string | undefined): string {
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
  if (/^[A-Za-z0-9_-]{43}$/.test(token)) return token;
  return Buffer.from(token, 'base64').toString('utf8');
}
