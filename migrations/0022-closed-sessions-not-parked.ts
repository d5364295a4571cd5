import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Sessions that were parked when they were cancelled wait for nothing, and are no longer counted as given up. Few rows,
 * found by the index of what is parked.
 */
export class ClosedSessionsNotParked1763800000022 implements MigrationInterface {
  name = 'ClosedSessionsNotParked1763800000022';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      UPDATE sessions SET parked_reason = NULL, parked_at = NULL, next_sync_at = NULL
       WHERE parked_reason IS NOT NULL AND status NOT IN ('creating', 'ongoing')`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
