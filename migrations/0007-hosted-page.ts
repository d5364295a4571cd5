import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where a tenant may embed the hosted page. */
export class HostedPage1763800000007 implements MigrationInterface {
  name = 'HostedPage1763800000007';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`ALTER TABLE tenants ADD COLUMN frame_ancestors text[] NOT NULL DEFAULT '{}'`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
