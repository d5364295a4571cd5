import { Injectable } from '@nestjs/common';
import { Events } from '../audit/events.service.js';
import { TenantDb } from '../database/tenant-db.js';
import { WakeUp } from '../database/wake-up.js';
import type { Caller } from '../http/caller.js';
import { CredentialChanges } from './credential.changes.js';
import { findCredential, lockCredential, showCredential } from './credential.rows.js';
import { type Depth, ExamineCredential } from './examine-credential.js';

/** Finds out on demand whether a credential works, and what is wrong when it doesn't. */
@Injectable()
export class CheckCredential {
  constructor(
    private readonly db: TenantDb,
    private readonly events: Events,
    private readonly examination: ExamineCredential,
    private readonly changes: CredentialChanges,
    private readonly wakeUp: WakeUp,
  ) {}

  /**
   * Examines the credential between two transactions. One that is in use and found bad becomes suspect; a suspect one
   * that is found good is in use again at once.
   *
   * @param depth what the caller asks for; a credential that proves itself by its sessions is probed without one more
   * @throws ApiError not_found
   */
  async check({ tenantId, actor }: Caller, id: string, depth: Depth | undefined) {
    const before = await this.db.run(tenantId, (em) => findCredential(em, tenantId, id));
    const provesItself = before.status === 'active' && before.suspectSince === null;
    const asked = before.suspectSince ? 'full' : (depth ?? (provesItself ? 'basic' : 'full'));
    const found = await this.examination.examine(before, asked);
    const { answer, recorded } = await this.db.run(tenantId, async (em) => {
      const credential = await lockCredential(em, tenantId, id);
      const result = await this.changes.record(em, credential, found, actor);
      await this.changes.schedule(
        em,
        credential,
        { suspect: result.suspect, unclear: !found.ok && credential.refusedAt !== null },
        1,
      );
      const details = { ok: found.ok, diagnosis: found.diagnosis };
      const object = { type: 'credential', id } as const;
      await this.events.audit(em, tenantId, 'credential.checked', { actor, object, details });
      return { answer: await showCredential(em, tenantId, id), recorded: result };
    });
    if (recorded.owed) this.wakeUp.wake('deliveries');
    if (recorded.recovered) await this.changes.resume(tenantId, id);
    return answer;
  }
}
