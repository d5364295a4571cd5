import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { Events } from '../audit/events.service.js';
import { hashToken, randomToken } from '../crypto/tokens.js';
import { ApiError } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import type { IdempotentRequest } from '../http/idempotency.js';
import { SessionDeps } from '../sessions/session-deps.js';
import { dataKeyOf } from '../sessions/session.row.js';
import { cancelEmails, listEmails } from './email.row.js';
import { MAX_EMAILS, type linkSchema } from './link.schemas.js';
import { findLink, mayHaveNewLink, stateOf, type LinkRow } from './link.row.js';

type Link = z.infer<typeof linkSchema>;

/** The person's link of a session: short, opaque, and taken back or replaced at once. */
@Injectable()
export class Links {
  constructor(
    private readonly deps: SessionDeps,
    private readonly events: Events,
  ) {}

  /** @throws ApiError not_found */
  async get(caller: Caller, id: string): Promise<Link> {
    return this.deps.db.run(caller.tenantId, async (em) =>
      this.show(em, caller, await findLink(em, caller.tenantId, id)),
    );
  }

  /** Makes a new link; the one before is dead with the commit. @throws ApiError not_found, link_not_active */
  async reissue(caller: Caller, id: string, idempotent: IdempotentRequest | null): Promise<Link> {
    const { tenantId } = caller;
    return this.deps.idempotency.run(tenantId, idempotent, async (em) => {
      const row = await findLink(em, tenantId, id, 'FOR UPDATE');
      if (!mayHaveNewLink(row))
        throw new ApiError('link_not_active', 'The session does not wait for its person.');
      const link = randomToken(16);
      const sealed = dataKeyOf(row, this.deps.ring).seal(link, 'link');
      await this.replace(em, row, { sealed, hash: hashToken(link) });
      await this.audit(em, caller, id, 'session.link_reissued');
      return this.show(em, caller, await findLink(em, tenantId, id));
    });
  }

  /** Takes the link back. One that was taken back before stays so. @throws ApiError not_found, conflict */
  async revoke(caller: Caller, id: string): Promise<void> {
    const { tenantId } = caller;
    await this.deps.db.run(tenantId, async (em) => {
      const row = await findLink(em, tenantId, id, 'FOR UPDATE');
      if (row.status === 'creating') throw new ApiError('conflict', 'The session is being created.');
      if (row.linkHash === null) return;
      await this.replace(em, row, null);
      await this.audit(em, caller, id, 'session.link_revoked');
    });
  }

  private async replace(
    em: EntityManager,
    { tenantId, id, linkHash }: LinkRow,
    link: { sealed: Buffer; hash: Buffer } | null,
  ): Promise<void> {
    if (linkHash) {
      await em.query('INSERT INTO ended_links (tenant_id, link_hash, session_id) VALUES ($1, $2, $3)', [
        tenantId,
        linkHash,
        id,
      ]);
    }
    await em.query(
      `UPDATE sessions SET link = $3, link_hash = $4, updated_at = now(),
              link_created_at = CASE WHEN $4::bytea IS NULL THEN link_created_at ELSE now() END,
              link_opened_at = CASE WHEN $4::bytea IS NULL THEN link_opened_at END
        WHERE tenant_id = $1 AND id = $2`,
      [tenantId, id, link?.sealed ?? null, link?.hash ?? null],
    );
    await cancelEmails(em, tenantId, id);
  }

  private audit(em: EntityManager, { tenantId, actor }: Caller, id: string, action: string): Promise<void> {
    return this.events.audit(em, tenantId, action, { actor, object: { type: 'session', id, sessionId: id } });
  }

  private async show(em: EntityManager, { scopes }: Caller, row: LinkRow): Promise<Link> {
    const { ring, config } = this.deps;
    const state = stateOf(row);
    const shown = state === 'active' && scopes.has('sessions:write') ? row.link : null;
    const items = await listEmails(em, row.tenantId, row.id);
    return {
      sessionId: row.id,
      state,
      url: shown && `${config.publicUrl}/verify/${dataKeyOf(row, ring).open(shown, 'link')}`,
      createdAt: row.createdAt.toISOString(),
      expiresAt: row.expiresAt?.toISOString() ?? null,
      openedAt: row.openedAt?.toISOString() ?? null,
      endedAt: row.endedAt?.toISOString() ?? null,
      emails: {
        available: config.mail !== null,
        remaining: Math.max(0, MAX_EMAILS - items.length),
        items,
      },
    };
  }
}
