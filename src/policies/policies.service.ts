import { Injectable } from '@nestjs/common';
import { LessThan, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { Events } from '../audit/events.service.js';
import { TenantDb } from '../database/tenant-db.js';
import { ApiError, notFound } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { checkVersion } from '../http/etag.js';
import { Idempotency, type IdempotentRequest } from '../http/idempotency.js';
import { readPage, toPage } from '../http/pagination.js';
import { fingerprintOf } from './fingerprint.js';
import { starterDocument } from './policy.document.js';
import { Policy, PolicyVersion } from './policy.entity.js';
import type { createPolicySchema, policyQuerySchema, updatePolicySchema } from './policy.schemas.js';

/** Policies with their drafts, and the versions that were published from them. */
@Injectable()
export class PoliciesService {
  constructor(
    private readonly db: TenantDb,
    private readonly idempotency: Idempotency,
    private readonly events: Events,
  ) {}

  async list({ tenantId }: Caller, query: z.infer<typeof policyQuerySchema>) {
    const { limit, afterId } = readPage(query);
    return this.db.run(tenantId, async (em) => {
      const rows = await em.find(Policy, {
        where: { tenantId, ...(afterId === null ? {} : { id: LessThan(afterId) }) },
        order: { id: 'DESC' },
        take: limit + 1,
      });
      return toPage(rows, limit, toPolicy);
    });
  }

  /** @throws ApiError already_exists when the tenant has a policy with this slug */
  async create(
    { tenantId, actor }: Caller,
    body: z.infer<typeof createPolicySchema>,
    request: IdempotentRequest | null,
  ) {
    return this.idempotency.run(tenantId, request, async (em) => {
      const id = uuidv7();
      const { slug, name, description = '', draft = starterDocument } = body;
      await em.query(
        `INSERT INTO policies (tenant_id, id, slug, name, description, draft) VALUES ($1, $2, $3, $4, $5, $6)`,
        [tenantId, id, slug, name, description, draft],
      );
      const object = { type: 'policy', id } as const;
      await this.events.audit(em, tenantId, 'policy.created', { actor, object, details: { slug } });
      return toPolicy(await findPolicy(em, tenantId, id));
    });
  }

  async get({ tenantId }: Caller, id: string) {
    return this.db.run(tenantId, async (em) => toPolicy(await findPolicy(em, tenantId, id)));
  }

  /** @throws ApiError version_mismatch when it has changed since the caller read it */
  async update(
    { tenantId, actor }: Caller,
    id: string,
    change: z.infer<typeof updatePolicySchema>,
    ifMatch: number | null,
  ) {
    return this.db.run(tenantId, async (em) => {
      const policy = await lockPolicy(em, tenantId, id);
      checkVersion(ifMatch, policy.version);
      const { name = policy.name, description = policy.description, draft = policy.draft } = change;
      await em.query(
        `UPDATE policies SET name = $3, description = $4, draft = $5, version = version + 1, updated_at = now(),
                draft_changed = $6 IS DISTINCT FROM
                  (SELECT v.fingerprint FROM policy_versions v
                    WHERE v.tenant_id = $1 AND v.policy_id = $2 AND v.version = published_version)
          WHERE tenant_id = $1 AND id = $2`,
        [tenantId, id, name, description, draft, fingerprintOf(draft)],
      );
      const details = { changed: Object.keys(change), version: policy.version + 1 };
      await this.events.audit(em, tenantId, 'policy.updated', {
        actor,
        object: { type: 'policy', id },
        details,
      });
      return toPolicy(await findPolicy(em, tenantId, id));
    });
  }

  /** Newest first. */
  async listVersions({ tenantId }: Caller, id: string, query: z.infer<typeof policyQuerySchema>) {
    const { limit, after } = readVersionPage(query);
    return this.db.run(tenantId, async (em) => {
      await findPolicy(em, tenantId, id);
      const rows = await em.find(PolicyVersion, {
        where: { tenantId, policyId: id, ...(after === null ? {} : { version: LessThan(after) }) },
        order: { version: 'DESC' },
        take: limit + 1,
      });
      const listed = rows.map((row) => ({ id: String(row.version), ...toVersion(row) }));
      return toPage(listed, limit, (version) => version);
    });
  }

  async getVersion({ tenantId }: Caller, id: string, version: number) {
    return this.db.run(tenantId, async (em) => {
      const row = await em.findOneBy(PolicyVersion, { tenantId, policyId: id, version });
      if (!row) throw notFound();
      return toVersion(row);
    });
  }
}

/** @throws ApiError not_found */
export async function findPolicy(em: EntityManager, tenantId: string, id: string): Promise<Policy> {
  const policy = await em.findOneBy(Policy, { tenantId, id });
  if (!policy) throw notFound();
  return policy;
}

/** The policy, with every other writer kept waiting until this transaction ends. @throws ApiError not_found */
export async function lockPolicy(em: EntityManager, tenantId: string, id: string): Promise<Policy> {
  const policy = await em.findOne(Policy, { where: { tenantId, id }, lock: { mode: 'pessimistic_write' } });
  if (!policy) throw notFound();
  return policy;
}

/** Versions are numbered, so the cursor of their list is a number. */
function readVersionPage({ after, ...query }: z.infer<typeof policyQuerySchema>) {
  const { limit } = readPage(query);
  if (after === undefined) return { limit, after: null };
  const version = Buffer.from(after, 'base64url').toString('utf8');
  if (!/^\d{1,9}$/.test(version)) {
    throw new ApiError('invalid_request', 'The cursor is not valid.', {
      errors: [{ path: 'after', message: 'Use the `next` of the page before.' }],
    });
  }
  return { limit, after: Number(version) };
}

function toPolicy(policy: Policy) {
  const { id, slug, name, description, draft, draftChanged, publishedVersion, version } = policy;
  return {
    id,
    slug,
    name,
    description,
    draft,
    draftChanged,
    publishedVersion,
    version,
    createdAt: policy.createdAt.toISOString(),
    updatedAt: policy.updatedAt.toISOString(),
  };
}

/** A published version as the API shows it. */
export function toVersion({
  policyId,
  version,
  document,
  fingerprint,
  publishedBy,
  publishedAt,
}: PolicyVersion) {
  return { policyId, version, document, fingerprint, publishedBy, publishedAt: publishedAt.toISOString() };
}
