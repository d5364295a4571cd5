import { Inject, Injectable } from '@nestjs/common';
import { IsNull, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { Events } from '../audit/events.service.js';
import { CONFIG, type Config } from '../config.js';
import { KeyRing } from '../crypto/key-ring.js';
import { TenantDb } from '../database/tenant-db.js';
import { ApiError, notFound } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { checkVersion } from '../http/etag.js';
import { Idempotency, type IdempotentRequest } from '../http/idempotency.js';
import { readPage, toPage, type pageQuerySchema } from '../http/pagination.js';
import { AddressRules } from './address-guard.js';
import { cancelPending } from './delivery-log.js';
import { newSecret, secretPlace } from './webhook-signature.js';
import { WebhookEndpoint } from './webhook.entity.js';
import type { createWebhookEndpointSchema, updateWebhookEndpointSchema } from './webhook.schemas.js';

const MAX_ENDPOINTS = 20;

/** Where a tenant's events are sent. A secret is shown when it is made, and never again. */
@Injectable()
export class WebhookEndpointsService {
  private readonly rules: AddressRules;

  constructor(
    private readonly db: TenantDb,
    private readonly idempotency: Idempotency,
    private readonly ring: KeyRing,
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
      return toPage(await select.getMany(), limit, toEndpoint);
    });
  }

  /** @throws ApiError invalid_request for an address that webhooks may not reach; conflict when there are too many */
  async create(
    caller: Caller,
    idem: IdempotentRequest | null,
    { url, description = '', events }: z.infer<typeof createWebhookEndpointSchema>,
  ) {
    const { tenantId } = caller;
    this.checkUrl(url);
    return this.idempotency.run(tenantId, idem, async (em) => {
      const count = await em.countBy(WebhookEndpoint, { tenantId, deletedAt: IsNull() });
      if (count >= MAX_ENDPOINTS)
        throw new ApiError('conflict', `A tenant has at most ${MAX_ENDPOINTS} endpoints.`);
      const id = uuidv7();
      const { secret, sealed } = this.makeSecret(tenantId, id);
      await em.insert(WebhookEndpoint, { tenantId, id, url, description, events, secret: sealed });
      await this.audit(em, caller, 'created', id, { events });
      return { ...toEndpoint(await em.findOneByOrFail(WebhookEndpoint, { tenantId, id })), secret };
    });
  }

  /** @throws ApiError not_found */
  async get({ tenantId }: Caller, id: string) {
    return this.db.run(tenantId, async (em) => {
      const endpoint = await em.findOneBy(WebhookEndpoint, { tenantId, id, deletedAt: IsNull() });
      if (!endpoint) throw notFound();
      return toEndpoint(endpoint);
    });
  }

  /** @throws ApiError not_found, version_mismatch, invalid_request */
  async update(
    caller: Caller,
    id: string,
    expected: number | null,
    change: z.infer<typeof updateWebhookEndpointSchema>,
  ) {
    const { tenantId } = caller;
    if (change.url !== undefined) this.checkUrl(change.url);
    return this.db.run(tenantId, async (em) => {
      const before = await lockEndpoint(em, tenantId, id);
      checkVersion(expected, before.version);
      const enabling = change.status === 'enabled' ? { disabledReason: null } : {};
      const disables = change.status === 'disabled' && before.status === 'enabled';
      const disabling = disables ? { disabledReason: 'by_hand' as const } : {};
      if (disables) await cancelPending(em, tenantId, id);
      const after = await this.save(em, before, { ...change, ...enabling, ...disabling });
      const { status } = change;
      await this.audit(em, caller, 'updated', id, {
        changed: Object.keys(change),
        ...(status && { status }),
      });
      return toEndpoint(after);
    });
  }

  /** The deliveries stay to be looked at. @throws ApiError not_found, version_mismatch */
  async remove(caller: Caller, id: string, expected: number | null): Promise<void> {
    const { tenantId } = caller;
    await this.db.run(tenantId, async (em) => {
      const before = await lockEndpoint(em, tenantId, id);
      checkVersion(expected, before.version);
      await cancelPending(em, tenantId, id);
      await this.save(em, before, { deletedAt: new Date(), secret: Buffer.alloc(0) });
      await this.audit(em, caller, 'deleted', id);
    });
  }

  /** The old secret signs nothing from now on. @throws ApiError not_found */
  async rotateSecret(caller: Caller, id: string, idem: IdempotentRequest | null) {
    const { tenantId } = caller;
    return this.idempotency.run(tenantId, idem, async (em) => {
      const before = await lockEndpoint(em, tenantId, id);
      const { secret, sealed } = this.makeSecret(tenantId, id);
      const after = await this.save(em, before, { secret: sealed });
      await this.audit(em, caller, 'secret_rotated', id);
      return { ...toEndpoint(after), secret };
    });
  }

  private async save(em: EntityManager, before: WebhookEndpoint, change: Partial<WebhookEndpoint>) {
    const { tenantId, id } = before;
    const changed = { ...change, version: before.version + 1, updatedAt: new Date() };
    await em.update(WebhookEndpoint, { tenantId, id }, changed);
    return Object.assign(before, changed);
  }

  private makeSecret(tenantId: string, id: string): { secret: string; sealed: Buffer } {
    const secret = newSecret();
    return { secret, sealed: this.ring.seal(secret, secretPlace({ tenantId, id })) };
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

async function lockEndpoint(em: EntityManager, tenantId: string, id: string): Promise<WebhookEndpoint> {
  const endpoint = await em.findOne(WebhookEndpoint, {
    where: { tenantId, id, deletedAt: IsNull() },
    lock: { mode: 'pessimistic_write' },
  });
  if (!endpoint) throw notFound();
  return endpoint;
}

function toEndpoint(row: WebhookEndpoint) {
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    events: row.events,
    status: row.status,
    disabledReason: row.disabledReason,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
