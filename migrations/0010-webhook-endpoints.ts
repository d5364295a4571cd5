import type { MigrationInterface, QueryRunner } from 'typeorm';
import { definerFunction, definerPolicy, tenantTable } from '../src/database/rls.js';

/** How endpoints fare, secrets that still sign after a rotation, and where an endpoint that was disabled goes on. */
export class WebhookEndpoints1763800000010 implements MigrationInterface {
  name = 'WebhookEndpoints1763800000010';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      ALTER TABLE webhook_endpoints
        ADD COLUMN public_key text,
        ADD COLUMN failures integer NOT NULL DEFAULT 0,
        ADD COLUMN failing_since timestamptz,
        ADD COLUMN warnings smallint NOT NULL DEFAULT 0,
        ADD COLUMN pauses integer NOT NULL DEFAULT 0,
        ADD COLUMN paused_until timestamptz,
        ADD COLUMN disabled_at timestamptz,
        ADD COLUMN replay_from timestamptz;
      ALTER TABLE deliveries ADD COLUMN attempts_before integer NOT NULL DEFAULT 0;`);
    await q.query(
      tenantTable(
        'webhook_retiring_secrets',
        `id uuid NOT NULL,
         endpoint_id uuid NOT NULL,
         secret bytea NOT NULL,
         public_key text,
         ends_at timestamptz NOT NULL,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoints (tenant_id, id)`,
        ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
      ),
    );
    await q.query(`
      CREATE INDEX webhook_retiring_secrets_endpoint ON webhook_retiring_secrets (tenant_id, endpoint_id, id);
      ${definerPolicy('webhook_endpoints', 'SELECT')}
      ${definerFunction(
        'count_paused_endpoints()',
        'bigint',
        `SELECT count(*) FROM webhook_endpoints
          WHERE paused_until > now() AND status = 'enabled' AND deleted_at IS NULL`,
      )}`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
