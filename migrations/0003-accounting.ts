import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dueWork, dueWorkColumns, tenantTable } from '../src/database/rls.js';

/** Events, webhooks, the audit trail and idempotency keys. */
export class Accounting1763800000003 implements MigrationInterface {
  name = 'Accounting1763800000003';

  async up(q: QueryRunner): Promise<void> {
    await q.query(
      tenantTable(
        'events',
        `id uuid NOT NULL,
         name text NOT NULL,
         session_id uuid,
         sequence integer,
         payload jsonb NOT NULL,
         created_at timestamptz NOT NULL DEFAULT now(),
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, id)`,
        ['SELECT', 'INSERT'],
      ),
    );
    await q.query(`CREATE INDEX events_session ON events (tenant_id, session_id, id);`);
    // No UPDATE and no DELETE: nobody can change an entry through the application's role.
    await q.query(
      tenantTable(
        'audit_entries',
        `id uuid NOT NULL,
         at timestamptz NOT NULL DEFAULT now(),
         actor_type text NOT NULL,
         actor_id text,
         action text NOT NULL,
         object_type text NOT NULL,
         object_id text NOT NULL,
         session_id uuid,
         request_id text,
         details jsonb NOT NULL DEFAULT '{}',
         PRIMARY KEY (tenant_id, id)`,
        ['SELECT', 'INSERT'],
      ),
    );
    await q.query(`
      CREATE INDEX audit_entries_session ON audit_entries (tenant_id, session_id, id) WHERE session_id IS NOT NULL;
      CREATE INDEX audit_entries_object ON audit_entries (tenant_id, object_type, object_id, id);`);
    await q.query(
      tenantTable(
        'webhook_endpoints',
        `id uuid NOT NULL,
         url text NOT NULL,
         description text NOT NULL DEFAULT '',
         events text[] NOT NULL,
         secret bytea NOT NULL,
         status text NOT NULL DEFAULT 'enabled' CHECK (status IN ('enabled', 'disabled')),
         disabled_reason text,
         version integer NOT NULL DEFAULT 1,
         created_at timestamptz NOT NULL DEFAULT now(),
         updated_at timestamptz NOT NULL DEFAULT now(),
         deleted_at timestamptz,
         PRIMARY KEY (tenant_id, id)`,
        ['SELECT', 'INSERT', 'UPDATE'],
      ),
    );
    await q.query(
      tenantTable(
        'deliveries',
        `id uuid NOT NULL,
         endpoint_id uuid NOT NULL,
         event_id uuid NOT NULL,
         status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'failed', 'cancelled')),
         attempts integer NOT NULL DEFAULT 0,
         ${dueWorkColumns('next_attempt_at')},
         created_at timestamptz NOT NULL DEFAULT now(),
         finished_at timestamptz,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoints (tenant_id, id),
         FOREIGN KEY (tenant_id, event_id) REFERENCES events (tenant_id, id)`,
        ['SELECT', 'INSERT', 'UPDATE'],
      ),
    );
    await q.query(`
      CREATE INDEX deliveries_list ON deliveries (tenant_id, id DESC);
      CREATE INDEX deliveries_endpoint ON deliveries (tenant_id, endpoint_id, id DESC);
      CREATE INDEX deliveries_event ON deliveries (tenant_id, event_id);
      ${dueWork('deliveries', 'next_attempt_at')}`);
    await q.query(
      tenantTable(
        'delivery_attempts',
        `delivery_id uuid NOT NULL,
         attempt integer NOT NULL,
         started_at timestamptz NOT NULL,
         duration_ms integer NOT NULL,
         status_code integer,
         error_class text,
         response_excerpt text,
         PRIMARY KEY (tenant_id, delivery_id, attempt),
         FOREIGN KEY (tenant_id, delivery_id) REFERENCES deliveries (tenant_id, id)`,
        ['SELECT', 'INSERT'],
      ),
    );
    await q.query(
      tenantTable(
        'idempotency_keys',
        `key text NOT NULL,
         fingerprint bytea NOT NULL,
         owner uuid NOT NULL,
         locked_until timestamptz NOT NULL,
         response bytea,
         created_at timestamptz NOT NULL DEFAULT now(),
         PRIMARY KEY (tenant_id, key)`,
        ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
      ),
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
