import type { EntityManager } from 'typeorm';
import type { KeyRing, Place } from '../crypto/key-ring.js';
import { ApiError } from '../http/api-error.js';

/** What a secret's value is sealed for: the value of one tenant's secret opens as no other. */
export const placeOf = (tenantId: string, name: string): Place => ({
  purpose: 'tenant-secret',
  tenantId,
  rowId: name,
});

/**
 * Which of the named secrets the tenant has not got. Those that are there stay until the transaction ends, so that
 * what is written because of them is true.
 */
export async function missingSecrets(
  em: EntityManager,
  tenantId: string,
  names: readonly string[],
): Promise<string[]> {
  if (names.length === 0) return [];
  const rows = await em.query<{ name: string }[]>(
    `SELECT name FROM secrets WHERE tenant_id = $1 AND name = ANY ($2) ORDER BY name FOR SHARE`,
    [tenantId, names],
  );
  const found = new Set(rows.map(({ name }) => name));
  return names.filter((name) => !found.has(name));
}

/**
 * The values of the named secrets.
 *
 * @throws ApiError policy_invalid naming the first that the tenant has not got; SealError
 */
export async function openSecrets(
  em: EntityManager,
  ring: KeyRing,
  tenantId: string,
  names: readonly string[],
): Promise<Record<string, string>> {
  const rows = await em.query<{ name: string; value: Buffer }[]>(
    `SELECT name, value FROM secrets WHERE tenant_id = $1 AND name = ANY ($2)`,
    [tenantId, names],
  );
  const sealed = new Map(rows.map(({ name, value }) => [name, value]));
  return Object.fromEntries(
    names.map((name) => {
      const value = sealed.get(name);
      if (!value) throw new ApiError('policy_invalid', `The tenant has no secret "${name}".`);
      return [name, ring.open(value, placeOf(tenantId, name)).toString('utf8')];
    }),
  );
}
