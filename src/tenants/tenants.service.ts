import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { Events } from '../audit/events.service.js';
import { TenantDb } from '../database/tenant-db.js';
import { notFound } from '../http/api-error.js';
import type { Actor } from '../http/caller.js';
import { checkVersion } from '../http/etag.js';
import { Idempotency, type IdempotentRequest } from '../http/idempotency.js';
import type { pageQuerySchema } from '../http/pagination.js';
import { readPage, toPage } from '../http/pagination.js';
import { People } from '../users/people.js';
import { Tenant } from './tenant.entity.js';
import type { createTenantSchema, tenantSchema, updateTenantSchema } from './tenant.schemas.js';

/** Business units, as the platform's operators manage them. What an operator does is in the tenant's own trail. */
@Injectable()
export class TenantsService {
  constructor(
    private readonly db: TenantDb,
    private readonly idempotency: Idempotency,
    private readonly events: Events,
    private readonly people: People,
  ) {}

  async list(query: z.infer<typeof pageQuerySchema>) {
    const { limit, afterId } = readPage(query);
    return this.db.withoutTenant(async (em) => {
      const select = em
        .createQueryBuilder(Tenant, 't')
        .orderBy('t.id', 'ASC')
        .limit(limit + 1);
      if (afterId) select.where('t.id > :afterId', { afterId });
      return toPage(await select.getMany(), limit, toTenant);
    });
  }

  /** @throws ApiError not_found */
  async get(id: string) {
    return this.db.withoutTenant(async (em) => {
      const tenant = await em.findOneBy(Tenant, { id });
      if (!tenant) throw notFound();
      return toTenant(tenant);
    });
  }

  /** Creates the tenant with its first admin. @throws ApiError already_exists */
  async create(actor: Actor, body: z.infer<typeof createTenantSchema>, idempotent: IdempotentRequest | null) {
    const { slug, name, branding = {}, frameAncestors = [], admin } = body;
    const person = await this.people.prepare(admin);
    const id = uuidv7();
    return this.idempotency.runAsOperator(String(actor.id), id, idempotent, async (em) => {
      await em.insert(Tenant, { id, slug, name, branding, frameAncestors });
      const tenant = await em.findOneByOrFail(Tenant, { id });
      const { userId, initialPassword } = await this.people.ensure(em, person);
      await em.query(`INSERT INTO memberships (tenant_id, user_id, role) VALUES ($1, $2, 'admin')`, [
        id,
        userId,
      ]);
      await this.events.audit(em, id, 'tenant.created', { actor, object: { type: 'tenant', id } });
      const details = { role: 'admin' };
      await this.events.audit(em, id, 'user.added', { actor, object: { type: 'user', id: userId }, details });
      return {
        tenant: toTenant(tenant),
        admin: { userId, email: admin.email.toLowerCase(), initialPassword },
      };
    });
  }

  /** @param expectedVersion of `If-Match`, or null. @throws ApiError not_found, version_mismatch */
  async update(
    actor: Actor,
    id: string,
    change: z.infer<typeof updateTenantSchema>,
    expectedVersion: number | null,
  ) {
    return this.db.run(id, async (em) => {
      const tenant = await em.findOne(Tenant, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!tenant) throw notFound();
      checkVersion(expectedVersion, tenant.version);
      await em.update(Tenant, { id }, { ...change, version: tenant.version + 1, updatedAt: new Date() });
      const details = { changed: Object.keys(change), ...(change.status ? { status: change.status } : {}) };
      await this.events.audit(em, id, 'tenant.updated', { actor, object: { type: 'tenant', id }, details });
      return toTenant(await em.findOneByOrFail(Tenant, { id }));
    });
  }
}

function toTenant(tenant: Tenant): z.infer<typeof tenantSchema> {
  const { id, slug, name, status, branding, frameAncestors, version } = tenant;
  return {
    id,
    slug,
    name,
    status,
    branding,
    frameAncestors,
    version,
    createdAt: tenant.createdAt.toISOString(),
    updatedAt: tenant.updatedAt.toISOString(),
  };
}
