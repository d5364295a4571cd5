import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventRow } from '../audit/audit.entity.js';
import { holdLease, type Lease } from '../database/due-work.js';
import { TenantDb } from '../database/tenant-db.js';
import { finishLease, putOffDue, putOffLease, pullForward } from './due-deliveries.js';
import { EndpointTrouble } from './endpoint-trouble.js';
import { oweEvents } from './owed-events.js';
import type { AttemptResult } from './webhook-client.js';
import { Delivery, DeliveryAttempt, RetiringSecret, WebhookEndpoint } from './webhook.entity.js';
import { nextAttemptIn } from './webhook.schedule.js';

const GONE = 410;

/** What is sent, to whom. */
export interface Outgoing {
  endpoint: WebhookEndpoint;
  event: EventRow;
  /** Every secret that signs now, sealed; the newest first. */
  secrets: Buffer[];
}

/** What the sender reads and writes about deliveries. Everything it writes ends with "still my lease". */
@Injectable()
export class DeliveryLog {
  constructor(
    private readonly db: TenantDb,
    private readonly trouble: EndpointTrouble,
  ) {}

  /**
   * What is to be sent; null when nothing is: the delivery has been cancelled because its endpoint takes nothing any
   * more, or put off to the end of the endpoint's pause.
   */
  async load(lease: Lease): Promise<Outgoing | null> {
    const { tenantId } = lease;
    return this.db.run(tenantId, async (em) => {
      const { endpointId, eventId, attempts } = await em.findOneByOrFail(Delivery, {
        tenantId,
        id: lease.id,
      });
      let endpoint = await em.findOneByOrFail(WebhookEndpoint, { tenantId, id: endpointId });
      if (!takesEvents(endpoint)) {
        await holdLease(em, 'deliveries', lease);
        // Who enables it meanwhile either finds the delivery cancelled, or is waited for here.
        endpoint = await em.findOneOrFail(WebhookEndpoint, {
          where: { tenantId, id: endpointId },
          lock: { mode: 'pessimistic_read' },
        });
      }
      if (!takesEvents(endpoint)) {
        await finishLease(em, lease, { status: 'cancelled', attempts, nextInSeconds: null });
        return null;
      }
      const pauseSeconds = endpoint.pausedUntil && (await secondsUntil(em, endpoint.pausedUntil));
      if (pauseSeconds !== null && pauseSeconds > 0) {
        await putOffLease(em, lease, pauseSeconds, lease.attempts - 1);
        return null;
      }
      const event = await em.findOneByOrFail(EventRow, { tenantId, id: eventId });
      return { endpoint, event, secrets: await secretsOf(em, endpoint) };
    });
  }

  /**
   * Stores an attempt and what follows from it for the delivery and for the endpoint.
   *
   * @returns whether more deliveries are due now
   */
  async record(lease: Lease, { endpoint }: Outgoing, result: AttemptResult): Promise<boolean> {
    const { tenantId } = lease;
    const { retryAfterSeconds: _, ...stored } = result;
    return this.db.run(tenantId, async (em) => {
      await holdLease(em, 'deliveries', lease);
      const before = await em.findOneByOrFail(Delivery, { tenantId, id: lease.id });
      const attempts = before.attempts + 1;
      await em.insert(DeliveryAttempt, { tenantId, deliveryId: lease.id, attempt: attempts, ...stored });
      const delivered = result.errorClass === null;
      const nextInSeconds = delivered ? null : nextAfter(result, attempts - before.attemptsBefore);
      const ended = delivered ? 'delivered' : 'failed';
      await finishLease(em, lease, {
        status: nextInSeconds === null ? ended : 'pending',
        attempts,
        nextInSeconds,
      });
      if (delivered) await this.trouble.end(em, endpoint);
      const told = !delivered && (await this.trouble.count(em, endpoint, result.statusCode === GONE));
      const more = nextInSeconds === null && (await continueReplay(em, endpoint));
      return told || more;
    });
  }

  /**
   * Gives the lease back without an attempt.
   *
   * @param claims how many claims in a row have now come to nothing
   */
  async putOff(lease: Lease, seconds: number, claims: number): Promise<void> {
    await this.db.run(lease.tenantId, (em) => putOffLease(em, lease, seconds, claims));
  }

  /** Gives the lease back because the endpoint is sent as much as it may be, and puts off what else is due to it. */
  async putOffCrowd(lease: Lease, endpointId: string, seconds: number): Promise<void> {
    await this.db.run(lease.tenantId, async (em) => {
      await putOffLease(em, lease, seconds, lease.attempts - 1);
      await putOffDue(em, lease.tenantId, endpointId);
    });
  }

  /** Makes some of those due that were put off for want of a place. @returns how many */
  async pullForward({ tenantId, id }: WebhookEndpoint, most: number): Promise<number> {
    return this.db.run(tenantId, (em) => pullForward(em, tenantId, id, most));
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
}

const takesEvents = ({ status, deletedAt }: WebhookEndpoint): boolean =>
  status === 'enabled' && deletedAt === null;

/** Seconds until the next attempt, null when there is none. */
function nextAfter({ statusCode, errorClass, retryAfterSeconds }: AttemptResult, attempts: number) {
  if (statusCode === GONE) return null;
  const timedOut = errorClass === 'timeout';
  return nextAttemptIn({ attempts, statusCode, timedOut, retryAfterSeconds }, Math.random());
}

/** By the database's clock. */
async function secondsUntil(em: EntityManager, time: Date): Promise<number> {
  const [row] = await em.query<{ seconds: number }[]>(
    'SELECT extract(epoch FROM $1::timestamptz - now())::double precision AS seconds',
    [time],
  );
  return row?.seconds ?? 0;
}

async function secretsOf(em: EntityManager, { tenantId, id, secret }: WebhookEndpoint): Promise<Buffer[]> {
  const older = await em
    .createQueryBuilder(RetiringSecret, 's')
    .where('s.tenantId = :tenantId AND s.endpointId = :id AND s.endsAt > now()', { tenantId, id })
    .orderBy('s.id', 'DESC')
    .getMany();
  return [secret, ...older.map((each) => each.secret)];
}

/**
 * An endpoint that was enabled again gets what it has missed batch by batch: the last delivery of one to end makes the
 * next one due.
 *
 * @returns whether it did
 */
async function continueReplay(em: EntityManager, { tenantId, id }: WebhookEndpoint): Promise<boolean> {
  const endpoint = await em
    .createQueryBuilder(WebhookEndpoint, 'w')
    .setLock('pessimistic_write')
    .where(`w.tenantId = :tenantId AND w.id = :id AND w.replayFrom IS NOT NULL AND w.status = 'enabled'`, {
      tenantId,
      id,
    })
    .getOne();
  if (!endpoint?.replayFrom) return false;
  const pending = await em.query<unknown[]>(
    'SELECT 1 FROM deliveries WHERE tenant_id = $1 AND endpoint_id = $2 AND next_attempt_at IS NOT NULL LIMIT 1',
    [tenantId, id],
  );
  if (pending.length > 0) return false;
  const { events: types, replayFrom: from } = endpoint;
  const { count, next } = await oweEvents(em, endpoint, { from, to: null, types, which: 'unsent' });
  await em.update(WebhookEndpoint, { tenantId, id }, { replayFrom: next });
  return count > 0;
}
