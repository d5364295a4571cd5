import type { MigrationInterface, QueryRunner } from 'typeorm';
import { definerFunction, definerPolicy, tenantTable } from '../src/database/rls.js';

/** Tenants and the people and API keys that act in them. */
export class Platform1763800000001 implements MigrationInterface {
  name = 'Platform1763800000001';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'countersign_app') THEN
          RAISE EXCEPTION 'The role countersign_app does not exist. Create it before migrating: CREATE ROLE countersign_app LOGIN PASSWORD ...';
        END IF;
      END $$;
      GRANT USAGE ON SCHEMA public TO countersign_app;
      GRANT SELECT ON migrations TO countersign_app;

      -- UUIDv7 for rows made by one statement; PostgreSQL has its own only from 18 on.
      CREATE FUNCTION uuid_v7() RETURNS uuid LANGUAGE sql VOLATILE AS $$
        SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
          PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
          FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid $$;

      CREATE TABLE tenants (
        id uuid PRIMARY KEY,
        slug text NOT NULL CONSTRAINT tenants_slug_unique UNIQUE,
        name text NOT NULL,
        status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
        branding jsonb NOT NULL DEFAULT '{}',
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      );
      GRANT SELECT, INSERT, UPDATE ON tenants TO countersign_app;

      CREATE TABLE users (
        id uuid PRIMARY KEY,
        email text NOT NULL CONSTRAINT users_email_unique UNIQUE,
        name text NOT NULL,
        password_hash text NOT NULL,
        operator boolean NOT NULL DEFAULT false,
        disabled_at timestamptz,
        failed_logins integer NOT NULL DEFAULT 0,
        blocked_until timestamptz,
        created_at timestamptz NOT NULL DEFAULT now()
      );`);

    await q.query(
      tenantTable(
        'memberships',
        `user_id uuid NOT NULL REFERENCES users (id),
         role text NOT NULL CHECK (role IN ('admin', 'reviewer', 'supervisor', 'auditor', 'developer')),
         created_at timestamptz NOT NULL DEFAULT now(),
         PRIMARY KEY (tenant_id, user_id)`,
        ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
      ),
    );
    await q.query(definerPolicy('memberships', 'SELECT'));

    // A tenant sees exactly the people who are its members.
    await q.query(`
      ALTER TABLE users ENABLE ROW LEVEL SECURITY;
      ALTER TABLE users FORCE ROW LEVEL SECURITY;
      CREATE POLICY members ON users FOR SELECT TO countersign_app
        USING (EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = users.id));
      CREATE POLICY owner ON users FOR ALL TO CURRENT_USER USING (true) WITH CHECK (true);
      GRANT SELECT (id, email, name, disabled_at, created_at) ON users TO countersign_app;

      CREATE TABLE user_sessions (
        token_hash bytea PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users (id),
        created_at timestamptz NOT NULL DEFAULT now(),
        seen_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX user_sessions_user ON user_sessions (user_id);`);

    await q.query(
      tenantTable(
        'api_keys',
        `id uuid NOT NULL,
         name text NOT NULL,
         prefix text NOT NULL,
         key_hash bytea NOT NULL,
         scopes text[] NOT NULL,
         created_by text NOT NULL,
         created_at timestamptz NOT NULL DEFAULT now(),
         expires_at timestamptz,
         revoked_at timestamptz,
         PRIMARY KEY (tenant_id, id)`,
        ['SELECT', 'INSERT', 'UPDATE'],
      ),
    );
    await q.query(`CREATE INDEX api_keys_hash ON api_keys (key_hash);`);
    await q.query(definerPolicy('api_keys', 'SELECT'));

    await q.query(
      definerFunction(
        'find_api_key(p_hash bytea)',
        'TABLE (tenant_id uuid, id uuid, scopes text[], tenant_status text)',
        `SELECT k.tenant_id, k.id, k.scopes, t.status FROM api_keys k JOIN tenants t ON t.id = k.tenant_id
          WHERE k.key_hash = p_hash AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())`,
      ),
    );
    await this.people(q);
  }

  /** What log-in and the console session need before any tenant is known. */
  private async people(q: QueryRunner): Promise<void> {
    await q.query(
      definerFunction(
        'find_login(p_email text)',
        'TABLE (id uuid, password_hash text, blocked boolean)',
        `SELECT id, password_hash, blocked_until IS NOT NULL AND blocked_until > now() FROM users
          WHERE email = lower(p_email) AND disabled_at IS NULL`,
      ),
    );
    await q.query(
      definerFunction(
        'record_login_failure(p_user uuid)',
        'void',
        // The fifth failure in a row blocks for one minute, and every further one doubles it, up to an hour.
        `UPDATE users SET failed_logins = failed_logins + 1,
                blocked_until = CASE WHEN failed_logins >= 4
                  THEN now() + least(interval '1 hour', interval '1 minute' * power(2, least(failed_logins - 4, 10))) END
          WHERE id = p_user`,
      ),
    );
    await q.query(
      definerFunction(
        'open_user_session(p_user uuid, p_hash bytea, p_lifetime interval)',
        'timestamptz',
        `UPDATE users SET failed_logins = 0, blocked_until = NULL WHERE id = p_user;
         DELETE FROM user_sessions WHERE expires_at < now();
         INSERT INTO user_sessions (token_hash, user_id, expires_at) VALUES (p_hash, p_user, now() + p_lifetime)
         RETURNING expires_at;`,
      ),
    );
    await q.query(
      definerFunction(
        'find_user_session(p_hash bytea, p_idle interval)',
        'TABLE (user_id uuid, email text, name text, operator boolean, expires_at timestamptz, seen_at timestamptz, memberships jsonb)',
        `SELECT u.id, u.email, u.name, u.operator, s.expires_at, s.seen_at,
                coalesce((SELECT jsonb_agg(jsonb_build_object('tenantId', t.id, 'slug', t.slug, 'name', t.name,
                                  'status', t.status, 'role', m.role) ORDER BY t.name)
                            FROM memberships m JOIN tenants t ON t.id = m.tenant_id WHERE m.user_id = u.id), '[]')
           FROM user_sessions s JOIN users u ON u.id = s.user_id
          WHERE s.token_hash = p_hash AND s.expires_at > now() AND s.seen_at > now() - p_idle AND u.disabled_at IS NULL`,
      ),
    );
    await q.query(
      definerFunction(
        'touch_user_session(p_hash bytea)',
        'void',
        `UPDATE user_sessions SET seen_at = now() WHERE token_hash = p_hash`,
      ),
    );
    await q.query(
      definerFunction(
        'close_user_session(p_hash bytea)',
        'void',
        `DELETE FROM user_sessions WHERE token_hash = p_hash`,
      ),
    );
    await q.query(
      definerFunction(
        'change_password(p_user uuid, p_password_hash text, p_kept bytea)',
        'void',
        // Whoever got in with the old password is out.
        `UPDATE users SET password_hash = p_password_hash, failed_logins = 0, blocked_until = NULL WHERE id = p_user;
         DELETE FROM user_sessions WHERE user_id = p_user AND token_hash <> p_kept;`,
      ),
    );
    await q.query(
      definerFunction(
        'ensure_user(p_id uuid, p_email text, p_name text, p_password_hash text, p_operator boolean)',
        'TABLE (id uuid, created boolean)',
        // An existing person keeps name, password and rights: a tenant's admin may invite but never take over an account.
        `WITH added AS (
           INSERT INTO users (id, email, name, password_hash, operator)
           VALUES (p_id, lower(p_email), p_name, p_password_hash, p_operator)
           ON CONFLICT (email) DO NOTHING RETURNING users.id)
         SELECT added.id, true FROM added
         UNION ALL
         SELECT u.id, false FROM users u WHERE u.email = lower(p_email) AND NOT EXISTS (SELECT 1 FROM added)`,
      ),
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
