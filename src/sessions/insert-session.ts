import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { credentialSuspect, type CredentialKey, type Suspicion } from '../credentials/credentials.service.js';
import type { Environment } from '../credentials/environment.js';
import type { DataKey } from '../crypto/data-key.js';
import { hashToken } from '../crypto/tokens.js';
import { ApiError } from '../http/api-error.js';
import type { PolicyDocument } from '../policies/policy.document.js';
import { currentTraceparent } from '../tracing/tracing.js';
import type { createSessionSchema } from './session.schemas.js';

/** When the sweep ends a session whose creation was interrupted: later than every deadline of the creation. */
const CREATION_LIMIT_SECONDS = 90;

/** A credential that is replaced while a session is made is lost to the statement; the next one sees its successor. */
const CREDENTIAL_LOOK_UPS = 3;

export type CreateRequest = z.infer<typeof createSessionSchema>;

/** What a session is made by: a published policy version and an active credential. */
export interface Plan extends CredentialKey {
  environment: Environment;
  policyId: string;
  slug: string;
  name: string;
  version: number;
  document: PolicyDocument;
}

/** A session's own ids, keys and tokens. */
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
  /** Active credentials that could serve. */
  candidates: number;
  /** Whether all of them were still active once they were locked: otherwise nothing was chosen. */
  settled: boolean;
  suspectReason: Suspicion['suspectReason'] | null;
  nextLookAt: Date | null;
  createdAt: Date;
};

/**
 * Stores a session as `creating`.
 *
 * @throws ApiError not_found, policy_not_published, no_active_credential, environment_required, credential_suspect;
 *   unavailable when credentials are replaced again and again meanwhile
 */
export async function insertSession(
  em: EntityManager,
  tenantId: string,
  request: CreateRequest,
  session: NewSession,
): Promise<{ plan: Plan; createdAt: Date }> {
  let found = await lookUpAndInsert(em, tenantId, request, session);
  for (let looks = 1; found?.settled === false && looks < CREDENTIAL_LOOK_UPS; looks += 1) {
    found = await lookUpAndInsert(em, tenantId, request, session);
  }
  return checkPlan(found, request.environment);
}

/**
 * Looks the plan up and stores the session, in one statement. The credential is locked against being replaced or
 * retired until the session is stored, so that no session lands on one that is out of use; several are locked in the
 * order in which whoever changes them locks them. The one of the named environment serves; without a name the live one,
 * or the only one. Waiting for a lock drops a credential that was replaced meanwhile, and its successor isn't seen: what
 * is left would pass for all there is, so that nothing is chosen unless as many are locked as there were.
 */
async function lookUpAndInsert(
  em: EntityManager,
  tenantId: string,
  request: CreateRequest,
  { dataKey, ...session }: NewSession,
): Promise<FoundPlan | undefined> {
  const byId = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(request.policy);
  const [found] = await em.query<FoundPlan[]>(insertion(byId), [
    tenantId,
    request.policy,
    session.id,
    request.reference ?? null,
    request.locale ?? null,
    request.successUrl ?? null,
    request.errorUrl ?? null,
    request.presetCountry ?? null,
    session.wrappedKey,
    request.metadata ? dataKey.seal(JSON.stringify(request.metadata), 'metadata') : null,
    dataKey.seal(session.link, 'link'),
    hashToken(session.link),
    hashToken(session.notificationPath),
    hashToken(session.notificationToken),
    request.environment ?? null,
    currentTraceparent(),
  ]);
  return found;
}

/** Credentials that could serve. */
const USABLE = `c.tenant_id = $1 AND c.status = 'active' AND ($15::text IS NULL OR c.environment = $15)`;

/** @param byId whether the policy is named by its id, not by its slug */
const insertion = (byId: boolean): string =>
  `WITH active AS (
     SELECT count(*) FROM credentials c WHERE ${USABLE}
   ), credential AS (
     SELECT c.id, c.environment, c.sdk_id AS "sdkId", c.api_url AS "apiUrl", c.private_key AS "privateKey",
            c.suspect_reason AS "suspectReason", c.next_look_at AS "nextLookAt"
       FROM credentials c
      WHERE ${USABLE}
      ORDER BY c.id FOR SHARE
   ), locked AS (
     SELECT count(*)::int AS candidates, count(*) = (SELECT count FROM active) AS settled FROM credential
   ), plan AS (
     SELECT p.tenant_id AS "tenantId", p.id AS "policyId", p.slug, p.name, p.published_version AS version, v.document,
            credential.*, locked.*
       FROM policies p
       CROSS JOIN locked
       LEFT JOIN policy_versions v
         ON v.tenant_id = p.tenant_id AND v.policy_id = p.id AND v.version = p.published_version
       LEFT JOIN credential ON credential.environment = 'live' OR locked.candidates = 1
      WHERE p.tenant_id = $1 AND ${byId ? 'p.id = $2::uuid' : 'p.slug = $2'}
   ), session AS (
     INSERT INTO sessions (tenant_id, policy_id, policy_version, credential_id, id, reference, locale, success_url,
       error_url, preset_country, data_key, metadata, link, link_hash, notification_path_hash,
       notification_token_hash, next_sync_at, trace_context)
     SELECT "tenantId", "policyId", version, plan.id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
            now() + make_interval(secs => ${CREATION_LIMIT_SECONDS}), $16
       FROM plan WHERE settled AND version IS NOT NULL AND plan.id IS NOT NULL AND "suspectReason" IS NULL
     RETURNING created_at
   )
   SELECT plan.*, (SELECT created_at FROM session) AS "createdAt" FROM plan`;

/** @throws as `insertSession` */
function checkPlan(
  found: FoundPlan | undefined,
  environment: Environment | undefined,
): { plan: Plan; createdAt: Date } {
  if (!found) {
    throw new ApiError('not_found', 'There is no such policy.', {
      errors: [{ path: '/policy', message: 'No policy has this slug or id.' }],
    });
  }
  const { version, id, candidates, settled, suspectReason, nextLookAt, createdAt, ...rest } = found;
  if (version === null) throw new ApiError('policy_not_published');
  if (!settled) {
    throw new ApiError('unavailable', 'The credentials are just being replaced.', { retryAfterSeconds: 1 });
  }
  if (candidates === 0) {
    throw new ApiError(
      'no_active_credential',
      environment && `There is none for the environment ${environment}.`,
    );
  }
  if (id === null) {
    throw new ApiError(
      'environment_required',
      'Several environments have an active credential, and none is live.',
      {
        errors: [{ path: '/environment', message: 'Name one of them.' }],
      },
    );
  }
  if (suspectReason !== null) throw credentialSuspect({ suspectReason, nextLookAt });
  return { plan: { ...rest, version, id }, createdAt };
}
