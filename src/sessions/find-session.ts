import type { EntityManager } from 'typeorm';
import { notFound } from '../http/api-error.js';
import { SELECT_SESSION, type SessionRow } from './session.row.js';

/** One session of the tenant. @throws ApiError not_found */
export async function findSession(em: EntityManager, tenantId: string, id: string): Promise<SessionRow> {
  const [row] = await em.query<SessionRow[]>(`${SELECT_SESSION} s.tenant_id = $1 AND s.id = $2`, [
    tenantId,
    id,
  ]);
  if (!row) throw notFound();
  return row;
}
