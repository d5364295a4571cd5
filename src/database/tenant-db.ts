import { Inject, Injectable, Optional } from '@nestjs/common';
import {
  DataSource,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
  type EntityManager,
  type QueryRunner,
} from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import {
  CommitUnknown,
  ConnectionLost,
  databaseTrouble,
  type DatabaseTrouble,
  leavesCommitOpen,
} from './database-trouble.js';
import { CONNECTION_WAIT_MS } from './data-source.js';
import { FairSlots } from './fair-slots.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** How many may wait for a connection at once, of one tenant and altogether. */
const QUEUE_OF_TENANT = 400;
const QUEUE = 1000;
const PATIENCE_MS = 300;
/** The lane of what belongs to no tenant yet, such as looking up an API key. */
const NOBODY = '';

/** The one door to tenant rows: every query of a tenant's data runs in a transaction that names the tenant. */
@Injectable()
export class TenantDb {
  private readonly slots: FairSlots;
  private trouble: { seenAt: number; what: DatabaseTrouble } | undefined;

  constructor(
    private readonly dataSource: DataSource,
    @Optional() @Inject(CONFIG) config?: Pick<Config, 'loadBounds'>,
  ) {
    const { poolSize = 10 } = dataSource.options as { poolSize?: number };
    this.slots = new FairSlots({
      slots: poolSize,
      slotsOfLane: Math.ceil(poolSize / 2),
      queueOfLane: QUEUE_OF_TENANT,
      queue: QUEUE,
      waitMs: CONNECTION_WAIT_MS,
      patienceMs: PATIENCE_MS,
      ...config?.loadBounds.connections,
    });
  }

  /**
   * Runs `work` in a transaction that sees only the rows of `tenantId`. Tenants take turns at the connections.
   *
   * @throws whatever `work` throws, after rolling back; DatabaseBusy when too much waits already or for too long;
   *   ConnectionLost when the connection went away, without an effect; CommitUnknown when it may have had one
   */
  async run<T>(tenantId: string, work: (em: EntityManager) => Promise<T>): Promise<T> {
    // The id goes into the SQL text, so that BEGIN and the setting are one message: nothing but a UUID may pass.
    if (!UUID.test(tenantId)) throw new Error('The id of a tenant is a lower-case UUID.');
    // Goes out with the first statement of `work`: should it fail, no tenant is set, and that statement fails too.
    const begin = `BEGIN; SET LOCAL app.tenant_id = '${tenantId}'`;
    return this.inLane(tenantId, () => this.transaction(begin, work, 'together'));
  }

  /**
   * Runs `work` in a transaction without a tenant: reading any tenant table in it is an error. For what exists before
   * or above tenants: the tenant list, log-ins and the narrow look-up functions.
   */
  async withoutTenant<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.inLane(NOBODY, () => this.transaction('BEGIN', work, 'first'));
  }

  /**
   * One statement without a tenant, such as a call of a look-up function.
   *
   * @param caller who waits in line for it where that is known: a tenant's id, or else an address
   */
  async lookUp<Row>(sql: string, parameters: unknown[], caller = NOBODY): Promise<Row[]> {
    return this.inLane(caller, () => this.dataSource.query<Row[]>(sql, parameters));
  }

  /** Whether this caller asks for more than it gets: new work of it would only wait. */
  isSlow(caller: string): boolean {
    return this.slots.isSlow(caller);
  }

  /** Whether anybody's work would be refused because too much waits already. */
  get isJammed(): boolean {
    return this.slots.isJammed;
  }

  /** What was wrong with the database when it was last asked, if that is at most so long ago. */
  recentTrouble(withinMs: number): DatabaseTrouble | null {
    const { seenAt, what } = this.trouble ?? {};
    return what && performance.now() - (seenAt ?? 0) <= withinMs ? what : null;
  }

  private async inLane<T>(lane: string, work: () => Promise<T>): Promise<T> {
    const release = await this.slots.take(lane);
    try {
      return await work();
    } catch (error) {
      const what = databaseTrouble(error);
      if (what) this.trouble = { seenAt: performance.now(), what };
      throw error;
    } finally {
      release();
    }
  }

  private async transaction<T>(
    begin: string,
    work: (em: EntityManager) => Promise<T>,
    order: 'first' | 'together',
  ): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.connect();
      const begun = runner.query(begin);
      begun.catch(() => undefined);
      if (order === 'first') await begun;
      markAsOpen(runner);
      const result = await work(runner.manager);
      await begun;
      await commit(runner);
      return result;
    } catch (error) {
      // TypeORM lets a runner go whose connection went away, and doesn't know it any more when it is asked again.
      if (isReleased(error)) throw new ConnectionLost(error.message);
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }
}

/** @throws CommitUnknown when the answer didn't come */
async function commit(runner: QueryRunner): Promise<void> {
  // Gone before anything was sent: then nothing took effect.
  if (runner.isReleased) throw new ConnectionLost('the connection went away before COMMIT');
  try {
    await runner.commitTransaction();
  } catch (error) {
    throw leavesCommitOpen(error) ? new CommitUnknown((error as Error).message) : error;
  }
}

/** TypeORM keeps its own account of open transactions; without it `save` and nested transactions would BEGIN anew. */
function markAsOpen(runner: QueryRunner): void {
  Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 });
}

/** The runner and its entity manager say it with errors of their own. */
const isReleased = (error: unknown): error is Error =>
  error instanceof QueryRunnerAlreadyReleasedError ||
  error instanceof QueryRunnerProviderAlreadyReleasedError;
