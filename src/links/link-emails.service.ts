import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { Events } from '../audit/events.service.js';
import { ApiError } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import type { IdempotentRequest } from '../http/idempotency.js';
import { SessionDeps } from '../sessions/session-deps.js';
import { dataKeyOf } from '../sessions/session.row.js';
import { addressField, listEmails } from './email.row.js';
import { MAX_EMAILS, type emailLinkSchema, type linkEmailSchema } from './link.schemas.js';
import { findLink, stateOf } from './link.row.js';

/** Accepts e-mails that carry a session's link. What is accepted is stored before it is answered. */
@Injectable()
export class LinkEmails {
  constructor(
    private readonly deps: SessionDeps,
    private readonly events: Events,
  ) {}

  /** @throws ApiError not_found, email_not_configured, link_not_active, email_limit_reached */
  async accept(
    { tenantId, actor }: Caller,
    sessionId: string,
    { email, locale }: z.infer<typeof emailLinkSchema>,
    idempotent: IdempotentRequest | null,
  ): Promise<z.infer<typeof linkEmailSchema>> {
    const { ring, config, idempotency, wakeUp } = this.deps;
    const accepted = await idempotency.run(tenantId, idempotent, async (em) => {
      const row = await findLink(em, tenantId, sessionId, 'FOR UPDATE');
      if (!config.mail) throw new ApiError('email_not_configured');
      if (stateOf(row) !== 'active') throw new ApiError('link_not_active');
      const earlier = await listEmails(em, tenantId, sessionId);
      if (earlier.length >= MAX_EMAILS) {
        throw new ApiError('email_limit_reached', `A session's link is sent ${MAX_EMAILS} times at most.`);
      }
      const id = uuidv7();
      const address = dataKeyOf(row, ring).seal(email, addressField(id));
      await em.query(
        `INSERT INTO emails (tenant_id, id, session_id, link_hash, address, locale, next_attempt_at)
         VALUES ($1, $2, $3, $4, $5, $6, now())`,
        [tenantId, id, sessionId, row.linkHash, address, locale ?? row.locale],
      );
      const object = { type: 'session', id: sessionId, sessionId } as const;
      await this.events.audit(em, tenantId, 'session.link_emailed', {
        actor,
        object,
        details: { emailId: id },
      });
      const emails = await listEmails(em, tenantId, sessionId);
      return emails.find((item) => item.id === id) as z.infer<typeof linkEmailSchema>;
    });
    wakeUp.wake('emails');
    return accepted;
  }
}
