import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Events } from '../audit/events.service.js';
import { CONFIG, type Config } from '../config.js';
import { WakeUp } from '../database/wake-up.js';
import { TenantDb } from '../database/tenant-db.js';
import { ApiError } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { checkVersion } from '../http/etag.js';
import { Idempotency, type IdempotentRequest } from '../http/idempotency.js';
import { missingSecrets } from '../secrets/stored-secrets.js';
import type { SpecificationProblem } from '../yoti/check-specification-problem.js';
import { secretNamesOfCheck } from '../yoti/checks/index.js';
import { compileSpecification, secretNamesOf } from '../yoti/compile-specification.js';
import { checkPolicy, toPointer, type PolicyFindings } from './check-policy.js';
import { fingerprintOf } from './fingerprint.js';
import { findPolicy, lockPolicy, toVersion } from './policies.service.js';
import type { PolicyDocument } from './policy.document.js';
import { PolicyVersion, type Policy } from './policy.entity.js';

/** Turns drafts into published versions, and shows beforehand what Yoti would be asked. */
@Injectable()
export class PublishPolicy {
  constructor(
    private readonly db: TenantDb,
    private readonly idempotency: Idempotency,
    private readonly events: Events,
    private readonly wakeUp: WakeUp,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Publishes the draft as version `number`, which has to be the next one: so nobody publishes twice by repeating.
   *
   * @throws ApiError conflict, version_mismatch; policy_invalid with every place of the draft that Yoti would refuse
   */
  async publish(
    { tenantId, actor }: Caller,
    id: string,
    number: number,
    { ifMatch, request }: { ifMatch: number | null; request: IdempotentRequest | null },
  ) {
    let deliveryOwed = false;
    const answer = await this.idempotency.run(tenantId, request, async (em) => {
      const policy = await lockPolicy(em, tenantId, id);
      checkVersion(ifMatch, policy.version);
      requireNext(policy, number);
      const { errors, warnings } = this.check(policy.draft, await missingIn(em, policy));
      if (errors.length > 0) {
        throw new ApiError('policy_invalid', 'Yoti would refuse the draft.', {
          errors: errors.map(toFinding),
        });
      }
      const version = await insertVersion(em, policy, { number, publishedBy: `${actor.type}:${actor.id}` });
      deliveryOwed = await this.events.publish(em, tenantId, 'policy.published', {
        actor,
        object: { type: 'policy', id },
        data: { policyId: id, slug: policy.slug, version: number },
      });
      return { ...toVersion(version), warnings: warnings.map(toFinding) };
    });
    if (deliveryOwed) this.wakeUp.wake('deliveries');
    return answer;
  }

  /** What publishing the draft would send to Yoti for each session, and what it would say. */
  async preview({ tenantId }: Caller, id: string) {
    const { draft, missing } = await this.db.run(tenantId, async (em) => {
      const policy = await findPolicy(em, tenantId, id);
      return { draft: policy.draft, missing: await missingIn(em, policy) };
    });
    const { errors, warnings, specification } = this.check(draft, missing);
    return { specification, errors: errors.map(toFinding), warnings: warnings.map(toFinding) };
  }

  private check(
    draft: PolicyDocument,
    missing: SpecificationProblem[],
  ): PolicyFindings & { specification: Record<string, unknown> | null } {
    const { errors: found, warnings } = checkPolicy(draft);
    const errors = [...found, ...missing];
    try {
      return { errors, warnings, specification: this.compile(draft) };
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
      // The builders stop at the first value they refuse; mostly the check has named its place already.
      const refused: SpecificationProblem = { path: [], message: error.message, severity: 'error' };
      return { errors: errors.length > 0 ? errors : [refused], warnings, specification: null };
    }
  }

  private compile(draft: PolicyDocument): Record<string, unknown> {
    const specification = compileSpecification(draft, {
      userTrackingId: 'SESSION_ID',
      notifications: { endpoint: `${this.config.publicUrl}/hooks/yoti/OPAQUE`, authToken: 'TOKEN' },
      secrets: Object.fromEntries(secretNamesOf(draft).map((name) => [name, `SECRET:${name}`])),
    });
    const json: Record<string, unknown> = JSON.parse(JSON.stringify(specification));
    return json;
  }
}

/** The checks of the draft that name secrets which the tenant has not got. */
async function missingIn(em: EntityManager, { tenantId, draft }: Policy): Promise<SpecificationProblem[]> {
  const missing = new Set(await missingSecrets(em, tenantId, secretNamesOf(draft)));
  return draft.checks.flatMap((check, index) =>
    secretNamesOfCheck(check)
      .filter((name) => missing.has(name))
      .map((name) => ({
        path: ['checks', index, ...(settingNaming(check, name) ?? [])],
        message: `There is no secret "${name}".`,
        severity: 'error' as const,
        fix: 'Set it first, or name another.',
      })),
  );
}

/** The place of the setting that names the secret; undefined when there is none. */
function settingNaming(settings: object, secret: string): string[] | undefined {
  for (const [key, value] of Object.entries(settings)) {
    if (value === secret && key.endsWith('Secret')) return [key];
    const inner = typeof value === 'object' && value !== null && settingNaming(value, secret);
    if (inner) return [key, ...inner];
  }
  return undefined;
}

function requireNext({ publishedVersion, draftChanged }: Policy, number: number): void {
  const next = (publishedVersion ?? 0) + 1;
  if (number !== next) throw new ApiError('conflict', `The next version is ${next}.`);
  if (!draftChanged) throw new ApiError('conflict', `The draft is the same as version ${publishedVersion}.`);
}

async function insertVersion(
  em: EntityManager,
  { tenantId, id, draft }: Policy,
  { number, publishedBy }: { number: number; publishedBy: string },
): Promise<PolicyVersion> {
  await em.query(
    `INSERT INTO policy_versions (tenant_id, policy_id, version, document, fingerprint, published_by)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [tenantId, id, number, draft, fingerprintOf(draft), publishedBy],
  );
  await em.query(
    `UPDATE policies SET published_version = $3, draft_changed = false, version = version + 1, updated_at = now()
      WHERE tenant_id = $1 AND id = $2`,
    [tenantId, id, number],
  );
  return em.findOneByOrFail(PolicyVersion, { tenantId, policyId: id, version: number });
}

function toFinding({ path, message, fix }: SpecificationProblem) {
  return { path: toPointer(path), message, fix: fix ?? null };
}
