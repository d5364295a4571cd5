import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { DueWorker, holdLease, type Lease } from '../database/due-work.js';
import { TenantDb } from '../database/tenant-db.js';
import { WakeUp } from '../database/wake-up.js';
import { SYSTEM } from '../http/caller.js';
import { CredentialChanges } from './credential.changes.js';
import { findCredential, hasOpenSessions } from './credential.rows.js';
import { type Examination, ExamineCredential } from './examine-credential.js';

const CONCURRENCY = 4;
/** A tenant has few credentials; one with many can't take every place. */
const PER_TENANT = 2;
const FAILURE_WAIT_SECONDS = 60;
/** Claims in a row that came to nothing, such as by killing the process. */
const MAX_CLAIMS = 20;
/** A credential is never given up, since its sessions wait for it: one more claim follows each such wait. */
const GIVEN_UP_WAIT_SECONDS = 3600;

/** Looks at credentials that are due: probes those that Yoti refused, and ends the retirement of unneeded ones. */
@Injectable()
export class CredentialWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(CredentialWorker.name);
  private readonly worker: DueWorker | null;

  constructor(
    private readonly db: TenantDb,
    private readonly wakeUp: WakeUp,
    private readonly examination: ExamineCredential,
    private readonly changes: CredentialChanges,
    @Inject(CONFIG) config: Config,
  ) {
    const options = {
      db,
      wakeUp,
      log: this.log,
      kind: 'credentials',
      leaseSeconds: config.workLeaseSeconds,
      concurrency: CONCURRENCY,
      perTenant: PER_TENANT,
      work: (lease: Lease) => this.work(lease),
      failed: (lease: Lease, error: unknown) => this.failed(lease, error),
      mostClaims: MAX_CLAIMS,
      park: (lease: Lease) => this.putOff(lease, GIVEN_UP_WAIT_SECONDS, MAX_CLAIMS - 1),
    } as const;
    this.worker = config.role === 'api' ? null : new DueWorker(options);
  }

  onApplicationBootstrap(): void {
    this.worker?.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.worker?.stop();
  }

  private async work(lease: Lease): Promise<void> {
    const { tenantId, id } = lease;
    const credential = await this.db.run(tenantId, (em) => findCredential(em, tenantId, id));
    const doubtful = credential.suspectSince !== null || credential.refusedAt !== null;
    // In full: a refusal may concern the making of sessions alone.
    const found = doubtful ? await this.examination.examine(credential, 'full') : null;
    const { owed, recovered } = await this.db.run(tenantId, (em) => this.settle(em, lease, found));
    if (owed) this.wakeUp.wake('deliveries');
    if (recovered) await this.changes.resume(tenantId, id);
  }

  private async settle(em: EntityManager, lease: Lease, found: Examination | null) {
    await holdLease(em, 'credentials', lease);
    const credential = await findCredential(em, lease.tenantId, lease.id);
    let { suspect, recovered, owed } = {
      suspect: credential.suspectSince !== null,
      recovered: false,
      owed: false,
    };
    if (found) ({ suspect, recovered, owed } = await this.changes.record(em, credential, found, SYSTEM));
    await release(em, lease, found !== null);
    if (credential.status === 'retiring' && !(await hasOpenSessions(em, lease.tenantId, lease.id))) {
      owed = (await this.changes.retire(em, credential, SYSTEM)) || owed;
    } else {
      const unclear = found ? !found.ok && !suspect : credential.refusedAt !== null;
      await this.changes.schedule(em, credential, { suspect, unclear }, lease.attempts);
    }
    return { owed, recovered };
  }

  private async failed(lease: Lease, error: unknown): Promise<'failed'> {
    const { name, message } = error as Error;
    this.log.error(`credential ${lease.id} could not be looked at: ${name}: ${message}`);
    await this.putOff(lease, FAILURE_WAIT_SECONDS);
    return 'failed';
  }

  /** @param claims how many claims in a row count as having come to nothing */
  private async putOff(lease: Lease, seconds: number, claims = lease.attempts): Promise<void> {
    await this.db.run(lease.tenantId, (em) =>
      em.query(
        `UPDATE credentials SET lease_token = NULL, lease_until = NULL, work_attempts = $5,
                next_look_at = now() + make_interval(secs => $4)
          WHERE tenant_id = $1 AND id = $2 AND lease_token = $3`,
        [lease.tenantId, lease.id, lease.token, seconds, claims],
      ),
    );
  }
}

async function release(em: EntityManager, { tenantId, id }: Lease, probed: boolean): Promise<void> {
  await em.query(
    `UPDATE credentials SET lease_token = NULL, lease_until = NULL,
            probed_at = CASE WHEN $3 THEN now() ELSE probed_at END
      WHERE tenant_id = $1 AND id = $2`,
    [tenantId, id, probed],
  );
}
