import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { TenantDb } from '../database/tenant-db.js';
import { KEPT_HOURS } from './idempotency.js';

const INTERVAL_MS = 3_600_000;
/** Rows one transaction deletes, so that none is long. */
const BATCH = 1000;

/** Deletes the idempotency keys that are past their time, once an hour; several workers share the rows. */
@Injectable()
export class IdempotencyCleanUp implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(IdempotencyCleanUp.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly db: TenantDb,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.role === 'api') return;
    this.timer = setInterval(() => void this.deleteOld(), INTERVAL_MS);
    void this.deleteOld();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  /**
   * Deletes what is past its time, of every tenant and of the operators, in batches of 1000. What can't be deleted now
   * stays until the next run, and keeps nobody else's.
   *
   * @returns the end of the run, be it one that is under way already
   */
  deleteOld(): Promise<void> {
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async run(): Promise<void> {
    await this.trying('idempotency keys', async () => {
      const tenants = await this.db.lookUp<{ id: string }>('SELECT id FROM tenants', []);
      for (const { id } of tenants) {
        const batch = () => this.db.run(id, (em) => deleteBatch(em, 'idempotency_keys', 'tenant_id'));
        await this.trying(`idempotency keys of the tenant ${id}`, () => this.repeat(batch));
      }
    });
    const batch = () =>
      this.db.withoutTenant((em) => deleteBatch(em, 'operator_idempotency_keys', 'operator_id'));
    await this.trying('idempotency keys of operators', () => this.repeat(batch));
  }

  private async trying(what: string, work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => {
      this.log.warn(`old ${what} stay for now: ${(error as Error).message}`);
    });
  }

  private async repeat(batch: () => Promise<number>): Promise<void> {
    while (!this.stopped && (await batch()) === BATCH);
  }
}

/** @returns how many rows it deleted */
async function deleteBatch(em: EntityManager, table: string, holder: string): Promise<number> {
  const [, deleted] = await em.query<[unknown[], number]>(
    `WITH old AS MATERIALIZED (
       SELECT ${holder}, key FROM ${table} WHERE created_at < now() - interval '${KEPT_HOURS} hours'
        ORDER BY created_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
     DELETE FROM ${table} k USING old WHERE k.${holder} = old.${holder} AND k.key = old.key`,
  );
  return deleted;
}
