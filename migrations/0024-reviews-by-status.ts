import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexConcurrently } from '../src/database/concurrent-index.js';

/**
 * Lists of reviews are of one status, in the order of their ids: a page of the open ones passes no decided one. An index
 * for each status, since one with the status in it could be taken, without statistics, for looking up one review.
 */
export class ReviewsByStatus1763800000024 implements MigrationInterface {
  name = 'ReviewsByStatus1763800000024';
  transaction = false;

  async up(q: QueryRunner): Promise<void> {
    for (const status of ['open', 'decided']) {
      await createIndexConcurrently(
        q,
        `reviews_${status}`,
        `reviews (tenant_id, id) WHERE status = '${status}'`,
      );
    }
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
