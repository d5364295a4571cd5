import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventRow } from '../audit/audit.entity.js';
import { holdLease, type Lease } from '../database/due-work.js';
import { TenantDb } from '../database/tenant-db.js';
import {
  callFirst,
  cancelPending,
  finishLease,
  lineUpDue,
  putOffLease,
  putOffPaused,
  standInLine,
} from './due-deliveries.js';
import { EndpointTrouble } from './endpoint-trouble.js';
import { retiringSecretsOf } from './endpoint.view.js';
import { continueReplay } from './owed-events.js';
import type { AttemptResult } from './webhook-client.js';
import { Delivery, DeliveryAttempt, WebhookEndpoint } from './webhook.entity.js';
import { nextAttemptIn } from './webhook.schedule.js';

const GONE = 410;

/** What is sent, to whom. */
export interface Outgoing {
  endpoint: WebhookEndpoint;
  event: EventRow;
  /** Every secret that signs now, sealed; the newest first. */
  secrets: Buffer[];
  /** Whether it has stood in line for a place. */
  hasWaited: boolean;
}

/** What follows from an attempt for other deliveries. */
export interface Consequences {
  /** Whether more of them are due now. */
  more: boolean;
  /** Whether one that stood in line for a place at the endpoint was called. */
  called: boolean;
}

/** What the sender reads and writes about deliveries. Everything it writes ends with "still my lease". */
@Injectable()
export class DeliveryLog {
  private readonly logger = new Logger(DeliveryLog.name);

  constructor(
    private readonly db: TenantDb,
    private readonly trouble: EndpointTrouble,
  ) {}

  /**
   * What is to be sent; null when nothing is: the delivery has been cancelled because its endpoint takes nothing any
   * more, or put off to the end of the endpoint's pause, and so have been others that the endpoint is owed.
   */
  async load(lease: Lease): Promise<Outgoing | null> {
    const { tenantId } = lease;
    return this.db.run(tenantId, async (em) => {
      const { endpointId, eventId, attempts, called } = await em.findOneByOrFail(Delivery, {
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
        await cancelPending(em, tenantId, endpointId);
        return null;
      }
      const pauseSeconds = endpoint.pausedUntil && (await secondsUntil(em, endpoint.pausedUntil));
      if (pauseSeconds !== null && pauseSeconds > 0) {
        await putOffLease(em, lease, pauseSeconds, lease.attempts - 1);
        await putOffPaused(em, tenantId, endpointId, pauseSeconds);
        return null;
      }
      const event = await em.findOneByOrFail(EventRow, { tenantId, id: eventId });
      const older = await retiringSecretsOf(em, tenantId, [endpointId]);
      const secrets = [endpoint, ...older].map(({ secret }) => secret);
      return { endpoint, event, secrets, hasWaited: called !== null };
    });
  }

  /**
   * Stores an attempt and what follows from it for the delivery and for the endpoint. What the receiver has taken stays
   * taken: trouble with what else follows is logged, and the next attempt tells the same again.
   *
   * @param inLine whether others may stand in line for the place that this one leaves: then the first of them is called
   */
  async record(
    lease: Lease,
    { endpoint }: Outgoing,
    result: AttemptResult,
    inLine: boolean,
  ): Promise<Consequences> {
    const [told, called] = await this.db.run(lease.tenantId, async (em) => {
      await holdLease(em, 'deliveries', lease);
      const gone = result.statusCode === GONE && !(await hasMoved(em, endpoint));
      await storeAttempt(em, lease, result, gone);
      // Savepoints: when what is in them fails, the attempt is stored nevertheless.
      const part = (work: (part: EntityManager) => Promise<boolean>) =>
        this.harmlessly(endpoint, () => em.transaction(work));
      return [
        await part((judging) => this.judge(judging, endpoint, result, gone)),
        // With the attempt, so that a line never stands still for want of somebody who calls.
        inLine && (await part((calling) => callOne(calling, endpoint))),
      ];
    });
    const replayed =
      endpoint.replayFrom !== null &&
      (await this.harmlessly(endpoint, () =>
        this.db.run(lease.tenantId, (em) => continueReplay(em, endpoint)),
      ));
    return { more: told || called || replayed, called };
  }

  /** What the attempt says about the endpoint. @returns whether others are owed an event of it */
  private async judge(
    em: EntityManager,
    endpoint: WebhookEndpoint,
    { errorClass }: AttemptResult,
    gone: boolean,
  ): Promise<boolean> {
    if (errorClass !== null) return this.trouble.count(em, endpoint, gone);
    await this.trouble.end(em, endpoint);
    return false;
  }

  /** Does what may fail without harm. @returns what `work` does, false when it failed */
  private async harmlessly({ id }: WebhookEndpoint, work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work();
    } catch (error) {
      const { name, message } = error as Error;
      this.logger.error(`what follows from an attempt at endpoint ${id} failed: ${name}: ${message}`);
      return false;
    }
  }

  /**
   * Gives the lease back without an attempt.
   *
   * @param claims how many claims in a row have now come to nothing
   */
  async putOff(lease: Lease, seconds: number, claims: number): Promise<void> {
    await this.db.run(lease.tenantId, (em) => putOffLease(em, lease, seconds, claims));
  }

  /**
   * Gives the lease back because the endpoint has no place: the delivery stands in line for so many seconds.
   *
   * @param first whether before all others
   */
  async standInLine(lease: Lease, seconds: number, first: boolean): Promise<void> {
    await this.db.run(lease.tenantId, (em) => standInLine(em, lease, seconds, first));
  }

  /** Lets everything else that is due to the endpoint stand in line too. */
  async lineUpDue({ tenantId, id }: WebhookEndpoint, seconds: number): Promise<void> {
    while (await this.db.run(tenantId, (em) => lineUpDue(em, tenantId, id, seconds)));
  }

  /** Makes those due that are first in line. @returns how many */
  async callFirst({ tenantId, id }: WebhookEndpoint, most: number): Promise<number> {
    return this.db.run(tenantId, (em) => callFirst(em, tenantId, id, most));
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

/** Calls the first in line. @returns whether there was one */
const callOne = async (em: EntityManager, { tenantId, id }: WebhookEndpoint): Promise<boolean> =>
  (await callFirst(em, tenantId, id, 1)) > 0;

/** Seconds until the next attempt, null when there is none. */
function nextAfter({ statusCode, errorClass, retryAfterSeconds }: AttemptResult, attempts: number) {
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

/** Whether the endpoint has another address by now. */
async function hasMoved(em: EntityManager, { tenantId, id, url }: WebhookEndpoint): Promise<boolean> {
  return !(await em.existsBy(WebhookEndpoint, { tenantId, id, url }));
}

/** Stores what came of an attempt, and ends its lease, which the caller has made sure of. */
async function storeAttempt(
  em: EntityManager,
  lease: Lease,
  { retryAfterSeconds, ...stored }: AttemptResult,
  gone: boolean,
): Promise<void> {
  const { tenantId, id } = lease;
  const before = await em.findOneByOrFail(Delivery, { tenantId, id });
  const attempts = before.attempts + 1;
  await em.insert(DeliveryAttempt, { tenantId, deliveryId: id, attempt: attempts, ...stored });
  const delivered = stored.errorClass === null;
  const nextInSeconds =
    delivered || gone ? null : nextAfter({ ...stored, retryAfterSeconds }, attempts - before.attemptsBefore);
  const ended = delivered ? 'delivered' : 'failed';
  await finishLease(em, lease, {
    status: nextInSeconds === null ? ended : 'pending',
    attempts,
    nextInSeconds,
  });
}
