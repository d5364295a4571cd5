import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DueWorker } from '../database/due-work.js';
import { SessionDeps } from './session-deps.js';
import { MAX_SYNC_ATTEMPTS } from './sync.schedule.js';
import { SyncSession } from './sync-session.js';

const CONCURRENCY = 32;
/** A tenant whose Yoti hangs can't take every place. */
const PER_TENANT = 8;

/** Syncs due sessions: those a notification made due, and those whose next step is overdue. */
@Injectable()
export class SessionWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly worker: DueWorker;

  constructor(
    sync: SyncSession,
    private readonly deps: SessionDeps,
  ) {
    this.worker = new DueWorker({
      db: deps.db,
      wakeUp: deps.wakeUp,
      log: new Logger(SessionWorker.name),
      kind: 'sessions',
      leaseSeconds: deps.config.workLeaseSeconds,
      concurrency: CONCURRENCY,
      perTenant: PER_TENANT,
      work: (lease, signal) => sync.run(lease, signal),
      failed: (lease, error) => sync.failed(lease, error),
      mostClaims: MAX_SYNC_ATTEMPTS,
      park: (lease) => sync.park(lease),
    });
  }

  onApplicationBootstrap(): void {
    if (this.deps.config.role !== 'api') this.worker.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.worker.stop();
  }
}
