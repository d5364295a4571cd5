import type { MigrationInterface, QueryRunner } from 'typeorm';
import { definerFunction, dueWork, dueWorkColumns, tenantTable } from '../src/database/rls.js';

/** Credentials, policies, sessions, notifications and reviews. */
export class Verification1763800000002 implements MigrationInterface {
  name = 'Verification1763800000002';

  async up(q: QueryRunner): Promise<void> {
    await q.query(
      tenantTable(
        'credentials',
        `id uuid NOT NULL,
         name text NOT NULL,
         sdk_id text NOT NULL,
         api_url text NOT NULL,
         private_key bytea NOT NULL,
         key_fingerprint text NOT NULL,
         status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'active', 'retiring', 'retired')),
         last_check jsonb,
         created_at timestamptz NOT NULL DEFAULT now(),
         activated_at timestamptz,
         retired_at timestamptz,
         PRIMARY KEY (tenant_id, id)`,
        ['SELECT', 'INSERT', 'UPDATE'],
      ),
    );
    await q.query(
      `CREATE UNIQUE INDEX credentials_one_active ON credentials (tenant_id) WHERE status = 'active';`,
    );
    await q.query(
      tenantTable(
        'policies',
        `id uuid NOT NULL,
         slug text NOT NULL,
         name text NOT NULL,
         description text NOT NULL DEFAULT '',
         draft jsonb NOT NULL,
         draft_changed boolean NOT NULL DEFAULT true,
         published_version integer,
         version integer NOT NULL DEFAULT 1,
         created_at timestamptz NOT NULL DEFAULT now(),
         updated_at timestamptz NOT NULL DEFAULT now(),
         PRIMARY KEY (tenant_id, id),
         CONSTRAINT policies_slug_unique UNIQUE (tenant_id, slug)`,
        ['SELECT', 'INSERT', 'UPDATE'],
      ),
    );
    // No UPDATE and no DELETE: a published version is immutable.
    await q.query(
      tenantTable(
        'policy_versions',
        `policy_id uuid NOT NULL,
         version integer NOT NULL,
         document jsonb NOT NULL,
         fingerprint text NOT NULL,
         published_by text NOT NULL,
         published_at timestamptz NOT NULL DEFAULT now(),
         PRIMARY KEY (tenant_id, policy_id, version),
         FOREIGN KEY (tenant_id, policy_id) REFERENCES policies (tenant_id, id)`,
        ['SELECT', 'INSERT'],
      ),
    );
    await this.sessions(q);
    await q.query(
      tenantTable(
        'notifications',
        `id uuid NOT NULL,
         session_id uuid NOT NULL,
         topic text NOT NULL,
         body jsonb NOT NULL,
         received_at timestamptz NOT NULL DEFAULT now(),
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, id)`,
        ['SELECT', 'INSERT'],
      ),
    );
    await q.query(`CREATE INDEX notifications_session ON notifications (tenant_id, session_id, id);`);
    await q.query(
      tenantTable(
        'reviews',
        `id uuid NOT NULL,
         session_id uuid NOT NULL,
         status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'decided', 'withdrawn')),
         reason_codes text[] NOT NULL,
         claimed_by text,
         claimed_until timestamptz,
         decision text CHECK (decision IN ('approved', 'rejected')),
         reason_code text,
         note bytea,
         decided_by text,
         decided_at timestamptz,
         version integer NOT NULL DEFAULT 1,
         created_at timestamptz NOT NULL DEFAULT now(),
         PRIMARY KEY (tenant_id, id),
         CONSTRAINT reviews_one_per_session UNIQUE (tenant_id, session_id),
         FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, id)`,
        ['SELECT', 'INSERT', 'UPDATE'],
      ),
    );
    await q.query(`CREATE INDEX reviews_queue ON reviews (tenant_id, created_at, id) WHERE status = 'open';`);
  }

  private async sessions(q: QueryRunner): Promise<void> {
    await q.query(
      tenantTable(
        'sessions',
        `id uuid NOT NULL,
         policy_id uuid NOT NULL,
         policy_version integer NOT NULL,
         credential_id uuid NOT NULL,
         reference text,
         status text NOT NULL DEFAULT 'creating'
           CHECK (status IN ('creating', 'ongoing', 'completed', 'expired', 'cancelled', 'failed', 'erased')),
         outcome text CHECK (outcome IN ('approved', 'rejected', 'in_review')),
         progress text NOT NULL DEFAULT 'not_started' CHECK (progress IN ('not_started', 'capturing', 'submitted')),
         failure_code text,
         decision jsonb,
         locale text,
         success_url text,
         error_url text,
         preset_country text,
         data_key bytea,
         metadata bytea,
         yoti_session_id uuid,
         yoti_state text,
         client_token bytea,
         client_expires_at timestamptz,
         link bytea,
         link_hash bytea NOT NULL,
         notification_path_hash bytea NOT NULL,
         notification_token_hash bytea NOT NULL,
         last_client_event jsonb,
         result bytea,
         result_hash bytea,
         synced_at timestamptz,
         sync_requests integer NOT NULL DEFAULT 0,
         sequence integer NOT NULL DEFAULT 0,
         version integer NOT NULL DEFAULT 1,
         ${dueWorkColumns('next_sync_at')},
         created_at timestamptz NOT NULL DEFAULT now(),
         updated_at timestamptz NOT NULL DEFAULT now(),
         submitted_at timestamptz,
         closed_at timestamptz,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, policy_id, policy_version) REFERENCES policy_versions (tenant_id, policy_id, version),
         FOREIGN KEY (tenant_id, credential_id) REFERENCES credentials (tenant_id, id)`,
        ['SELECT', 'INSERT', 'UPDATE'],
      ),
    );
    await q.query(`
      CREATE INDEX sessions_reference ON sessions (tenant_id, reference) WHERE reference IS NOT NULL;
      CREATE INDEX sessions_link ON sessions (link_hash);
      CREATE INDEX sessions_notification_path ON sessions (notification_path_hash);
      ${dueWork('sessions', 'next_sync_at')}
      ${definerFunction(
        'find_session_by_link(p_hash bytea)',
        'TABLE (tenant_id uuid, id uuid)',
        `SELECT tenant_id, id FROM sessions WHERE link_hash = p_hash`,
      )}
      ${definerFunction(
        'find_notification_target(p_path_hash bytea)',
        'TABLE (tenant_id uuid, id uuid, token_hash bytea, yoti_session_id uuid)',
        `SELECT tenant_id, id, notification_token_hash, yoti_session_id FROM sessions
          WHERE notification_path_hash = p_path_hash`,
      )}`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
