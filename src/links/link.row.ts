import type { EntityManager } from 'typeorm';
import { notFound } from '../http/api-error.js';
import type { SessionRow } from '../sessions/session.row.js';
import { canReissue, linkState, type LinkFacts, type LinkState } from './link.states.js';

/** A session as far as its link is concerned. */
export interface LinkRow extends Pick<
  SessionRow,
  'tenantId' | 'id' | 'status' | 'progress' | 'dataKey' | 'link' | 'locale'
> {
  /** Null once the link was revoked. */
  linkHash: Buffer | null;
  expiresAt: Date | null;
  createdAt: Date;
  openedAt: Date | null;
  /** When the latest of the session's earlier links ended. */
  endedAt: Date | null;
}

/** Columns of a `LinkRow`, of the session `s`. */
export const LINK_COLUMNS = `
  s.tenant_id AS "tenantId", s.id, s.status, s.progress, s.data_key AS "dataKey", s.link, s.locale,
  s.link_hash AS "linkHash", s.client_expires_at AS "expiresAt", coalesce(s.link_created_at, s.created_at) AS "createdAt",
  s.link_opened_at AS "openedAt",
  (SELECT max(l.ended_at) FROM ended_links l WHERE l.tenant_id = s.tenant_id AND l.session_id = s.id) AS "endedAt"`;

/**
 * The link of one session.
 *
 * @param lock FOR UPDATE where it will be changed, so that of two changes one comes after the other
 * @throws ApiError not_found
 */
export async function findLink(
  em: EntityManager,
  tenantId: string,
  id: string,
  lock: '' | 'FOR UPDATE' = '',
): Promise<LinkRow> {
  const [row] = await em.query<LinkRow[]>(
    `SELECT ${LINK_COLUMNS} FROM sessions s WHERE s.tenant_id = $1 AND s.id = $2 ${lock}`,
    [tenantId, id],
  );
  if (!row) throw notFound();
  return row;
}

const factsOf = ({ status, progress, linkHash, expiresAt }: LinkRow): LinkFacts => ({
  status,
  progress,
  hasLink: linkHash !== null,
  expiresAt,
});

export const stateOf = (row: LinkRow): LinkState => linkState(factsOf(row), Date.now());
export const mayHaveNewLink = (row: LinkRow): boolean => canReissue(factsOf(row), Date.now());
