import type { MigrationInterface, QueryRunner } from 'typeorm';
import { definerFunction, definerPolicy, dueWork, dueWorkColumns, tenantTable } from '../src/database/rls.js';

/** Links that are revoked and made anew, and links sent by e-mail. */
export class Links1763800000006 implements MigrationInterface {
  name = 'Links1763800000006';

  async up(q: QueryRunner): Promise<void> {
    // A revoked link leaves its session without one. Null times: the link is as old as the session, never opened.
    await q.query(`
      ALTER TABLE sessions
        ALTER COLUMN link_hash DROP NOT NULL,
        ADD COLUMN link_created_at timestamptz,
        ADD COLUMN link_opened_at timestamptz;`);
    // Written once: a link that has ended stays ended.
    await q.query(
      tenantTable(
        'ended_links',
        `link_hash bytea NOT NULL,
         session_id uuid NOT NULL,
         ended_at timestamptz NOT NULL DEFAULT now(),
         PRIMARY KEY (tenant_id, link_hash),
         FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, id)`,
        ['SELECT', 'INSERT'],
      ),
    );
    await q.query(`
      CREATE INDEX ended_links_hash ON ended_links (link_hash);
      CREATE INDEX ended_links_session ON ended_links (tenant_id, session_id, ended_at);
      ${definerPolicy('ended_links', 'SELECT')}
      ${definerFunction(
        'find_session_by_ended_link(p_hash bytea)',
        'TABLE (tenant_id uuid, id uuid)',
        `SELECT tenant_id, session_id FROM ended_links WHERE link_hash = p_hash`,
      )}`);
    // The address is there for as long as it is needed and no longer.
    await q.query(
      tenantTable(
        'emails',
        `id uuid NOT NULL,
         session_id uuid NOT NULL,
         link_hash bytea NOT NULL,
         address bytea,
         locale text,
         status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'failed', 'cancelled')),
         attempts integer NOT NULL DEFAULT 0,
         error_class text,
         reply_code integer,
         ${dueWorkColumns('next_attempt_at')},
         created_at timestamptz NOT NULL DEFAULT now(),
         finished_at timestamptz,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, id),
         CHECK ((status = 'pending') = (address IS NOT NULL)),
         CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL))`,
        ['SELECT', 'INSERT', 'UPDATE'],
      ),
    );
    await q.query(`
      CREATE INDEX emails_session ON emails (tenant_id, session_id, id);
      ${dueWork('emails', 'next_attempt_at')}`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
