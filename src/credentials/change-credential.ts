import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Events } from '../audit/events.service.js';
import { WakeUp } from '../database/wake-up.js';
import { ApiError } from '../http/api-error.js';
import type { Actor, Caller } from '../http/caller.js';
import { Idempotency, type IdempotentRequest } from '../http/idempotency.js';
import { CredentialChanges } from './credential.changes.js';
import type { Credential } from './credential.entity.js';
import { findCredential, hasOpenSessions, lockCredential, showCredential } from './credential.rows.js';
import { activation, RETIREMENT_LOOK_SECONDS, retirement } from './credential.states.js';

/** Puts credentials into use and takes them out of it. */
@Injectable()
export class ChangeCredential {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly events: Events,
    private readonly changes: CredentialChanges,
    private readonly wakeUp: WakeUp,
  ) {}

  /**
   * Makes a credential the one that new sessions of its environment use; the one before begins to retire.
   *
   * @throws ApiError not_found; conflict unless its last check was good
   */
  async activate({ tenantId, actor }: Caller, id: string, request: IdempotentRequest | null) {
    let owed = false;
    const answer = await this.idempotency.run(tenantId, request, async (em) => {
      await lockUsed(em, tenantId);
      const credential = await findCredential(em, tenantId, id);
      const next = activation(credential);
      if (next !== 'unchanged' && 'refused' in next) throw new ApiError('conflict', next.refused);
      owed = next !== 'unchanged' && (await this.putIntoUse(em, credential, actor));
      return showCredential(em, tenantId, id);
    });
    if (owed) this.wakeUp.wake('deliveries');
    return answer;
  }

  /**
   * Takes a credential out of use. It is retired at once when no open session needs it; otherwise it is retiring, and
   * retired by the worker when the last of them has closed.
   *
   * @throws ApiError not_found
   */
  async retire({ tenantId, actor }: Caller, id: string, request: IdempotentRequest | null) {
    let owed = false;
    const answer = await this.idempotency.run(tenantId, request, async (em) => {
      const credential = await lockCredential(em, tenantId, id);
      const next = retirement(credential, await hasOpenSessions(em, tenantId, id));
      if (next !== 'unchanged' && next.to === 'retiring') await this.beginRetirement(em, credential, actor);
      if (next !== 'unchanged' && next.to === 'retired') {
        owed = await this.changes.retire(em, credential, actor);
      }
      return showCredential(em, tenantId, id);
    });
    if (owed) this.wakeUp.wake('deliveries');
    return answer;
  }

  private async putIntoUse(em: EntityManager, credential: Credential, actor: Actor): Promise<boolean> {
    const { tenantId, id, environment } = credential;
    const previous = await em.query<{ id: string }[]>(
      `SELECT id FROM credentials WHERE tenant_id = $1 AND environment = $2 AND status = 'active'`,
      [tenantId, environment],
    );
    for (const { id: previousId } of previous) {
      await this.beginRetirement(em, await findCredential(em, tenantId, previousId), actor);
    }
    await em.query(
      `UPDATE credentials SET status = 'active', activated_at = now() WHERE tenant_id = $1 AND id = $2`,
      [tenantId, id],
    );
    return this.changes.publish(em, credential, 'credential.activated', { actor, status: 'active' });
  }

  private async beginRetirement(
    em: EntityManager,
    { tenantId, id }: Credential,
    actor: Actor,
  ): Promise<void> {
    await em.query(
      `UPDATE credentials SET status = 'retiring',
              next_look_at = least(next_look_at, now() + interval '${RETIREMENT_LOOK_SECONDS} seconds')
        WHERE tenant_id = $1 AND id = $2`,
      [tenantId, id],
    );
    const object = { type: 'credential', id } as const;
    await this.events.audit(em, tenantId, 'credential.retiring', { actor, object });
  }
}

/** One activation after the other, in one order: of two at once the later one replaces the earlier. */
async function lockUsed(em: EntityManager, tenantId: string): Promise<void> {
  await em.query(
    `SELECT 1 FROM credentials WHERE tenant_id = $1 AND status <> 'retired' ORDER BY id FOR NO KEY UPDATE`,
    [tenantId],
  );
}
