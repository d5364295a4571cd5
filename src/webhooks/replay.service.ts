import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { Events } from '../audit/events.service.js';
import { WakeUp } from '../database/wake-up.js';
import { ApiError } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { Idempotency, type IdempotentRequest } from '../http/idempotency.js';
import { findEndpoint, lockEndpoint, takingEndpoint } from './endpoint.view.js';
import { KEPT_DAYS, keptSince, oweEvents, type Backlog } from './owed-events.js';
import type { WebhookEndpoint } from './webhook.entity.js';
import type { recoverSchema, replaySchema } from './webhook.schemas.js';

/** No more is replayed while so many deliveries wait: the endpoint has to keep up first. */
const MAX_PENDING = 5000;
const RETRY_AFTER_SECONDS = 60;

/** Sends past events again, under the ids they had. */
@Injectable()
export class ReplayService {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly events: Events,
    private readonly wakeUp: WakeUp,
  ) {}

  /** Sends the events of a time range, delivered or not. @throws ApiError as `run` */
  async replay(
    caller: Caller,
    idem: IdempotentRequest | null,
    id: string,
    { from, to, types }: z.infer<typeof replaySchema>,
  ) {
    return this.run(caller, idem, id, lockEndpoint, (endpoint) => ({
      from: keptTime('/from', from),
      to: to === undefined ? null : new Date(to),
      types: heardOf(endpoint, types),
      which: 'any',
    }));
  }

  /** Sends the events since a time whose delivery failed or was cancelled. @throws ApiError as `run` */
  async recover(
    caller: Caller,
    idem: IdempotentRequest | null,
    id: string,
    { since }: z.infer<typeof recoverSchema>,
  ) {
    // Their deliveries exist, so nobody has to wait for it who publishes meanwhile.
    return this.run(caller, idem, id, findEndpoint, ({ events }) => ({
      from: keptTime('/since', since),
      to: null,
      types: events,
      which: 'failed',
    }));
  }

  /**
   * @throws ApiError not_found; conflict when the endpoint takes nothing; invalid_request; rate_limited when too much
   *   waits for the endpoint already
   */
  private async run(
    caller: Caller,
    idem: IdempotentRequest | null,
    id: string,
    endpointOf: typeof findEndpoint,
    backlogOf: (endpoint: WebhookEndpoint) => Backlog,
  ) {
    const { tenantId, actor } = caller;
    const replayed = await this.idempotency.run(tenantId, idem, async (em) => {
      const endpoint = takingEndpoint(await endpointOf(em, tenantId, id));
      const backlog = backlogOf(endpoint);
      await checkPending(em, endpoint);
      const { count, next } = await oweEvents(em, endpoint, backlog);
      const { which, from, to, types } = backlog;
      const details = { which, from: from.toISOString(), to: to?.toISOString() ?? null, types, count };
      const object = { type: 'webhook_endpoint', id } as const;
      await this.events.audit(em, tenantId, 'webhook_endpoint.replayed', { actor, object, details });
      return { deliveries: count, next: next?.toISOString() ?? null };
    });
    this.wakeUp.wake('deliveries');
    return replayed;
  }
}

/** @throws ApiError invalid_request for an event that the endpoint doesn't hear of */
function heardOf({ events }: WebhookEndpoint, types: readonly string[] = events): readonly string[] {
  const errors = types.flatMap((type, index) =>
    (events as readonly string[]).includes(type)
      ? []
      : [{ path: `/types/${index}`, message: 'The endpoint does not hear of it.' }],
  );
  if (errors.length > 0) throw new ApiError('invalid_request', undefined, { errors });
  return types;
}

/** @throws ApiError invalid_request for a time whose events are no longer kept for sending again */
function keptTime(path: string, text: string): Date {
  const time = new Date(text);
  if (time >= keptSince(new Date())) return time;
  const message = `At most ${KEPT_DAYS} days ago.`;
  throw new ApiError('invalid_request', message, { errors: [{ path, message }] });
}

/** @throws ApiError rate_limited */
async function checkPending(em: EntityManager, { tenantId, id }: WebhookEndpoint): Promise<void> {
  const [row] = await em.query<{ count: number }[]>(
    `SELECT count(*)::int AS count FROM (
       SELECT 1 FROM deliveries WHERE tenant_id = $1 AND endpoint_id = $2 AND next_attempt_at IS NOT NULL LIMIT $3) p`,
    [tenantId, id, MAX_PENDING],
  );
  if ((row?.count ?? 0) < MAX_PENDING) return;
  const message = `${MAX_PENDING} deliveries wait for this endpoint already.`;
  throw new ApiError('rate_limited', message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
}
