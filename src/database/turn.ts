import type { EntityManager } from 'typeorm';

/**
 * Lets only one transaction of a tenant at a time add to what may only be so many: the next one goes on when this one has
 * ended, and counts what it has added.
 */
export async function takeTurn(
  em: EntityManager,
  tenantId: string,
  table: 'secrets' | 'webhook_endpoints',
): Promise<void> {
  // A statement of its own, so that the count that follows sees what the holder before has committed.
  await em.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 3))', [`${tenantId} ${table}`]);
}
