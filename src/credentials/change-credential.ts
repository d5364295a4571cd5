import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Events } from '../audit/events.service.js';
import { TenantDb } from '../database/tenant-db.js';
import { WakeUp } from '../database/wake-up.js';
import { ApiError, notFound } from '../http/api-error.js';
import type { Actor, Caller } from '../http/caller.js';
import { Credential } from './credential.entity.js';
import { activation, retirement } from './credential.states.js';
import { findCredential, toCredential } from './credentials.service.js';

/** Puts credentials into use and takes them out of it. */
@Injectable()
export class ChangeCredential {
  constructor(
    private readonly db: TenantDb,
    private readonly events: Events,
    private readonly wakeUp: WakeUp,
  ) {}

  /**
   * Makes a credential the one that new sessions use; the one before begins to retire.
   *
   * @throws ApiError conflict unless its last check was good
   */
  async activate({ tenantId, actor }: Caller, id: string) {
    let deliveryOwed = false;
    const answer = await this.db.run(tenantId, async (em) => {
      const next = activation(await lockCredential(em, tenantId, id));
      if (next !== 'unchanged') {
        if ('refused' in next) throw new ApiError('conflict', next.refused);
        await this.retirePrevious(em, tenantId, actor);
        await em.query(
          `UPDATE credentials SET status = 'active', activated_at = now() WHERE tenant_id = $1 AND id = $2`,
          [tenantId, id],
        );
        deliveryOwed = await this.events.publish(em, tenantId, 'credential.activated', {
          actor,
          object: { type: 'credential', id },
          data: { credentialId: id, status: next.to },
        });
      }
      return toCredential(await findCredential(em, tenantId, id));
    });
    if (deliveryOwed) this.wakeUp.wake('deliveries');
    return answer;
  }

  /** Takes a credential out of use. It is retiring while sessions it made are open, then retired by doing it again. */
  async retire({ tenantId, actor }: Caller, id: string) {
    return this.db.run(tenantId, async (em) => {
      const credential = await lockCredential(em, tenantId, id);
      const next = retirement(credential, await hasOpenSessions(em, tenantId, id));
      if (next !== 'unchanged') {
        await em.query(
          `UPDATE credentials SET status = $3, retired_at = CASE WHEN $3 = 'retired' THEN now() END
            WHERE tenant_id = $1 AND id = $2`,
          [tenantId, id, next.to],
        );
        const object = { type: 'credential', id } as const;
        await this.events.audit(em, tenantId, `credential.${next.to}`, { actor, object });
      }
      return toCredential(await findCredential(em, tenantId, id));
    });
  }

  private async retirePrevious(em: EntityManager, tenantId: string, actor: Actor): Promise<void> {
    const [rows] = await em.query<[{ id: string }[], number]>(
      `UPDATE credentials SET status = 'retiring' WHERE tenant_id = $1 AND status = 'active' RETURNING id`,
      [tenantId],
    );
    for (const { id } of rows) {
      await this.events.audit(em, tenantId, 'credential.retiring', {
        actor,
        object: { type: 'credential', id },
      });
    }
  }
}

/** The credential, with every other writer and every new session of it kept waiting. @throws ApiError not_found */
async function lockCredential(em: EntityManager, tenantId: string, id: string): Promise<Credential> {
  const credential = await em.findOne(Credential, {
    where: { tenantId, id },
    lock: { mode: 'pessimistic_write' },
  });
  if (!credential) throw notFound();
  return credential;
}

async function hasOpenSessions(em: EntityManager, tenantId: string, id: string): Promise<boolean> {
  const rows = await em.query<unknown[]>(
    `SELECT 1 FROM sessions
      WHERE tenant_id = $1 AND credential_id = $2 AND status IN ('creating', 'ongoing') LIMIT 1`,
    [tenantId, id],
  );
  return rows.length > 0;
}
