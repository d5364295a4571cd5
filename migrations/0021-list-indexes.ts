import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexConcurrently } from '../src/database/concurrent-index.js';

/** Indexes of the event feed, of one object's audit entries and of old idempotency keys; those that nothing asks for go. */
export class ListIndexes1763800000021 implements MigrationInterface {
  name = 'ListIndexes1763800000021';
  transaction = false;

  async up(q: QueryRunner): Promise<void> {
    await createIndexConcurrently(q, 'events_feed', 'events (tenant_id, place, id)');
    await createIndexConcurrently(q, 'audit_entries_of', 'audit_entries (tenant_id, object_id, id)');
    await createIndexConcurrently(q, 'idempotency_keys_age', 'idempotency_keys (tenant_id, created_at)');
    await createIndexConcurrently(
      q,
      'operator_idempotency_keys_age',
      'operator_idempotency_keys (created_at)',
    );
    // Objects are asked for by their ids alone, which are unique.
    await q.query('DROP INDEX CONCURRENTLY IF EXISTS audit_entries_object');
    // The primary key, read backwards.
    await q.query('DROP INDEX CONCURRENTLY IF EXISTS deliveries_list');
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
