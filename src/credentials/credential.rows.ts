import type { EntityManager } from 'typeorm';
import { notFound } from '../http/api-error.js';
import { wordsOf } from '../yoti/probe.js';
import { Credential } from './credential.entity.js';

/** @throws ApiError not_found */
export async function findCredential(em: EntityManager, tenantId: string, id: string): Promise<Credential> {
  const credential = await em.findOneBy(Credential, { tenantId, id });
  if (!credential) throw notFound();
  return credential;
}

/** The credential, with every other writer and every new session of it kept waiting. @throws ApiError not_found */
export async function lockCredential(em: EntityManager, tenantId: string, id: string): Promise<Credential> {
  const credential = await em.findOne(Credential, {
    where: { tenantId, id },
    lock: { mode: 'pessimistic_write' },
  });
  if (!credential) throw notFound();
  return credential;
}

/** How many open sessions each of the credentials serves; those that serve none are left out. */
export async function countOpenSessions(
  em: EntityManager,
  tenantId: string,
  ids: string[],
): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const rows = await em.query<{ id: string; count: number }[]>(
    `SELECT credential_id AS id, count(*)::int AS count FROM sessions
      WHERE tenant_id = $1 AND credential_id = ANY ($2::uuid[]) AND status IN ('creating', 'ongoing')
      GROUP BY 1`,
    [tenantId, ids],
  );
  return new Map(rows.map(({ id, count }) => [id, count]));
}

export async function hasOpenSessions(em: EntityManager, tenantId: string, id: string): Promise<boolean> {
  const rows = await em.query<unknown[]>(
    `SELECT 1 FROM sessions
      WHERE tenant_id = $1 AND credential_id = $2 AND status IN ('creating', 'ongoing') LIMIT 1`,
    [tenantId, id],
  );
  return rows.length > 0;
}

/** Credentials as the API shows them. */
export async function showCredentials(em: EntityManager, tenantId: string, rows: Credential[]) {
  const retiring = rows.filter(({ status }) => status === 'retiring').map(({ id }) => id);
  const open = await countOpenSessions(em, tenantId, retiring);
  return rows.map((row) => toCredential(row, open.get(row.id) ?? 0));
}

/** One credential as the API shows it. @throws ApiError not_found */
export async function showCredential(em: EntityManager, tenantId: string, id: string) {
  const row = await findCredential(em, tenantId, id);
  const open = row.status === 'retiring' ? await countOpenSessions(em, tenantId, [id]) : new Map();
  return toCredential(row, open.get(id) ?? 0);
}

/** The credential as the API shows it, without its key. */
function toCredential(row: Credential, openSessions: number) {
  const { id, name, environment, sdkId, apiUrl, keyFingerprint, status, lastCheck } = row;
  return {
    id,
    name,
    environment,
    sdkId,
    apiUrl,
    keyFingerprint,
    status,
    suspect: suspicionOf(row),
    openSessions: status === 'retiring' ? openSessions : null,
    lastCheck: lastCheck && { depth: 'basic' as const, findings: [], ...lastCheck },
    createdAt: row.createdAt.toISOString(),
    activatedAt: row.activatedAt?.toISOString() ?? null,
    retiredAt: row.retiredAt?.toISOString() ?? null,
  };
}

function suspicionOf({ suspectSince, suspectReason, nextLookAt }: Credential) {
  if (suspectSince === null || suspectReason === null) return null;
  return {
    since: suspectSince.toISOString(),
    diagnosis: suspectReason,
    ...wordsOf(suspectReason),
    nextProbeAt: nextLookAt?.toISOString() ?? null,
  };
}
