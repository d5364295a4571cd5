import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from '../src/database/rls.js';

/** Named secrets of a tenant, and why Yoti could not be asked about a session. */
export class Secrets1763800000005 implements MigrationInterface {
  name = 'Secrets1763800000005';

  async up(q: QueryRunner): Promise<void> {
    await q.query(
      tenantTable(
        'secrets',
        `id uuid NOT NULL,
         name text NOT NULL,
         value bytea NOT NULL,
         created_at timestamptz NOT NULL DEFAULT now(),
         created_by text NOT NULL,
         updated_at timestamptz NOT NULL DEFAULT now(),
         updated_by text NOT NULL,
         PRIMARY KEY (tenant_id, id),
         CONSTRAINT secrets_name_unique UNIQUE (tenant_id, name)`,
        ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
      ),
    );
    await q.query(`ALTER TABLE sessions ADD COLUMN sync_error text`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
