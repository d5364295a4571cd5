import type { z } from 'zod';
import type { EventData } from '../audit/event-types.js';
import type { Suspicion } from '../credentials/credentials.service.js';
import type { Environment } from '../credentials/environment.js';
import { DataKey } from '../crypto/data-key.js';
import { ifItOpens, type KeyRing } from '../crypto/key-ring.js';
import { explainClientEvent } from './client-errors.js';
import type { clientEventTypes, clientSchema, decisionSchema, sessionItemSchema } from './session.schemas.js';
import type { SessionOutcome, SessionProgress, SessionStatus } from './session.states.js';

export type Decision = z.infer<typeof decisionSchema>;

/** What the person's client told last, as the row holds it. */
export interface StoredClientEvent {
  type: (typeof clientEventTypes)[number];
  code: number | null;
  /** Missing in events of earlier releases. */
  handOff?: boolean;
  at: string;
}

/** A session with its policy and review, as `SELECT_SESSION` reads it: all but its result, which may be large. */
export interface SessionRow {
  tenantId: string;
  id: string;
  reference: string | null;
  status: SessionStatus;
  outcome: SessionOutcome | null;
  progress: SessionProgress;
  failureCode: string | null;
  decision: Decision | null;
  locale: string | null;
  successUrl: string | null;
  errorUrl: string | null;
  dataKey: Buffer | null;
  metadata: Buffer | null;
  yotiSessionId: string | null;
  clientToken: Buffer | null;
  clientExpiresAt: Date | null;
  link: Buffer | null;
  lastClientEvent: StoredClientEvent | null;
  syncedAt: Date | null;
  syncError: string | null;
  syncRequests: number;
  /** `syncRequests` as the last sync found it: the same number since then means that nobody has asked. */
  syncedRequests: number;
  sequence: number;
  version: number;
  parkedReason: string | null;
  createdAt: Date;
  updatedAt: Date;
  submittedAt: Date | null;
  closedAt: Date | null;
  credentialId: string;
  environment: Environment;
  /** Why Yoti is not asked at the moment; null while the credential works. */
  suspectReason: Suspicion['suspectReason'] | null;
  nextLookAt: Date | null;
  apiUrl: string;
  policyId: string;
  policySlug: string;
  policyName: string;
  policyVersion: number;
  reviewId: string | null;
}

/** Ends in WHERE: add conditions on `s`, first of them the tenant. */
export const SELECT_SESSION = `
  SELECT s.tenant_id AS "tenantId", s.id, s.reference, s.status, s.outcome, s.progress, s.failure_code AS "failureCode",
         s.decision, s.locale, s.success_url AS "successUrl", s.error_url AS "errorUrl", s.data_key AS "dataKey",
         s.metadata, s.yoti_session_id AS "yotiSessionId", s.client_token AS "clientToken",
         s.client_expires_at AS "clientExpiresAt", s.link, s.last_client_event AS "lastClientEvent",
         s.synced_at AS "syncedAt", s.sync_error AS "syncError", s.sync_requests AS "syncRequests",
         s.synced_requests AS "syncedRequests", s.sequence,
         s.version, s.parked_reason AS "parkedReason", s.created_at AS "createdAt", s.updated_at AS "updatedAt",
         s.submitted_at AS "submittedAt", s.closed_at AS "closedAt", s.credential_id AS "credentialId",
         c.environment, c.suspect_reason AS "suspectReason", c.next_look_at AS "nextLookAt",
         c.api_url AS "apiUrl", s.policy_id AS "policyId", p.slug AS "policySlug", p.name AS "policyName",
         s.policy_version AS "policyVersion", r.id AS "reviewId"
    FROM sessions s
    JOIN policies p ON p.tenant_id = s.tenant_id AND p.id = s.policy_id
    JOIN credentials c ON c.tenant_id = s.tenant_id AND c.id = s.credential_id
    LEFT JOIN reviews r ON r.tenant_id = s.tenant_id AND r.session_id = s.id
   WHERE`;

type SessionItem = z.infer<typeof sessionItemSchema>;

/** The session as the API shows it, without what only its maker may see. */
export function toSessionItem(row: SessionRow, ring: KeyRing): SessionItem {
  return {
    id: row.id,
    reference: row.reference,
    status: row.status,
    outcome: row.outcome,
    progress: row.progress,
    policy: { id: row.policyId, slug: row.policySlug, name: row.policyName, version: row.policyVersion },
    environment: row.environment,
    decision: row.decision,
    failureCode: row.failureCode,
    reviewId: row.reviewId,
    lastClientEvent: row.lastClientEvent && toClientEvent(row.lastClientEvent),
    metadata: ifItOpens(() => readMetadata(row, ring)),
    locale: row.locale,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    expiresAt: row.clientExpiresAt?.toISOString() ?? null,
    submittedAt: row.submittedAt?.toISOString() ?? null,
    closedAt: row.closedAt?.toISOString() ?? null,
    syncedAt: row.syncedAt?.toISOString() ?? null,
    syncError: row.syncError,
    parkedReason: row.parkedReason,
  };
}

const toClientEvent = (event: StoredClientEvent): NonNullable<SessionItem['lastClientEvent']> => ({
  type: event.type,
  code: event.code,
  ...explainClientEvent(event),
  handOff: event.handOff ?? false,
  at: event.at,
});

function readMetadata(row: SessionRow, ring: KeyRing): Record<string, string> {
  if (!row.metadata || !row.dataKey) return {};
  return JSON.parse(dataKeyOf(row, ring).open(row.metadata, 'metadata')) as Record<string, string>;
}

/** What the person's client needs, while the person can still go on and it can be opened; null otherwise. */
export function toClient(
  row: SessionRow,
  ring: KeyRing,
  publicUrl: string,
): z.infer<typeof clientSchema> | null {
  const { clientToken, link, yotiSessionId, clientExpiresAt } = row;
  const usable = row.status === 'ongoing' && row.progress !== 'submitted';
  if (!usable || !clientToken || !link || !yotiSessionId || !clientExpiresAt) return null;
  if (clientExpiresAt.getTime() <= Date.now()) return null;
  return ifItOpens(() => {
    const key = dataKeyOf(row, ring);
    const token = key.open(clientToken, 'client_token');
    return clientOf({
      publicUrl,
      apiUrl: row.apiUrl,
      link: key.open(link, 'link'),
      yotiSessionId,
      token,
      expiresAt: clientExpiresAt,
    });
  });
}

/** The addresses and tokens of one person's client (Yoti: "Render the user view"). */
export function clientOf(parts: {
  publicUrl: string;
  apiUrl: string;
  link: string;
  yotiSessionId: string;
  token: string;
  expiresAt: Date;
}): z.infer<typeof clientSchema> {
  const query = new URLSearchParams({ sessionID: parts.yotiSessionId, sessionToken: parts.token });
  return {
    hostedUrl: `${parts.publicUrl}/verify/${parts.link}`,
    iframeUrl: `${parts.apiUrl}/web/index.html?${query.toString()}`,
    yotiSessionId: parts.yotiSessionId,
    yotiSessionToken: parts.token,
    expiresAt: parts.expiresAt.toISOString(),
  };
}

/** @throws Error when the session was erased: its data key is gone */
export function dataKeyOf(row: Pick<SessionRow, 'dataKey' | 'tenantId' | 'id'>, ring: KeyRing): DataKey {
  if (!row.dataKey) throw new Error('The session has no data key.');
  return DataKey.unwrap(ring, row.dataKey, row.tenantId, row.id);
}

/** What events tell about a session: ids and codes, no personal data. */
export function sessionFacts(
  row: Pick<
    SessionRow,
    'id' | 'reference' | 'policyId' | 'policySlug' | 'policyVersion' | 'status' | 'outcome' | 'progress'
  >,
  sequence: number,
): EventData<'session.created'> {
  return {
    sessionId: row.id,
    reference: row.reference,
    policy: { id: row.policyId, slug: row.policySlug, version: row.policyVersion },
    status: row.status,
    outcome: row.outcome,
    progress: row.progress,
    sequence,
  };
}
