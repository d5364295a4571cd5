import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexConcurrently } from '../src/database/concurrent-index.js';

/** Parked work is counted without looking at the rest. The indexes are as good as empty: parked work is an exception. */
export class ParkedIndexes1763800000015 implements MigrationInterface {
  name = 'ParkedIndexes1763800000015';
  transaction = false;

  async up(q: QueryRunner): Promise<void> {
    for (const table of ['sessions', 'deliveries', 'emails']) {
      await createIndexConcurrently(
        q,
        `${table}_parked`,
        `${table} (tenant_id, id) WHERE parked_reason IS NOT NULL`,
      );
    }
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
