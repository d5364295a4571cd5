import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexConcurrently } from '../src/database/concurrent-index.js';

/**
 * The open sessions of a credential, found by the credential alone. An index that begins with the tenant also answers
 * "this session of the tenant, if it is open": as long as the database has no statistics of a young table it takes the
 * smaller index for that instead of the primary key, and every creation reads all open sessions of its tenant.
 */
export class OpenSessionsOfCredential1763800000016 implements MigrationInterface {
  name = 'OpenSessionsOfCredential1763800000016';
  transaction = false;

  async up(q: QueryRunner): Promise<void> {
    await createIndexConcurrently(
      q,
      'sessions_open_by_credential',
      `sessions (credential_id) WHERE status IN ('creating', 'ongoing')`,
    );
    await q.query('DROP INDEX CONCURRENTLY IF EXISTS sessions_open_of_credential');
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
