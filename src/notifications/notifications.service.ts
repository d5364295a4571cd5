import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { hashToken, sameHash } from '../crypto/tokens.js';
import { TenantCounts } from '../database/tenant-counts.js';
import { sharedLanes, TenantDb } from '../database/tenant-db.js';
import { WakeUp } from '../database/wake-up.js';
import { ApiError, notFound } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { readPage, toPage } from '../http/pagination.js';
import { registry } from '../metrics/registry.js';
import { linkNotification } from '../tracing/trace-work.js';
import { GatheredWrites } from './gathered-writes.js';
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
}

type Notification = z.infer<typeof yotiNotificationSchema>;

/** A session's own path. */
const PATH = /^[A-Za-z0-9_-]{22}$/;

interface NotificationRow {
  id: string;
  sessionId: string;
  topic: string;
  receivedAt: Date;
  duplicate: boolean;
  late: boolean;
}

/** A notification as it is written: digests as hex. */
interface Taken {
  path: string;
  token: string;
  session: string;
  id: string;
  topic: string;
  body: Notification;
}

// In the order of the paths: two of these at once take their sessions' locks in the same order.
const TAKE = `SELECT n.id, take_notification(decode(n.path, 'hex'), decode(n.token, 'hex'), n.session, n.id, n.topic, n.body) AS kind
  FROM (SELECT * FROM jsonb_to_recordset($1::jsonb)
          AS item (path text, token text, session uuid, id uuid, topic text, body jsonb) ORDER BY path, id) n`;

/** The inbox of Yoti's notifications. */
@Injectable()
export class NotificationsService {
  private readonly writes = new GatheredWrites<Taken, string | null>((items) => this.write(items));

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
    const notification = yotiNotificationSchema.safeParse(body);
    const kind = notification.success ? await this.take(path, authorization, notification.data) : null;
    if (kind === null) throw await this.refusalOf(path, authorization, notification.data);
    received.inc({ kind });
    this.wakeUp.wake('sessions');
    await linkNotification(this.db, hashToken(path));
  }

  /** Stores what is this path's notification, in one statement. @returns null for what isn't, and isn't stored */
  private async take(
    path: string,
    authorization: string | undefined,
    data: Notification,
  ): Promise<string | null> {
    if (!PATH.test(path)) return null;
    return this.writes.add({
      path: hashToken(path).toString('hex'),
      token: hashToken(bearerToken(authorization)).toString('hex'),
      session: data.session_id,
      id: uuidv7(),
      topic: data.topic,
      body: data,
    });
  }

  private async write(items: Taken[]): Promise<(string | null)[]> {
    const rows = await this.db.lookUp<{ id: string; kind: string | null }>(
      TAKE,
      [JSON.stringify(items)],
      sharedLanes.notifications,
    );
    const kinds = new Map(rows.map(({ id, kind }) => [id, kind]));
    return items.map(({ id }) => kinds.get(id) ?? null);
  }

  /** Why a notification was not taken. */
  private async refusalOf(
    path: string,
    authorization: string | undefined,
    data: Notification | undefined,
  ): Promise<ApiError> {
    const target = await this.findTarget(path);
    if (!target) {
      received.inc({ kind: 'forged' });
      return notFound();
    }
    if (!sameHash(hashToken(bearerToken(authorization)), target.token_hash)) {
      return this.forged(target.tenant_id, new ApiError('unauthenticated'));
    }
    if (!data) return new ApiError('invalid_request', 'This is not a notification.');
    // A notification may arrive before the creation's answer is stored; the path and token already tell whose it is.
    const other = new ApiError('invalid_request', 'The notification is about another session.');
    return this.forged(target.tenant_id, other);
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
    if (!PATH.test(path)) return undefined;
    const [target] = await this.db.lookUp<Target>(
      'SELECT * FROM find_notification_target($1)',
      [hashToken(path)],
      sharedLanes.refusedNotifications,
    );
    return target;
  }
}

/** Yoti sends the token as it was given; its documentation also speaks of base64, so both forms are read. */
function bearerToken(authorization: string | undefined): string {
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
  if (/^[A-Za-z0-9_-]{43}$/.test(token)) return token;
  return Buffer.from(token, 'base64').toString('utf8');
}
