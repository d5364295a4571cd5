import type { MigrationInterface, QueryRunner } from 'typeorm';
import { definerFunction, dueWork } from '../src/database/rls.js';

/** Credentials for each environment, their trouble with Yoti, and their retirement, as due work. */
export class Credentials1763800000004 implements MigrationInterface {
  name = 'Credentials1763800000004';

  async up(q: QueryRunner): Promise<void> {
    // The default serves the previous release while it still runs: the credentials it adds are as a rule live ones.
    await q.query(`
      ALTER TABLE credentials
        ADD COLUMN environment text NOT NULL DEFAULT 'live'
          CHECK (environment IN ('live', 'sandbox', 'simulator')),
        ADD COLUMN refused_at timestamptz,
        ADD COLUMN probed_at timestamptz,
        ADD COLUMN suspect_since timestamptz,
        ADD COLUMN suspect_reason text,
        ADD COLUMN next_look_at timestamptz,
        ADD COLUMN lease_token uuid,
        ADD COLUMN lease_until timestamptz,
        ADD COLUMN work_attempts integer NOT NULL DEFAULT 0,
        ADD CONSTRAINT credentials_suspect CHECK ((suspect_since IS NULL) = (suspect_reason IS NULL));`);
    await q.query(dueWork('credentials', 'next_look_at'));
    // The owner sees every tenant's rows from here on, by the policies that the claim function needs.
    await q.query(`
      UPDATE credentials SET environment = CASE
        WHEN api_url ~ '^https://api\\.yoti\\.com/idverify(/|$)' THEN 'live'
        WHEN api_url ~ '^https://api\\.yoti\\.com/sandbox(/|$)' THEN 'sandbox'
        ELSE 'simulator' END;
      UPDATE credentials SET next_look_at = now() WHERE status = 'retiring';
      DROP INDEX credentials_one_active;
      CREATE UNIQUE INDEX credentials_one_active ON credentials (tenant_id, environment) WHERE status = 'active';
      CREATE INDEX sessions_open_of_credential ON sessions (tenant_id, credential_id)
        WHERE status IN ('creating', 'ongoing');`);
    await q.query(
      definerFunction(
        'list_suspect_credentials()',
        'TABLE (tenant_id uuid, environment text, reason text, count integer, since timestamptz)',
        `SELECT tenant_id, environment, suspect_reason, count(*)::int, min(suspect_since) FROM credentials
          WHERE suspect_since IS NOT NULL GROUP BY tenant_id, environment, suspect_reason
          ORDER BY 5, 1, 2, 3`,
      ),
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
