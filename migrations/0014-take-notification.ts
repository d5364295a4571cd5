import type { MigrationInterface, QueryRunner } from 'typeorm';
import { definerFunction } from '../src/database/rls.js';

/** Takes a notification in one statement: whose it is, whether it may be, and what becomes of it. */
export class TakeNotification1763800000014 implements MigrationInterface {
  name = 'TakeNotification1763800000014';

  async up(q: QueryRunner): Promise<void> {
    // Its session's key names the tenant too. Looking the tenant up for each row made all that a tenant is sent at once
    // wait for each other's locks on one row.
    await q.query(`
      ALTER TABLE notifications DROP CONSTRAINT notifications_tenant_id_fkey;
      CREATE POLICY definer_select ON notifications FOR SELECT TO CURRENT_USER USING (true);
      CREATE POLICY definer_insert ON notifications FOR INSERT TO CURRENT_USER WITH CHECK (true);`);
    // What is compared are digests of random tokens: how long that takes tells nothing that helps to find a token. A
    // session that is due by a notification which nobody has taken up yet stays as it is. The lock makes the second of
    // two equal notifications at once see the first.
    await q.query(
      definerFunction(
        `take_notification(p_path_hash bytea, p_token_hash bytea, p_yoti_session uuid, p_id uuid, p_topic text, p_body jsonb)`,
        'text',
        `
        DECLARE
          s record;
          v_late boolean;
          v_duplicate boolean;
        BEGIN
          SELECT tenant_id, id, status,
                 sync_requests <> synced_requests AND next_sync_at <= now() AND coalesce(lease_until <= now(), true)
                   AS is_announced
            INTO s FROM sessions
           WHERE notification_path_hash = p_path_hash AND notification_token_hash = p_token_hash
             AND (yoti_session_id IS NULL OR yoti_session_id = p_yoti_session);
          IF NOT FOUND THEN
            RETURN NULL;
          END IF;
          PERFORM pg_advisory_xact_lock(hashtextextended(s.id::text, 1));
          v_late := s.status NOT IN ('creating', 'ongoing');
          IF s.status = 'ongoing' AND s.is_announced IS NOT TRUE THEN
            UPDATE sessions
               SET next_sync_at = now(), sync_requests = sync_requests + 1, parked_reason = NULL, work_attempts = 0
             WHERE tenant_id = s.tenant_id AND id = s.id AND status = 'ongoing';
            v_late := NOT FOUND;
          END IF;
          SELECT EXISTS (
            SELECT 1 FROM (
              SELECT n.topic, n.body FROM notifications n
               WHERE n.tenant_id = s.tenant_id AND n.session_id = s.id ORDER BY n.id DESC LIMIT 50) recent
             WHERE recent.topic = p_topic AND recent.body = p_body) INTO v_duplicate;
          INSERT INTO notifications (tenant_id, id, session_id, topic, body, duplicate, late)
          VALUES (s.tenant_id, p_id, s.id, p_topic, p_body, v_duplicate, v_late);
          RETURN CASE WHEN v_late THEN 'late' WHEN v_duplicate THEN 'duplicate' ELSE 'received' END;
        END `,
        'plpgsql',
      ),
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
