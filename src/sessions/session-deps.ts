import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { KeyRing } from '../crypto/key-ring.js';
import { TenantDb } from '../database/tenant-db.js';
import { WakeUp } from '../database/wake-up.js';
import { Idempotency } from '../http/idempotency.js';

/** What every transition of a session needs to store itself. */
@Injectable()
export class SessionDeps {
  constructor(
    readonly db: TenantDb,
    readonly ring: KeyRing,
    readonly wakeUp: WakeUp,
    readonly idempotency: Idempotency,
    @Inject(CONFIG) readonly config: Config,
  ) {}
}
