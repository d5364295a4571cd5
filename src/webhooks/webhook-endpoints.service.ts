import { Inject, Injectable } from '@nestjs/common';
import { IsNull, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { Events } from '../audit/events.service.js';
import { CONFIG, type Config } from '../config.js';
import { TenantDb } from '../database/tenant-db.js';
import { takeTurn } from '../database/turn.js';
import { ApiError } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { checkVersion } from '../http/etag.js';
import { Idempotency, type IdempotentRequest } from '../http/idempotency.js';
import { readPage, toPage, type pageQuerySchema } from '../http/pagination.js';
import { AddressRules } from './address-guard.js';
import { cancelPending } from './due-deliveries.js';
import {
  findEndpoint,
  lockEndpoint,
  retiringSecretsOf,
  saveEndpoint,
  showEndpoint,
  toEndpoint,
} from './endpoint.view.js';
import { firstUnsent, keptSince, oweEvents } from './owed-events.js';
import { WebhookSecretsService } from './webhook-secrets.service.js';
import { RetiringSecret, WebhookEndpoint } from './webhook.entity.js';
import type { createWebhookEndpointSchema, updateWebhookEndpointSchema } from './webhook.schemas.js';

const MAX_ENDPOINTS = 20;

type Change = z.infer<typeof updateWebhookEndpointSchema>;

/** Where a tenant's events are sent. */
@Injectable()
export class WebhookEndpointsService {
  private readonly rules: AddressRules;

  constructor(
    private readonly db: TenantDb,
    private readonly idempotency: Idempotency,
    private readonly secrets: WebhookSecretsService,
    private readonly events: Events,
    @Inject(CONFIG) config: Config,
  ) {
    this.rules = new AddressRules(config.webhookAllowedNetworks, config.webhookAllowedPorts);
  }

  async list({ tenantId }: Caller, query: z.infer<typeof pageQuerySchema>) {
    const { limit, afterId } = readPage(query);
    return this.db.run(tenantId, async (em) => {
      const select = em
        .createQueryBuilder(WebhookEndpoint, 'w')
        .where('w.tenantId = :tenantId AND w.deletedAt IS NULL', { tenantId })
        .orderBy('w.id', 'DESC')
        .limit(limit + 1);
      if (afterId) select.andWhere('w.id < :afterId', { afterId });
      const rows = await select.getMany();
      const ids = rows.map(({ id }) => id);
      const retiring = await retiringSecretsOf(em, tenantId, ids);
      return toPage(rows, limit, (row) => toEndpoint(row, retiring));
    });
  }

  /** @throws ApiError invalid_request for an address that webhooks may not reach; conflict when there are too many */
  async create(
    caller: Caller,
    idem: IdempotentRequest | null,
    { url, description = '', events, signature = 'hmac' }: z.infer<typeof createWebhookEndpointSchema>,
  ) {
    const { tenantId } = caller;
    this.checkUrl(url);
    return this.idempotency.run(tenantId, idem, async (em) => {
      await takeTurn(em, tenantId, 'webhook_endpoints');
      const count = await em.countBy(WebhookEndpoint, { tenantId, deletedAt: IsNull() });
      if (count >= MAX_ENDPOINTS)
        throw new ApiError('conflict', `A tenant has at most ${MAX_ENDPOINTS} endpoints.`);
      const id = uuidv7();
      const { stored, shown } = this.secrets.make({ tenantId, id }, signature);
      await em.insert(WebhookEndpoint, { tenantId, id, url, description, events, ...stored });
      await this.audit(em, caller, 'created', id, { events });
      const endpoint = await em.findOneByOrFail(WebhookEndpoint, { tenantId, id });
      return { ...(await showEndpoint(em, endpoint)), secret: shown };
    });
  }

  /** @throws ApiError not_found */
  async get({ tenantId }: Caller, id: string) {
    return this.db.run(tenantId, async (em) => showEndpoint(em, await findEndpoint(em, tenantId, id)));
  }

  /**
   * Changes an endpoint. Enabling one sends it what it has missed.
   *
   * @throws ApiError not_found, version_mismatch, invalid_request; conflict when one that is enabled is to send again
   */
  async update(caller: Caller, id: string, expected: number | null, change: Change) {
    const { tenantId } = caller;
    if (change.url !== undefined) this.checkUrl(change.url);
    const { replaySince, ...fields } = change;
    return this.db.run(tenantId, async (em) => {
      const before = await lockEndpoint(em, tenantId, id);
      checkVersion(expected, before.version);
      const { status: was, updatedAt: stoppedAt } = before;
      if (replaySince !== undefined && was === 'enabled') throw replaysElsewhere(id);
      const disables = change.status === 'disabled' && was === 'enabled';
      const enables = change.status === 'enabled' && was === 'disabled';
      const moves = change.url !== undefined && change.url !== before.url;
      const disabling = disables ? await disable(em, before) : {};
      const fresh = { ...(moves && UNTROUBLED), ...(enables && FRESH) };
      const after = await saveEndpoint(em, before, { ...fields, ...disabling, ...fresh });
      const replayed = enables
        ? await oweMissed(em, after, replaySince ?? after.replayFrom ?? stoppedAt)
        : null;
      await this.audit(em, caller, 'updated', id, {
        changed: Object.keys(change),
        ...(change.status && { status: change.status }),
        ...(replayed !== null && { replayed }),
      });
      return showEndpoint(em, after);
    });
  }

  /** The deliveries stay to be looked at. @throws ApiError not_found, version_mismatch */
  async remove(caller: Caller, id: string, expected: number | null): Promise<void> {
    const { tenantId } = caller;
    await this.db.run(tenantId, async (em) => {
      const before = await lockEndpoint(em, tenantId, id);
      checkVersion(expected, before.version);
      await cancelPending(em, tenantId, id);
      await em.delete(RetiringSecret, { tenantId, endpointId: id });
      await saveEndpoint(em, before, { deletedAt: new Date(), secret: Buffer.alloc(0) });
      await this.audit(em, caller, 'deleted', id);
    });
  }

  private checkUrl(url: string): void {
    const message = this.rules.problemWith(url);
    if (message !== null)
      throw new ApiError('invalid_request', message, { errors: [{ path: '/url', message }] });
  }

  private audit(
    em: EntityManager,
    caller: Caller,
    what: string,
    id: string,
    details: Record<string, unknown> = {},
  ) {
    const entry = { actor: caller.actor, object: { type: 'webhook_endpoint', id } as const, details };
    return this.events.audit(em, caller.tenantId, `webhook_endpoint.${what}`, entry);
  }
}

const replaysElsewhere = (id: string) =>
  new ApiError(
    'conflict',
    `The endpoint is enabled already. POST /v1/webhook-endpoints/${id}/replay sends the events since a time again.`,
  );

/** Nothing is known of how an address fares that nothing was sent to. */
const UNTROUBLED: Partial<WebhookEndpoint> = {
  failures: 0,
  failingSince: null,
  warnings: 0,
  pauses: 0,
  pausedUntil: null,
};

/** An endpoint that is enabled again begins anew. */
const FRESH: Partial<WebhookEndpoint> = { ...UNTROUBLED, disabledReason: null, disabledAt: null };

/** Cancels what the endpoint is owed, and remembers where it stopped. */
async function disable(
  em: EntityManager,
  { tenantId, id }: WebhookEndpoint,
): Promise<Partial<WebhookEndpoint>> {
  const replayFrom = await firstUnsent(em, tenantId, id);
  await cancelPending(em, tenantId, id);
  return { disabledReason: 'by_hand', disabledAt: new Date(), replayFrom };
}

/**
 * Owes an endpoint what it has not had since a time; what is beyond the first batch follows as that one ends.
 *
 * @returns how many deliveries the first batch has
 */
async function oweMissed(
  em: EntityManager,
  endpoint: WebhookEndpoint,
  since: string | Date,
): Promise<number> {
  const { tenantId, id, events: types } = endpoint;
  const [wanted, kept] = [new Date(since), keptSince(new Date())];
  const from = wanted < kept ? kept : wanted;
  const { count, next } = await oweEvents(em, endpoint, { from, to: null, types, which: 'unsent' });
  await em.update(WebhookEndpoint, { tenantId, id }, { replayFrom: next });
  endpoint.replayFrom = next;
  return count;
}
