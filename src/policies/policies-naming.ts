import type { EntityManager } from 'typeorm';
import { secretNamesOf } from '../yoti/compile-specification.js';
import type { PolicyDocument } from './policy.document.js';

/** Slugs of the policies whose published version names the secret. */
export async function policiesNaming(
  em: EntityManager,
  tenantId: string,
  secretName: string,
): Promise<string[]> {
  const published = await em.query<{ slug: string; document: PolicyDocument }[]>(
    `SELECT p.slug, v.document FROM policies p
       JOIN policy_versions v
         ON v.tenant_id = p.tenant_id AND v.policy_id = p.id AND v.version = p.published_version
      WHERE p.tenant_id = $1 ORDER BY p.slug`,
    [tenantId],
  );
  return published
    .filter(({ document }) => secretNamesOf(document).includes(secretName))
    .map(({ slug }) => slug);
}
