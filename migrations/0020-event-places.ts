import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The place of an event in the feed, which the first reading after its commit gives it: null until then. What is there
 * already has the place 0 and is in the order of its ids; the release before, which knows nothing of places, makes events
 * without one.
 */
export class EventPlaces1763800000020 implements MigrationInterface {
  name = 'EventPlaces1763800000020';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      ALTER TABLE events ADD COLUMN place bigint DEFAULT 0;
      ALTER TABLE events ALTER COLUMN place SET DEFAULT NULL;
      GRANT UPDATE (place) ON events TO countersign_app;`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
