import { Injectable } from '@nestjs/common';
import { LessThanOrEqual, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { EventRow } from '../audit/audit.entity.js';
import { toEvent } from '../audit/audit.service.js';
import { Events } from '../audit/events.service.js';
import { TenantDb } from '../database/tenant-db.js';
import { WakeUp } from '../database/wake-up.js';
import { ApiError, notFound } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { Idempotency, type IdempotentRequest } from '../http/idempotency.js';
import { readPage, toPage } from '../http/pagination.js';
import { currentTraceparent } from '../tracing/tracing.js';
import { findEndpoint, takingEndpoint } from './endpoint.view.js';
import { Delivery, DeliveryAttempt } from './webhook.entity.js';
import type { deliveryQuerySchema } from './webhook.schemas.js';

const SHOWN_ATTEMPTS = 100;
const NOT_DELIVERED = `d.status IN ('failed', 'cancelled')`;

type DeliveryOfEvent = Delivery & { event: EventRow };

/** What was and will be sent, and sending it again. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly db: TenantDb,
    private readonly idempotency: Idempotency,
    private readonly events: Events,
    private readonly wakeUp: WakeUp,
  ) {}

  async list({ tenantId }: Caller, query: z.infer<typeof deliveryQuerySchema>) {
    const { limit, afterId } = readPage(query);
    const { sessionId } = query;
    return this.db.run(tenantId, async (em) => {
      const select = selectDeliveries(em, tenantId)
        .orderBy('d.id', 'DESC')
        .limit(limit + 1);
      if (afterId) select.andWhere('d.id < :afterId', { afterId });
      for (const field of ['endpointId', 'status', 'eventId'] as const) {
        if (query[field] !== undefined) select.andWhere(`d.${field} = :${field}`, { [field]: query[field] });
      }
      // What both statuses have in common, in so many words: the index is taken by a prepared plan too.
      if (query.status === 'failed' || query.status === 'cancelled') select.andWhere(NOT_DELIVERED);
      if (sessionId) select.andWhere('e.sessionId = :sessionId', { sessionId });
      return toPage((await select.getMany()) as DeliveryOfEvent[], limit, toDelivery);
    });
  }

  /** @throws ApiError not_found */
  async get({ tenantId }: Caller, id: string) {
    return this.db.run(tenantId, async (em) => {
      const delivery = await findDelivery(em, tenantId, id);
      const attempts = await em.find(DeliveryAttempt, {
        // An attempt that ends between the two reads is left to the next look: count and list agree.
        where: { tenantId, deliveryId: id, attempt: LessThanOrEqual(delivery.attempts) },
        order: { attempt: 'DESC' },
        take: SHOWN_ATTEMPTS,
      });
      return {
        ...toDelivery(delivery),
        attempts: attempts.toReversed().map(toAttempt),
        payload: toEvent(delivery.event),
      };
    });
  }

  /**
   * Makes a delivery due now. One that is being sent at the moment goes on as it is. What is tried before its time costs
   * no attempt of the schedule, but for the second one, which has waited for seconds only.
   *
   * @throws ApiError not_found; conflict for a cancelled delivery, and when the endpoint takes nothing
   */
  async retry({ tenantId, actor }: Caller, id: string, idem: IdempotentRequest | null) {
    const delivery = await this.idempotency.run(tenantId, idem, async (em) => {
      const { endpointId, status, event } = await findDelivery(em, tenantId, id);
      takingEndpoint(await findEndpoint(em, tenantId, endpointId));
      if (status === 'cancelled') throw new ApiError('conflict', 'A cancelled delivery is not sent again.');
      await em.query(
        `UPDATE deliveries SET status = 'pending', next_attempt_at = now(), finished_at = NULL, parked_reason = NULL,
                work_attempts = 0,
                attempts_before = attempts_before + (
                  status = 'pending' AND next_attempt_at > now() AND attempts > attempts_before + 1
                  AND (lease_until IS NULL OR lease_until <= now()))::int
          WHERE tenant_id = $1 AND id = $2 AND status <> 'cancelled'`,
        [tenantId, id],
      );
      await endPause(em, tenantId, endpointId);
      const object = { type: 'delivery', id, sessionId: event.sessionId ?? undefined } as const;
      await this.events.audit(em, tenantId, 'delivery.retried', { actor, object, details: { endpointId } });
      return toDelivery(await findDelivery(em, tenantId, id));
    });
    this.wakeUp.wake('deliveries');
    return delivery;
  }

  /** Publishes a test to one endpoint, and to no other. @throws ApiError not_found, conflict */
  async test({ tenantId, actor }: Caller, endpointId: string, idem: IdempotentRequest | null) {
    const delivery = await this.idempotency.run(tenantId, idem, async (em) => {
      takingEndpoint(await findEndpoint(em, tenantId, endpointId));
      const [id, eventId] = [uuidv7(), uuidv7()];
      const event = { name: 'endpoint.test', payload: { endpointId } } as const;
      await em.insert(EventRow, { tenantId, id: eventId, traceContext: currentTraceparent(), ...event });
      await em.insert(Delivery, { tenantId, id, endpointId, eventId, nextAttemptAt: () => 'now()' });
      await endPause(em, tenantId, endpointId);
      const object = { type: 'webhook_endpoint', id: endpointId } as const;
      await this.events.audit(em, tenantId, 'endpoint.test', { actor, object, details: { deliveryId: id } });
      return toDelivery(await findDelivery(em, tenantId, id));
    });
    this.wakeUp.wake('deliveries');
    return delivery;
  }
}

/** Somebody wants to see what happens now: that tries an endpoint that is being left alone. */
async function endPause(em: EntityManager, tenantId: string, endpointId: string): Promise<void> {
  await em.query(
    'UPDATE webhook_endpoints SET paused_until = NULL WHERE tenant_id = $1 AND id = $2 AND paused_until IS NOT NULL',
    [tenantId, endpointId],
  );
}

const selectDeliveries = (em: EntityManager, tenantId: string) =>
  em
    .createQueryBuilder(Delivery, 'd')
    .innerJoinAndMapOne('d.event', EventRow, 'e', 'e.tenantId = d.tenantId AND e.id = d.eventId')
    .where('d.tenantId = :tenantId', { tenantId });

/** @throws ApiError not_found */
async function findDelivery(em: EntityManager, tenantId: string, id: string): Promise<DeliveryOfEvent> {
  const delivery = await selectDeliveries(em, tenantId).andWhere('d.id = :id', { id }).getOne();
  if (!delivery) throw notFound();
  return delivery as DeliveryOfEvent;
}

function toDelivery(row: DeliveryOfEvent) {
  return {
    id: row.id,
    endpointId: row.endpointId,
    eventId: row.eventId,
    eventType: row.event.name,
    sessionId: row.event.sessionId,
    status: row.status,
    attemptCount: row.attempts,
    nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
    parkedReason: row.parkedReason,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

function toAttempt({
  attempt,
  startedAt,
  durationMs,
  statusCode,
  errorClass,
  responseExcerpt,
}: DeliveryAttempt) {
  return { attempt, startedAt: startedAt.toISOString(), durationMs, statusCode, errorClass, responseExcerpt };
}
