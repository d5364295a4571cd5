import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Events } from '../audit/events.service.js';
import { holdLease, type Lease } from '../database/due-work.js';
import { SYSTEM } from '../http/caller.js';
import { nextAttemptIn } from '../mail/mail.schedule.js';
import type { SmtpError } from '../mail/smtp-errors.js';
import type { PolicyDocument } from '../policies/policy.document.js';
import { SessionDeps } from '../sessions/session-deps.js';
import { dataKeyOf } from '../sessions/session.row.js';
import { addressField, SELECT_EMAIL, type EmailRow } from './email.row.js';
import type { LinkMessageFacts } from './link-message.js';
import { LINK_COLUMNS, stateOf, type LinkRow } from './link.row.js';

/** What is sent, to whom. */
export interface OutgoingEmail extends LinkMessageFacts {
  id: string;
  to: string;
  createdAt: Date;
}

/** End of a lease on an e-mail. */
interface Outcome extends Pick<
  EmailRow,
  'status' | 'attempts' | 'errorClass' | 'replyCode' | 'parkedReason'
> {
  /** Null when it is finished. */
  nextInSeconds: number | null;
}

interface Context extends LinkRow {
  purpose: PolicyDocument['purpose'];
  tenantName: string;
  tenantStatus: string;
}

/** What the sender reads and writes about e-mails. Everything it writes ends with "still my lease". */
@Injectable()
export class EmailLog {
  constructor(
    private readonly deps: SessionDeps,
    private readonly events: Events,
  ) {}

  /**
   * What is to be sent; null when its link doesn't work any more: then the e-mail has been cancelled. `suspended` when the
   * link works again once the tenant does.
   */
  async load(lease: Lease): Promise<OutgoingEmail | 'suspended' | null> {
    const { tenantId } = lease;
    return this.deps.db.run(tenantId, async (em) => {
      const email = await findEmail(em, lease);
      const session = await findContext(em, tenantId, email.sessionId);
      const outgoing = this.outgoing(email, session);
      if (outgoing) return session.tenantStatus === 'active' ? outgoing : 'suspended';
      const { attempts, errorClass, replyCode } = email;
      const last = { attempts, errorClass, replyCode, nextInSeconds: null };
      await this.finish(em, lease, { ...last, status: 'cancelled', parkedReason: 'link_ended' });
      return null;
    });
  }

  /** Stores what came of an attempt: null when the server has the e-mail. */
  async record(lease: Lease, error: SmtpError | null): Promise<void> {
    await this.deps.db.run(lease.tenantId, async (em) => {
      const attempts = (await findEmail(em, lease)).attempts + 1;
      if (!error) {
        const clean = { errorClass: null, replyCode: null, parkedReason: null, nextInSeconds: null };
        return this.finish(em, lease, { ...clean, status: 'sent', attempts });
      }
      const nextInSeconds = error.errorClass === 'rejected' ? null : nextAttemptIn(attempts, Math.random());
      const status = nextInSeconds === null ? 'failed' : 'pending';
      const parkedReason = nextInSeconds === null ? error.errorClass : null;
      return this.finish(em, lease, { ...error, status, attempts, nextInSeconds, parkedReason });
    });
  }

  /** Ends an e-mail that can't even be tried. */
  async park(lease: Lease): Promise<void> {
    await this.deps.db.run(lease.tenantId, async (em) => {
      const { attempts, errorClass, replyCode } = await findEmail(em, lease);
      const last = { attempts, errorClass, replyCode, nextInSeconds: null };
      await this.finish(em, lease, { ...last, status: 'failed', parkedReason: 'server_failed' });
    });
  }

  /**
   * Gives the lease back without an attempt.
   *
   * @param claims how many claims in a row have now come to nothing
   */
  async putOff(lease: Lease, seconds: number, claims: number): Promise<void> {
    await this.deps.db.run(lease.tenantId, (em) =>
      em.query(
        `UPDATE emails
            SET next_attempt_at = now() + make_interval(secs => $4), lease_token = NULL, lease_until = NULL,
                work_attempts = $5
          WHERE tenant_id = $1 AND id = $2 AND lease_token = $3`,
        [lease.tenantId, lease.id, lease.token, seconds, claims],
      ),
    );
  }

  private outgoing(email: EmailRow, session: Context): OutgoingEmail | null {
    const { link, linkHash, expiresAt, tenantName, purpose } = session;
    const isSame = linkHash !== null && email.linkHash.equals(linkHash);
    if (!isSame || !link || !expiresAt || !email.address) return null;
    if (stateOf(session) !== 'active') return null;
    const key = dataKeyOf(session, this.deps.ring);
    return {
      id: email.id,
      to: key.open(email.address, addressField(email.id)),
      createdAt: email.createdAt,
      url: `${this.deps.config.publicUrl}/verify/${key.open(link, 'link')}`,
      locale: email.locale,
      tenantName,
      purpose,
      expiresAt,
    };
  }

  private async finish(em: EntityManager, lease: Lease, outcome: Outcome): Promise<void> {
    const { tenantId, id } = lease;
    await holdLease(em, 'emails', lease);
    const [[row]] = await em.query<[{ sessionId: string }[], number]>(
      `UPDATE emails
          SET status = $3, attempts = $4, error_class = $5, reply_code = $6, parked_reason = $7,
              next_attempt_at = now() + make_interval(secs => $8::double precision),
              address = CASE WHEN $3 = 'pending' THEN address END,
              finished_at = CASE WHEN $3 = 'pending' THEN NULL ELSE now() END,
              lease_token = NULL, lease_until = NULL, work_attempts = 0
        WHERE tenant_id = $1 AND id = $2 RETURNING session_id AS "sessionId"`,
      [
        tenantId,
        id,
        outcome.status,
        outcome.attempts,
        outcome.errorClass,
        outcome.replyCode,
        outcome.parkedReason,
        outcome.nextInSeconds,
      ],
    );
    if (outcome.status === 'pending' || !row) return;
    const { sessionId } = row;
    const object = { type: 'session', id: sessionId, sessionId } as const;
    const details = { emailId: id, ...(outcome.parkedReason && { reason: outcome.parkedReason }) };
    const action = `session.link_email_${outcome.status}`;
    await this.events.audit(em, tenantId, action, { actor: SYSTEM, object, details });
  }
}

async function findEmail(em: EntityManager, { tenantId, id }: Lease): Promise<EmailRow> {
  const [row] = await em.query<EmailRow[]>(`${SELECT_EMAIL} WHERE e.tenant_id = $1 AND e.id = $2`, [
    tenantId,
    id,
  ]);
  if (!row) throw new Error('The e-mail is missing.');
  return row;
}

async function findContext(em: EntityManager, tenantId: string, sessionId: string): Promise<Context> {
  const [row] = await em.query<Context[]>(
    `SELECT ${LINK_COLUMNS}, v.document->'purpose' AS purpose, t.name AS "tenantName", t.status AS "tenantStatus"
       FROM sessions s
       JOIN policy_versions v ON v.tenant_id = s.tenant_id AND v.policy_id = s.policy_id AND v.version = s.policy_version
       JOIN tenants t ON t.id = s.tenant_id
      WHERE s.tenant_id = $1 AND s.id = $2`,
    [tenantId, sessionId],
  );
  if (!row) throw new Error('The session of the e-mail is missing.');
  return row;
}
