import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexConcurrently } from '../src/database/concurrent-index.js';

/** A replay reads a tenant's events in the order in which they happened, and stops when it has a batch. */
export class EventsByTime1763800000027 implements MigrationInterface {
  name = 'EventsByTime1763800000027';
  transaction = false;

  async up(q: QueryRunner): Promise<void> {
    await createIndexConcurrently(q, 'events_by_time', 'events (tenant_id, created_at, id)');
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
