import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexConcurrently } from '../src/database/concurrent-index.js';

/**
 * Who did what, found by who did it. Entries of Yoti and of the server itself, which have no id, are left out: they cost
 * the index nothing, and the planner can take it for no other question.
 */
export class EntriesOfActor1763800000032 implements MigrationInterface {
  name = 'EntriesOfActor1763800000032';
  transaction = false;

  async up(q: QueryRunner): Promise<void> {
    await createIndexConcurrently(
      q,
      'audit_entries_by',
      'audit_entries (tenant_id, actor_id, id) WHERE actor_id IS NOT NULL',
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
