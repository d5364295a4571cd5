import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { Events } from '../audit/events.service.js';
import { KeyRing } from '../crypto/key-ring.js';
import { TenantDb } from '../database/tenant-db.js';
import { takeTurn } from '../database/turn.js';
import { ApiError, notFound } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { readPage, toPage, type pageQuerySchema } from '../http/pagination.js';
import { policiesNaming } from '../policies/policies-naming.js';
import { placeOf } from './stored-secrets.js';

const MOST_SECRETS = 100;

interface Row {
  id: string;
  name: string;
  createdAt: Date;
  createdBy: string;
  updatedAt: Date;
  updatedBy: string;
}

const COLUMNS = `id, name, created_at AS "createdAt", created_by AS "createdBy", updated_at AS "updatedAt",
  updated_by AS "updatedBy"`;

/** A tenant's secrets that its policies name, such as the API key of its own watchlist. Their values never leave. */
@Injectable()
export class Secrets {
  constructor(
    private readonly db: TenantDb,
    private readonly ring: KeyRing,
    private readonly events: Events,
  ) {}

  async list({ tenantId }: Caller, query: z.infer<typeof pageQuerySchema>) {
    const { limit, afterId } = readPage(query);
    const rows = await this.db.run(tenantId, (em) =>
      em.query<Row[]>(
        `SELECT ${COLUMNS} FROM secrets WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2)
          ORDER BY id DESC LIMIT $3`,
        [tenantId, afterId, limit + 1],
      ),
    );
    return toPage(rows, limit, toSecret);
  }

  /** Creates the secret or replaces its value. @throws ApiError conflict when there are too many */
  async set({ tenantId, actor }: Caller, name: string, value: string) {
    const who = `${actor.type}:${actor.id}`;
    return this.db.run(tenantId, async (em) => {
      await requireRoom(em, tenantId, name);
      const [row] = await em.query<(Row & { created: boolean })[]>(
        `INSERT INTO secrets (tenant_id, id, name, value, created_by, updated_by) VALUES ($1, $5, $2, $3, $4, $4)
         ON CONFLICT (tenant_id, name)
           DO UPDATE SET value = excluded.value, updated_at = now(), updated_by = excluded.updated_by
         RETURNING ${COLUMNS}, id = $5 AS created`,
        [tenantId, name, this.ring.seal(value, placeOf(tenantId, name)), who, uuidv7()],
      );
      if (!row) throw new Error('The secret was not stored.');
      const object = { type: 'secret', id: name } as const;
      await this.events.audit(em, tenantId, 'secret.set', {
        actor,
        object,
        details: { created: row.created },
      });
      return toSecret(row);
    });
  }

  /** @throws ApiError not_found; conflict while the published version of a policy names it */
  async delete({ tenantId, actor }: Caller, name: string): Promise<void> {
    await this.db.run(tenantId, async (em) => {
      // Whoever publishes a policy that names the secret has it locked: what is read next is what holds.
      const [row] = await em.query<unknown[]>(
        `SELECT 1 FROM secrets WHERE tenant_id = $1 AND name = $2 FOR UPDATE`,
        [tenantId, name],
      );
      if (!row) throw notFound();
      const users = await policiesNaming(em, tenantId, name);
      if (users.length > 0) throw new ApiError('conflict', `These policies use it: ${users.join(', ')}.`);
      await em.query(`DELETE FROM secrets WHERE tenant_id = $1 AND name = $2`, [tenantId, name]);
      const object = { type: 'secret', id: name } as const;
      await this.events.audit(em, tenantId, 'secret.deleted', { actor, object });
    });
  }
}

/** @throws ApiError conflict */
async function requireRoom(em: EntityManager, tenantId: string, name: string): Promise<void> {
  await takeTurn(em, tenantId, 'secrets');
  const [others] = await em.query<{ count: number }[]>(
    `SELECT count(*)::int AS count FROM secrets WHERE tenant_id = $1 AND name <> $2`,
    [tenantId, name],
  );
  if ((others?.count ?? 0) >= MOST_SECRETS) {
    throw new ApiError('conflict', `A tenant has at most ${MOST_SECRETS} secrets.`);
  }
}

const toSecret = ({ id, name, createdAt, createdBy, updatedAt, updatedBy }: Row) => ({
  id,
  name,
  createdAt: createdAt.toISOString(),
  createdBy,
  updatedAt: updatedAt.toISOString(),
  updatedBy,
});
