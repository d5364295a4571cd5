import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import type { emailReasons, emailStatuses, linkEmailSchema } from './link.schemas.js';

/** An e-mail that carries a session's link; due work while it is pending. */
export interface EmailRow {
  id: string;
  sessionId: string;
  /** The link it was asked for: another one isn't sent in its place. */
  linkHash: Buffer;
  /** Sealed by the session's data key; forgotten with the end. */
  address: Buffer | null;
  locale: string | null;
  status: (typeof emailStatuses)[number];
  attempts: number;
  errorClass: (typeof emailReasons)[number] | null;
  replyCode: number | null;
  parkedReason: (typeof emailReasons)[number] | null;
  nextAttemptAt: Date | null;
  createdAt: Date;
  finishedAt: Date | null;
}

export const SELECT_EMAIL = `
  SELECT e.id, e.session_id AS "sessionId", e.link_hash AS "linkHash", e.address, e.locale, e.status, e.attempts,
         e.error_class AS "errorClass", e.reply_code AS "replyCode", e.parked_reason AS "parkedReason",
         e.next_attempt_at AS "nextAttemptAt", e.created_at AS "createdAt", e.finished_at AS "finishedAt"
    FROM emails e`;

/** Which field of the session the sealed address is. */
export const addressField = (emailId: string): string => `email_address ${emailId}`;

/** A session's e-mails, oldest first. */
export async function listEmails(em: EntityManager, tenantId: string, sessionId: string) {
  const rows = await em.query<EmailRow[]>(
    `${SELECT_EMAIL} WHERE e.tenant_id = $1 AND e.session_id = $2 ORDER BY e.id`,
    [tenantId, sessionId],
  );
  return rows.map(toEmail);
}

/** As the API shows it. */
export function toEmail(row: EmailRow): z.infer<typeof linkEmailSchema> {
  return {
    id: row.id,
    status: row.status,
    attemptCount: row.attempts,
    reason: row.parkedReason ?? row.errorClass,
    replyCode: row.replyCode,
    nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

/** Ends what waits to be sent and nobody has in hand; the sender finds out about the rest by itself. */
export async function cancelEmails(em: EntityManager, tenantId: string, sessionId: string): Promise<void> {
  await em.query(
    `UPDATE emails SET status = 'cancelled', address = NULL, next_attempt_at = NULL, finished_at = now(),
            parked_reason = 'link_ended', lease_token = NULL, lease_until = NULL
      WHERE tenant_id = $1 AND session_id = $2 AND status = 'pending' AND (lease_until IS NULL OR lease_until <= now())`,
    [tenantId, sessionId],
  );
}
