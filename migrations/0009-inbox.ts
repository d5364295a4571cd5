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
    // With the caller's rights: row-level security holds in it. The session's row is locked first, so that of two equal
    // notifications at once the second sees the first.
    await q.query(`
      CREATE FUNCTION receive_notification(p_tenant uuid, p_session uuid, p_id uuid, p_topic text, p_body jsonb)
        RETURNS text LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
      DECLARE
        v_late boolean := false;
        v_duplicate boolean;
      BEGIN
        UPDATE sessions
           SET next_sync_at = now(), sync_requests = sync_requests + 1, parked_reason = NULL, work_attempts = 0
         WHERE tenant_id = p_tenant AND id = p_session AND status = 'ongoing';
        IF NOT FOUND THEN
          SELECT status <> 'creating' INTO v_late FROM sessions
           WHERE tenant_id = p_tenant AND id = p_session FOR NO KEY UPDATE;
        END IF;
        SELECT EXISTS (
          SELECT 1 FROM (
            SELECT n.topic, n.body FROM notifications n
             WHERE n.tenant_id = p_tenant AND n.session_id = p_session ORDER BY n.id DESC LIMIT 50) recent
           WHERE recent.topic = p_topic AND recent.body = p_body) INTO v_duplicate;
        INSERT INTO notifications (tenant_id, id, session_id, topic, body, duplicate, late)
        VALUES (p_tenant, p_id, p_session, p_topic, p_body, v_duplicate, v_late);
        RETURN CASE WHEN v_late THEN 'late' WHEN v_duplicate THEN 'duplicate' ELSE 'received' END;
      END $$;
      REVOKE ALL ON FUNCTION receive_notification(uuid, uuid, uuid, text, jsonb) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION receive_notification(uuid, uuid, uuid, text, jsonb) TO countersign_app;`);
    await q.query(dueWorkLeases('sessions', 'next_sync_at'));
    await q.query(dueWorkLeases('deliveries', 'next_attempt_at'));
    await q.query(dueWorkLeases('credentials', 'next_look_at'));
    await q.query(dueWorkLeases('emails', 'next_attempt_at'));
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
