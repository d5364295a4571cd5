import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { roles, type Role } from '../auth/scopes.js';
import { Events } from '../audit/events.service.js';
import { TenantDb } from '../database/tenant-db.js';
import { ApiError, notFound } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { Idempotency, type IdempotentRequest } from '../http/idempotency.js';
import { readPage, toPage, type pageQuerySchema } from '../http/pagination.js';
import { People } from './people.js';
import type { addUserSchema, userSchema } from './user.schemas.js';

interface MemberRow {
  id: string;
  email: string;
  name: string;
  role: Role;
  addedAt: Date;
}

const SELECT_MEMBER = `
  SELECT u.id, u.email, u.name, m.role, m.created_at AS "addedAt"
    FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.tenant_id = $1`;

/** The people of a tenant. */
@Injectable()
export class UsersService {
  constructor(
    private readonly db: TenantDb,
    private readonly idempotency: Idempotency,
    private readonly people: People,
    private readonly events: Events,
  ) {}

  async list({ tenantId }: Caller, query: z.infer<typeof pageQuerySchema>) {
    const { limit, afterId } = readPage(query);
    return this.db.run(tenantId, async (em) => {
      const rows = await em.query<MemberRow[]>(
        `${SELECT_MEMBER} AND ($2::uuid IS NULL OR u.id > $2) ORDER BY u.id LIMIT $3`,
        [tenantId, afterId, limit + 1],
      );
      return toPage(rows, limit, toUser);
    });
  }

  /** @throws ApiError already_exists for a member; forbidden for a role with more rights than the caller's */
  async add(caller: Caller, input: z.infer<typeof addUserSchema>, idempotent: IdempotentRequest | null) {
    refuseMoreRights(caller, input.role);
    const { tenantId, actor } = caller;
    const person = await this.people.prepare({ email: input.email, name: input.name });
    return this.idempotency.run(tenantId, idempotent, async (em) => {
      const { userId, initialPassword } = await this.people.ensure(em, person);
      const added = await em.query<unknown[]>(
        `INSERT INTO memberships (tenant_id, user_id, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1`,
        [tenantId, userId, input.role],
      );
      if (added.length === 0) throw new ApiError('already_exists', 'The person is in this tenant already.');
      const details = { role: input.role };
      await this.events.audit(em, tenantId, 'user.added', {
        actor,
        object: { type: 'user', id: userId },
        details,
      });
      return { ...toUser(await find(em, tenantId, userId)), initialPassword };
    });
  }

  /** @throws ApiError not_found, forbidden, conflict for one's own role */
  async changeRole(caller: Caller, id: string, role: Role) {
    refuseMoreRights(caller, role);
    const { tenantId, actor } = caller;
    if (actor.id === id) throw new ApiError('conflict', 'Nobody changes their own role.');
    return this.db.run(tenantId, async (em) => {
      await find(em, tenantId, id);
      await em.query('UPDATE memberships SET role = $3 WHERE tenant_id = $1 AND user_id = $2', [
        tenantId,
        id,
        role,
      ]);
      const details = { role };
      await this.events.audit(em, tenantId, 'user.role_changed', {
        actor,
        object: { type: 'user', id },
        details,
      });
      return toUser(await find(em, tenantId, id));
    });
  }

  /** Takes effect with the person's next request. @throws ApiError not_found, conflict for oneself */
  async remove({ tenantId, actor }: Caller, id: string): Promise<void> {
    if (actor.id === id) throw new ApiError('conflict', 'Nobody removes themselves.');
    await this.db.run(tenantId, async (em) => {
      await find(em, tenantId, id);
      await em.query('DELETE FROM memberships WHERE tenant_id = $1 AND user_id = $2', [tenantId, id]);
      await this.events.audit(em, tenantId, 'user.removed', { actor, object: { type: 'user', id } });
    });
  }
}

function refuseMoreRights(caller: Caller, role: Role): void {
  if (roles[role].some((scope) => !caller.scopes.has(scope))) {
    throw new ApiError('forbidden', 'You can not give a role with more rights than your own.');
  }
}

async function find(em: EntityManager, tenantId: string, id: string): Promise<MemberRow> {
  const [row] = await em.query<MemberRow[]>(`${SELECT_MEMBER} AND u.id = $2`, [tenantId, id]);
  if (!row) throw notFound();
  return row;
}

const toUser = (row: MemberRow): z.infer<typeof userSchema> => ({
  ...row,
  addedAt: row.addedAt.toISOString(),
});
