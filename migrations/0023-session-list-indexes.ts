import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexConcurrently } from '../src/database/concurrent-index.js';

/**
 * What the list of sessions is filtered by: a status or outcome that few sessions have is found without walking past all
 * the others. Sessions that are open are in neither index: they are the latest, and are written to by every notification.
 */
export class SessionListIndexes1763800000023 implements MigrationInterface {
  name = 'SessionListIndexes1763800000023';
  transaction = false;

  async up(q: QueryRunner): Promise<void> {
    await createIndexConcurrently(
      q,
      'sessions_status',
      `sessions (tenant_id, status, id) WHERE status NOT IN ('creating', 'ongoing')`,
    );
    await createIndexConcurrently(
      q,
      'sessions_outcome',
      'sessions (tenant_id, outcome, id) WHERE outcome IS NOT NULL',
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
