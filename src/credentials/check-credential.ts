import { Injectable } from '@nestjs/common';
import { Events } from '../audit/events.service.js';
import { TenantDb } from '../database/tenant-db.js';
import type { Caller } from '../http/caller.js';
import { YotiClient } from '../yoti/yoti-client.js';
import { Credentials, findCredential, toCredential } from './credentials.service.js';

/** Asks Yoti whether a credential works, and what is wrong when it doesn't. */
@Injectable()
export class CheckCredential {
  constructor(
    private readonly db: TenantDb,
    private readonly events: Events,
    private readonly credentials: Credentials,
    private readonly yoti: YotiClient,
  ) {}

  /** The call is made between two transactions; a failed one is a finding, not an error. */
  async check({ tenantId, actor }: Caller, id: string) {
    const credential = await this.db.run(tenantId, (em) => findCredential(em, tenantId, id));
    const found = await this.yoti.probe(this.credentials.toConnection(credential));
    return this.db.run(tenantId, async (em) => {
      await em.query(`UPDATE credentials SET last_check = $3 WHERE tenant_id = $1 AND id = $2`, [
        tenantId,
        id,
        { ...found, at: new Date().toISOString() },
      ]);
      const { ok, diagnosis } = found;
      const object = { type: 'credential', id } as const;
      await this.events.audit(em, tenantId, 'credential.checked', {
        actor,
        object,
        details: { ok, diagnosis },
      });
      return toCredential(await findCredential(em, tenantId, id));
    });
  }
}
