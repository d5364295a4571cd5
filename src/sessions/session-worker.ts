import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DueWorker } from '../database/due-work.js';
import { SessionDeps } from './session-deps.js';
import { SyncSession } from './sync-session.js';

/** Four times what one tenant may have in flight at Yoti, so that the others' sessions pass one whose Yoti hangs. */
const CONCURRENCY = 32;

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
      concurrency: CONCURRENCY,
      work: (lease) => sync.run(lease),
      failed: (lease, error) => sync.failed(lease, error),
    });
  }

  onApplicationBootstrap(): void {
    if (this.deps.config.role !== 'api') this.worker.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.worker.stop();
  }
}
