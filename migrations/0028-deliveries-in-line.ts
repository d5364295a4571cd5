import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexConcurrently } from '../src/database/concurrent-index.js';

/**
 * Whether a delivery waits for a place at its endpoint, or has been called. And indexes of what was not delivered: by
 * when it ended, for sending an endpoint's again, and by status, for the list. What is pending, and written to often, is
 * in neither of them, nor is what was delivered, which is nearly all.
 */
export class DeliveriesInLine1763800000028 implements MigrationInterface {
  name = 'DeliveriesInLine1763800000028';
  transaction = false;

  async up(q: QueryRunner): Promise<void> {
    await q.query('ALTER TABLE deliveries ADD COLUMN IF NOT EXISTS called boolean');
    await createIndexConcurrently(
      q,
      'deliveries_not_delivered',
      `deliveries (tenant_id, endpoint_id, finished_at) WHERE status IN ('failed', 'cancelled')`,
    );
    await createIndexConcurrently(
      q,
      'deliveries_status',
      `deliveries (tenant_id, status, id) WHERE status IN ('failed', 'cancelled')`,
    );
    // The first of the two finds what this one found.
    await q.query('DROP INDEX CONCURRENTLY IF EXISTS deliveries_given_up');
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
