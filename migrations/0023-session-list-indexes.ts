import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexConcurrently } from '../src/database/concurrent-index.js';

/**
 * What the list of sessions is filtered by: a status or outcome that few sessions have is found without walking past all
 * the others. Each ends in the session's id, so that whatever names a session by its id looks up one row in these too.
 */
export class SessionListIndexes1763800000023 implements MigrationInterface {
  name = 'SessionListIndexes1763800000023';
  transaction = false;

  async up(q: QueryRunner): Promise<void> {
    await createIndexConcurrently(q, 'sessions_status', 'sessions (tenant_id, status, id)');
    await createIndexConcurrently(
      q,
      'sessions_outcome',
      'sessions (tenant_id, outcome, id) WHERE outcome IS NOT NULL',
    );
    // "IS NULL" of a leading column keeps no order, so that this needs an index of its own.
    await createIndexConcurrently(
      q,
      'sessions_without_outcome',
      'sessions (tenant_id, id) WHERE outcome IS NULL',
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
