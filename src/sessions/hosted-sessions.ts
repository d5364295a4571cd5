import { Injectable } from '@nestjs/common';
import { Events } from '../audit/events.service.js';
import { hashToken } from '../crypto/tokens.js';
import { MAKE_SESSION_DUE } from '../database/due-session.js';
import { sharedLanes } from '../database/tenant-db.js';
import type { Actor } from '../http/caller.js';
import type { PolicyDocument } from '../policies/policy.document.js';
import { findSession } from './find-session.js';
import { SessionDeps } from './session-deps.js';
import { dataKeyOf, SELECT_SESSION, type SessionRow, type StoredClientEvent } from './session.row.js';
import type { SessionProgress, SessionStatus } from './session.states.js';

const PERSON: Actor = { type: 'person', id: null, requestId: null };

/** Yoti may still be closing a session that was handed in at the last moment: its page isn't "expired" before this. */
const OVERDUE_MS = 60_000;

/** What the hosted page shows and where it ends. No personal data. */
export interface HostedSession {
  /** The link was revoked or replaced. Nothing about the session is told then: it looks cancelled, not started. */
  linkEnded: boolean;
  sessionId: string;
  tenantName: string;
  branding: { logoUrl?: string; primaryColour?: string };
  /** Origins whose pages may embed the hosted page. */
  frameAncestors: string[];
  /** Why the person is asked, in the policy's words. */
  purpose: { title?: string; text: string };
  status: SessionStatus;
  progress: SessionProgress;
  /** Origin of Yoti's client: the only one whose messages count. */
  yotiOrigin: string;
  clientUrl: string;
  locale: string | null;
  successUrl: string | null;
  errorUrl: string | null;
  expiresAt: string | null;
  /** What the phone that took the session over told last; null when another device told last, or none. */
  handOff: HandOff | null;
}

/** How far a hand-off to the phone is. */
export interface HandOff {
  step: ClientEvent['type'];
  at: string;
}

/** What the person's client told; a cue, never proof. */
export interface ClientEvent extends Pick<StoredClientEvent, 'type' | 'handOff'> {
  /** Yoti's client error code; null for the others. */
  code: number | null;
}

/** Audit actions by what the client told. */
const CLIENT_ACTIONS = {
  opened: 'session.handed_off',
  started: 'session.client_started',
  success: 'session.client_success',
  error: 'session.client_error',
} as const satisfies Record<ClientEvent['type'], string>;

interface Found {
  tenant_id: string;
  id: string;
}

/** Sessions as the person behind a hosted link sees them. The link is all they have. */
@Injectable()
export class HostedSessions {
  constructor(
    private readonly deps: SessionDeps,
    private readonly events: Events,
  ) {}

  /** Null for an unknown link. One that was revoked or replaced says so and nothing else about its session. */
  async find(link: string): Promise<HostedSession | null> {
    const found = await this.lookUp(link);
    if (found) return this.read(found);
    const ended = await this.lookUp(link, 'find_session_by_ended_link');
    const session = ended ? await this.read(ended) : null;
    if (!session) return null;
    const hidden = {
      status: 'cancelled',
      progress: 'not_started',
      successUrl: null,
      errorUrl: null,
      handOff: null,
    } as const;
    return { ...session, ...hidden, linkEnded: true };
  }

  /** Remembers, to the minute, that the page behind a link was opened. */
  async recordOpening(link: string): Promise<void> {
    const found = await this.lookUp(link);
    if (!found) return;
    await this.deps.db.run(found.tenant_id, (em) =>
      em.query(
        `UPDATE sessions SET link_opened_at = now()
          WHERE tenant_id = $1 AND id = $2 AND link_hash = $3
            AND (link_opened_at IS NULL OR link_opened_at < now() - interval '1 minute')`,
        [found.tenant_id, found.id, hashToken(link)],
      ),
    );
  }

  private read(found: Found): Promise<HostedSession | null> {
    return this.deps.db.run(found.tenant_id, async (em) => {
      const [row] = await em.query<(SessionRow & Page)[]>(
        `SELECT x.*, v.document->'purpose' AS purpose, t.name AS "tenantName", t.branding,
                t.frame_ancestors AS "frameAncestors", t.status AS "tenantStatus"
           FROM (${SELECT_SESSION} s.tenant_id = $1 AND s.id = $2) x
           JOIN policy_versions v ON v.tenant_id = x."tenantId" AND v.policy_id = x."policyId"
            AND v.version = x."policyVersion"
           JOIN tenants t ON t.id = x."tenantId"`,
        [found.tenant_id, found.id],
      );
      return row && row.tenantStatus === 'active' ? toHosted(row) : null;
    });
  }

  /** Id and token for Yoti's client, only while the person can go on. Handing them out is on record. */
  async clientOf(link: string): Promise<{ yotiSessionId: string; yotiSessionToken: string } | null> {
    const found = await this.lookUp(link);
    if (!found) return null;
    const { tenant_id: tenantId, id } = found;
    return this.deps.db.run(tenantId, async (em) => {
      const row = await findSession(em, tenantId, id);
      if (!row.clientToken || !row.yotiSessionId || row.status !== 'ongoing' || isOverdue(row)) return null;
      const object = { type: 'session', id, sessionId: id } as const;
      await this.events.audit(em, tenantId, 'session.client_opened', { actor: PERSON, object });
      const yotiSessionToken = dataKeyOf(row, this.deps.ring).open(row.clientToken, 'client_token');
      return { yotiSessionId: row.yotiSessionId, yotiSessionToken };
    });
  }

  /** Keeps what the client told and, at its end, makes the session due: Yoti says what is true. */
  async recordClientEvent(link: string, event: ClientEvent): Promise<void> {
    const found = await this.lookUp(link);
    if (!found) return;
    const { tenant_id: tenantId, id } = found;
    const ended = event.type === 'success' || event.type === 'error';
    await this.deps.db.run(tenantId, async (em) => {
      const [, changed] = await em.query<[unknown[], number]>(
        `UPDATE sessions SET last_client_event = $3, updated_at = now()
          WHERE tenant_id = $1 AND id = $2 AND status IN ('ongoing', 'completed')`,
        [tenantId, id, { ...event, at: new Date().toISOString() }],
      );
      if (changed === 0) return;
      if (ended) {
        await em.query(
          `UPDATE sessions SET ${MAKE_SESSION_DUE} WHERE tenant_id = $1 AND id = $2 AND status = 'ongoing'`,
          [tenantId, id],
        );
      }
      const object = { type: 'session', id, sessionId: id } as const;
      const details = event.code === null ? {} : { code: event.code };
      const action = CLIENT_ACTIONS[event.type];
      await this.events.audit(em, tenantId, action, { actor: PERSON, object, details });
    });
    if (ended) this.deps.wakeUp.wake('sessions');
  }

  private async lookUp(
    link: string,
    by: 'find_session_by_link' | 'find_session_by_ended_link' = 'find_session_by_link',
  ): Promise<Found | undefined> {
    if (!/^[A-Za-z0-9_-]{22}$/.test(link)) return undefined;
    const sql = `SELECT * FROM ${by}($1)`;
    const [found] = await this.deps.db.lookUp<Found>(sql, [hashToken(link)], sharedLanes.links);
    return found;
  }
}

interface Page {
  purpose: PolicyDocument['purpose'];
  tenantName: string;
  tenantStatus: string;
  branding: HostedSession['branding'];
  frameAncestors: string[];
}

/** Whether the person's time ended that many milliseconds ago; the sweep is about to say so. */
const isOverdue = ({ clientExpiresAt }: SessionRow, byMs = 0): boolean =>
  clientExpiresAt !== null && clientExpiresAt.getTime() + byMs <= Date.now();

function toHosted(row: SessionRow & Page): HostedSession {
  const hasRunOut = row.status === 'ongoing' && row.progress !== 'submitted' && isOverdue(row, OVERDUE_MS);
  return {
    linkEnded: false,
    sessionId: row.id,
    tenantName: row.tenantName,
    branding: row.branding,
    frameAncestors: row.frameAncestors,
    purpose: row.purpose,
    status: hasRunOut ? 'expired' : row.status,
    progress: row.progress,
    yotiOrigin: new URL(row.apiUrl).origin,
    clientUrl: `${row.apiUrl}/web/index.html`,
    locale: row.locale,
    successUrl: row.successUrl,
    errorUrl: row.errorUrl,
    expiresAt: row.clientExpiresAt?.toISOString() ?? null,
    handOff: toHandOff(row.lastClientEvent),
  };
}

const toHandOff = (event: StoredClientEvent | null): HandOff | null =>
  event?.handOff ? { step: event.type, at: event.at } : null;
