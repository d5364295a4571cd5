import type { MigrationInterface, QueryRunner } from 'typeorm';
import { definerFunction } from '../src/database/rls.js';

/** Idempotency keys of operators, who act outside of any tenant, and what proves the key ring to be the right one. */
export class Keys1763800000008 implements MigrationInterface {
  name = 'Keys1763800000008';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      CREATE TABLE operator_idempotency_keys (
        operator_id uuid NOT NULL REFERENCES users (id),
        key text NOT NULL,
        fingerprint bytea NOT NULL,
        owner uuid NOT NULL,
        locked_until timestamptz NOT NULL,
        response bytea,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (operator_id, key)
      );
      GRANT SELECT, INSERT, UPDATE, DELETE ON operator_idempotency_keys TO countersign_app;

      CREATE TABLE encryption_keys (
        id text PRIMARY KEY,
        check_value bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      GRANT SELECT, INSERT, DELETE ON encryption_keys TO countersign_app;`);
    // What a ring is tried on before the first check value is stored.
    await q.query(
      definerFunction(
        'any_session_key()',
        'TABLE (tenant_id uuid, id uuid, data_key bytea)',
        `SELECT tenant_id, id, data_key FROM sessions WHERE data_key IS NOT NULL LIMIT 1`,
      ),
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
