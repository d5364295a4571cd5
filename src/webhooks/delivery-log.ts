import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventRow } from '../audit/audit.entity.js';
import { Events } from '../audit/events.service.js';
import { holdLease, type Lease } from '../database/due-work.js';
import { TenantDb } from '../database/tenant-db.js';
import { SYSTEM } from '../http/caller.js';
import type { AttemptResult } from './webhook-client.js';
import { Delivery, DeliveryAttempt, WebhookEndpoint } from './webhook.entity.js';
import { nextAttemptIn } from './webhook.schedule.js';

const GONE = 410;

/** What is sent, to whom. */
export interface Outgoing {
  endpoint: WebhookEndpoint;
  event: EventRow;
}

/** Ends of a lease on a delivery. */
interface Outcome {
  status: Delivery['status'];
  /** Attempts whose result is known. */
  attempts: number;
  /** When it is due again; null when it is finished. */
  nextInSeconds: number | null;
  parkedReason?: string;
}

/** What the sender reads and writes about deliveries. Everything it writes ends with "still my lease". */
@Injectable()
export class DeliveryLog {
  constructor(
    private readonly db: TenantDb,
    private readonly events: Events,
  ) {}

  /** What is to be sent; null when the endpoint takes nothing any more: then the delivery has been cancelled. */
  async load(lease: Lease): Promise<Outgoing | null> {
    const { tenantId } = lease;
    return this.db.run(tenantId, async (em) => {
      const { endpointId, eventId, attempts } = await em.findOneByOrFail(Delivery, {
        tenantId,
        id: lease.id,
      });
      const endpoint = await em.findOneByOrFail(WebhookEndpoint, { tenantId, id: endpointId });
      if (endpoint.status === 'enabled' && endpoint.deletedAt === null) {
        return { endpoint, event: await em.findOneByOrFail(EventRow, { tenantId, id: eventId }) };
      }
      await holdLease(em, 'deliveries', lease);
      await finishLease(em, lease, { status: 'cancelled', attempts, nextInSeconds: null });
      return null;
    });
  }

  /** Stores an attempt and what follows from it. A receiver that is gone is sent nothing more. */
  async record(lease: Lease, { endpoint }: Outgoing, result: AttemptResult): Promise<void> {
    const { tenantId } = lease;
    const { retryAfterSeconds, ...stored } = result;
    await this.db.run(tenantId, async (em) => {
      await holdLease(em, 'deliveries', lease);
      const before = await em.findOneByOrFail(Delivery, { tenantId, id: lease.id });
      const attempts = before.attempts + 1;
      await em.insert(DeliveryAttempt, { tenantId, deliveryId: lease.id, attempt: attempts, ...stored });
      if (result.errorClass === null) {
        await finishLease(em, lease, { status: 'delivered', attempts, nextInSeconds: null });
      } else if (result.statusCode === GONE) {
        await finishLease(em, lease, { status: 'failed', attempts, nextInSeconds: null });
        await this.disableGone(em, endpoint);
      } else {
        const timedOut = result.errorClass === 'timeout';
        const failure = { attempts, statusCode: result.statusCode, timedOut, retryAfterSeconds };
        const nextInSeconds = nextAttemptIn(failure, Math.random());
        const status = nextInSeconds === null ? 'failed' : 'pending';
        await finishLease(em, lease, { status, attempts, nextInSeconds });
      }
    });
  }

  /**
   * Gives the lease back without an attempt.
   *
   * @param claims how many claims in a row have now come to nothing
   */
  async putOff(lease: Lease, seconds: number, claims: number): Promise<void> {
    await this.db.run(lease.tenantId, async (em) => {
      await em.query(
        `UPDATE deliveries
            SET next_attempt_at = now() + make_interval(secs => $4), lease_token = NULL, lease_until = NULL,
                work_attempts = $5
          WHERE tenant_id = $1 AND id = $2 AND lease_token = $3`,
        [lease.tenantId, lease.id, lease.token, seconds, claims],
      );
    });
  }

  /** Ends a delivery that can't even be tried, and says why. */
  async park(lease: Lease, parkedReason: string): Promise<void> {
    const { tenantId } = lease;
    await this.db.run(tenantId, async (em) => {
      await holdLease(em, 'deliveries', lease);
      const { attempts } = await em.findOneByOrFail(Delivery, { tenantId, id: lease.id });
      await finishLease(em, lease, { status: 'failed', attempts, nextInSeconds: null, parkedReason });
    });
  }

  private async disableGone(em: EntityManager, { tenantId, id }: WebhookEndpoint): Promise<void> {
    const [, changed] = await em.query<[unknown[], number]>(
      `UPDATE webhook_endpoints
          SET status = 'disabled', disabled_reason = 'gone', version = version + 1, updated_at = now()
        WHERE tenant_id = $1 AND id = $2 AND status = 'enabled' AND deleted_at IS NULL`,
      [tenantId, id],
    );
    if (changed === 0) return;
    await cancelPending(em, tenantId, id);
    const object = { type: 'webhook_endpoint', id } as const;
    await this.events.audit(em, tenantId, 'webhook_endpoint.disabled', {
      actor: SYSTEM,
      object,
      details: { reason: 'gone' },
    });
  }
}

/**
 * Cancels what an endpoint is still owed. What is being sent right now isn't waited for: it is cancelled when it comes
 * up again.
 */
export async function cancelPending(em: EntityManager, tenantId: string, endpointId: string): Promise<void> {
  await em.query(
    `UPDATE deliveries SET status = 'cancelled', next_attempt_at = NULL, finished_at = now()
      WHERE tenant_id = $1 AND endpoint_id = $2 AND status = 'pending' AND (lease_until IS NULL OR lease_until <= now())`,
    [tenantId, endpointId],
  );
}

async function finishLease(em: EntityManager, lease: Lease, outcome: Outcome): Promise<void> {
  await em.query(
    `UPDATE deliveries
        SET status = $3, attempts = $4, next_attempt_at = now() + make_interval(secs => $5::double precision),
            finished_at = CASE WHEN $3 = 'pending' THEN NULL ELSE now() END, parked_reason = $6,
            lease_token = NULL, lease_until = NULL, work_attempts = 0
      WHERE tenant_id = $1 AND id = $2`,
    [
      lease.tenantId,
      lease.id,
      outcome.status,
      outcome.attempts,
      outcome.nextInSeconds,
      outcome.parkedReason ?? null,
    ],
  );
}
