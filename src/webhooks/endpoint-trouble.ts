import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import type { EntityManager } from 'typeorm';
import type { EventData } from '../audit/event-types.js';
import { Events } from '../audit/events.service.js';
import { SYSTEM } from '../http/caller.js';
import { registry } from '../metrics/registry.js';
import { cancelPending, putOffPaused } from './due-deliveries.js';
import { firstUnsent } from './owed-events.js';
import type { WebhookEndpoint } from './webhook.entity.js';
import { disablesAt, judgeFailure, type Trouble } from './webhook.health.js';

const disabled = new Counter({
  name: 'countersign_webhook_endpoints_disabled_total',
  help: 'Webhook endpoints that the server has disabled',
  labelNames: ['reason'] as const,
  registers: [registry],
});

type Reason = EventData<'endpoint.disabled'>['reason'];
type Row = Trouble & { now: Date };

/**
 * What attempts say about their endpoint: warns of it, pauses it, disables it. What was sent to an address that the
 * endpoint has left meanwhile says nothing about it.
 */
@Injectable()
export class EndpointTrouble {
  constructor(private readonly events: Events) {}

  /** The endpoint takes events: whatever was wrong with it is over. */
  async end(em: EntityManager, { tenantId, id, url }: WebhookEndpoint): Promise<void> {
    await em.query(
      `UPDATE webhook_endpoints
          SET failures = 0, failing_since = NULL, warnings = 0, pauses = 0, paused_until = NULL
        WHERE tenant_id = $1 AND id = $2 AND url = $3 AND failures > 0`,
      [tenantId, id, url],
    );
  }

  /**
   * Counts a failure, and does what follows from it.
   *
   * @param gone whether it answered that it is gone for good
   * @returns whether endpoints of the tenant are owed an event of it
   */
  async count(em: EntityManager, endpoint: WebhookEndpoint, gone: boolean): Promise<boolean> {
    const { tenantId, id, url } = endpoint;
    await lockForTelling(em, endpoint, gone);
    const [[row]] = await em.query<[Row[], number]>(
      `UPDATE webhook_endpoints SET failures = failures + 1, failing_since = coalesce(failing_since, now())
        WHERE tenant_id = $1 AND id = $2 AND url = $3 AND status = 'enabled' AND deleted_at IS NULL
        RETURNING failures, failing_since AS "failingSince", warnings, pauses,
                  coalesce(paused_until > now(), false) AS paused, now() AS now`,
      [tenantId, id, url],
    );
    // It takes nothing any more, or is elsewhere: what becomes of it has been settled.
    if (!row) return false;
    const verdict = judgeFailure(row, row.now);
    if (gone) return this.disable(em, endpoint, row, 'gone');
    if (verdict.disable) return this.disable(em, endpoint, row, 'failing');
    if (verdict.pauseSeconds !== null) await pause(em, endpoint, verdict.pauseSeconds);
    if (!verdict.warn) return false;
    await em.query('UPDATE webhook_endpoints SET warnings = $3 WHERE tenant_id = $1 AND id = $2', [
      tenantId,
      id,
      verdict.warnings,
    ]);
    return this.tell(em, endpoint, 'endpoint.failing', { ...row, reason: 'failing' });
  }

  private async disable(
    em: EntityManager,
    endpoint: WebhookEndpoint,
    row: Row,
    reason: Reason,
  ): Promise<boolean> {
    const { tenantId, id } = endpoint;
    const replayFrom = await firstUnsent(em, tenantId, id);
    await em.query(
      `UPDATE webhook_endpoints
          SET status = 'disabled', disabled_reason = $3, disabled_at = now(), replay_from = $4, paused_until = NULL,
              version = version + 1, updated_at = now()
        WHERE tenant_id = $1 AND id = $2`,
      [tenantId, id, reason, replayFrom],
    );
    await cancelPending(em, tenantId, id);
    disabled.inc({ reason });
    return this.tell(em, endpoint, 'endpoint.disabled', { ...row, reason });
  }

  private tell(
    em: EntityManager,
    { tenantId, id }: WebhookEndpoint,
    name: 'endpoint.failing' | 'endpoint.disabled',
    { failingSince, failures, reason }: Row & { reason: Reason },
  ): Promise<boolean> {
    const data = {
      endpointId: id,
      reason,
      failingSince: failingSince.toISOString(),
      failures,
      disablesAt: name === 'endpoint.failing' ? disablesAt(failingSince).toISOString() : null,
    };
    return this.events.publish(em, tenantId, name, {
      actor: SYSTEM,
      object: { type: 'webhook_endpoint', id },
      data,
    });
  }
}

/**
 * An event about one endpoint is owed to others. All are locked in order before the first is changed, so that two
 * endpoints that fail at once don't wait for each other.
 */
async function lockForTelling(
  em: EntityManager,
  { tenantId, id }: WebhookEndpoint,
  gone: boolean,
): Promise<void> {
  await em.query(
    `SELECT 1 FROM webhook_endpoints
      WHERE tenant_id = $1 AND deleted_at IS NULL AND ($3 OR EXISTS (
              SELECT 1 FROM webhook_endpoints w
               WHERE w.tenant_id = $1 AND w.id = $2 AND w.failing_since <= now() - interval '1 day'))
      ORDER BY id FOR NO KEY UPDATE`,
    [tenantId, id, gone],
  );
}

/** Sends nothing to the endpoint for a while. */
async function pause(em: EntityManager, { tenantId, id }: WebhookEndpoint, seconds: number): Promise<void> {
  await em.query(
    `UPDATE webhook_endpoints SET paused_until = now() + make_interval(secs => $3), pauses = pauses + 1
      WHERE tenant_id = $1 AND id = $2`,
    [tenantId, id, seconds],
  );
  await putOffPaused(em, tenantId, id, seconds);
}
