import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexConcurrently } from '../src/database/concurrent-index.js';

/**
 * What an endpoint is still owed, by when it is due, and what it was given up on, by when. Without the tenant in front
 * a database without statistics of a young table would take `deliveries_endpoint` instead and read the endpoint's whole
 * history; with it, single deliveries and a tenant's due ones are still found by the indexes made for them.
 */
export class DeliveryIndexes1763800000026 implements MigrationInterface {
  name = 'DeliveryIndexes1763800000026';
  transaction = false;

  async up(q: QueryRunner): Promise<void> {
    await createIndexConcurrently(
      q,
      'deliveries_owed',
      'deliveries (tenant_id, endpoint_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL',
    );
    await createIndexConcurrently(
      q,
      'deliveries_given_up',
      `deliveries (tenant_id, endpoint_id, finished_at) WHERE status = 'failed'`,
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
