import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dueWorkLeases, tenantTable } from '../src/database/rls.js';

/** What an inbox can be judged by, leases that are renewed and given back, and a cap per tenant on what is in hand. */
export class Inbox1763800000009 implements MigrationInterface {
  name = 'Inbox1763800000009';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      ALTER TABLE sessions
        ADD COLUMN synced_requests integer NOT NULL DEFAULT 0,
        ADD COLUMN parked_at timestamptz;
      ALTER TABLE notifications
        ADD COLUMN duplicate boolean NOT NULL DEFAULT false,
        ADD COLUMN late boolean NOT NULL DEFAULT false;`);
    await q.query(
      tenantTable(
        'tenant_counts',
        `hour timestamptz NOT NULL,
         kind text NOT NULL,
         count bigint NOT NULL,
         PRIMARY KEY (tenant_id, hour, kind)`,
        ['SELECT', 'INSERT', 'UPDATE'],
      ),
    );
    await q.query(dueWorkLeases('sessions', 'next_sync_at'));
    await q.query(dueWorkLeases('deliveries', 'next_attempt_at'));
    await q.query(dueWorkLeases('credentials', 'next_look_at'));
    await q.query(dueWorkLeases('emails', 'next_attempt_at'));
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
