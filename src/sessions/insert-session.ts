import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import type { CredentialKey } from '../credentials/credentials.service.js';
import type { DataKey } from '../crypto/data-key.js';
import { hashToken } from '../crypto/tokens.js';
import { ApiError } from '../http/api-error.js';
import type { PolicyDocument } from '../policies/policy.document.js';
import type { createSessionSchema } from './session.schemas.js';

/** When the sweep ends a session whose creation was interrupted: later than every deadline of the creation. */
const CREATION_LIMIT_SECONDS = 90;

export type CreateRequest = z.infer<typeof createSessionSchema>;

/** What a session is made by: a published version of a policy, and the credential that is active. */
export interface Plan extends CredentialKey {
  policyId: string;
  slug: string;
  name: string;
  version: number;
  document: PolicyDocument;
}

/** What a session is made with, whatever its policy. */
export interface NewSession {
  id: string;
  dataKey: DataKey;
  wrappedKey: Buffer;
  link: string;
  notificationPath: string;
  notificationToken: string;
}

/** The policy's published version and the active credential, as far as there are any. */
type FoundPlan = Omit<Plan, 'version' | 'id'> & {
  version: number | null;
  id: string | null;
  createdAt: Date;
};

/** Looks the plan up and stores the session, in one statement. @throws as `checkPlan` */
export async function insertSession(
  em: EntityManager,
  tenantId: string,
  request: CreateRequest,
  { dataKey, ...prepared }: NewSession,
): Promise<{ plan: Plan; createdAt: Date }> {
  const byId = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(request.policy);
  const [found] = await em.query<FoundPlan[]>(
    `WITH plan AS (
       SELECT p.tenant_id AS "tenantId", p.id AS "policyId", p.slug, p.name, p.published_version AS version, v.document,
              c.id, c.sdk_id AS "sdkId", c.api_url AS "apiUrl", c.private_key AS "privateKey"
         FROM policies p
         LEFT JOIN policy_versions v
           ON v.tenant_id = p.tenant_id AND v.policy_id = p.id AND v.version = p.published_version
         LEFT JOIN credentials c ON c.tenant_id = p.tenant_id AND c.status = 'active'
        WHERE p.tenant_id = $1 AND ${byId ? 'p.id = $2::uuid' : 'p.slug = $2'}
     ), session AS (
       INSERT INTO sessions (tenant_id, policy_id, policy_version, credential_id, id, reference, locale, success_url,
         error_url, preset_country, data_key, metadata, link, link_hash, notification_path_hash,
         notification_token_hash, next_sync_at)
       SELECT "tenantId", "policyId", version, plan.id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
              now() + make_interval(secs => ${CREATION_LIMIT_SECONDS})
         FROM plan WHERE version IS NOT NULL AND plan.id IS NOT NULL
       RETURNING created_at
     )
     SELECT plan.*, (SELECT created_at FROM session) AS "createdAt" FROM plan`,
    [
      tenantId,
      request.policy,
      prepared.id,
      request.reference ?? null,
      request.locale ?? null,
      request.successUrl ?? null,
      request.errorUrl ?? null,
      request.presetCountry ?? null,
      prepared.wrappedKey,
      request.metadata ? dataKey.seal(JSON.stringify(request.metadata), 'metadata') : null,
      dataKey.seal(prepared.link, 'link'),
      hashToken(prepared.link),
      hashToken(prepared.notificationPath),
      hashToken(prepared.notificationToken),
    ],
  );
  return checkPlan(found);
}

/** @throws ApiError not_found, policy_not_published, no_active_credential */
function checkPlan(found: FoundPlan | undefined): { plan: Plan; createdAt: Date } {
  if (!found) {
    throw new ApiError('not_found', 'There is no such policy.', {
      errors: [{ path: '/policy', message: 'No policy has this slug or id.' }],
    });
  }
  const { version, id, createdAt, ...rest } = found;
  if (version === null) throw new ApiError('policy_not_published');
  if (id === null) throw new ApiError('no_active_credential');
  return { plan: { ...rest, version, id }, createdAt };
}
