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
import { FairSlots, type LaneKind } from './fair-slots.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** How many may wait for a connection at once, of one tenant and altogether. */
const QUEUE_OF_TENANT = 400;
const QUEUE = 1000;
/** How many of one tenant wait that asks for far more than it gets; callers that wait for their answers are fewer. */
const CROWD_OF_TENANT = 32;
const PATIENCE_MS = 300;
/** The lane of what the server does for itself: claims, leases, wake-ups, health. Nothing that a stranger causes. */
const SERVER = '';

/** Lanes of strangers who show nothing that tells them apart. */
export const sharedLanes = {
  /** Yoti's notifications, and forged ones as long as nobody has looked. */
  notifications: 'notifications',
  /** Why a notification was refused: forged ones, hardly ever a genuine one. */
  refusedNotifications: 'refused notifications',
  /** People with a link to their session. */
  links: 'links',
} as const;

const SHARED: ReadonlySet<string> = new Set(Object.values(sharedLanes));

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
      crowdOfLane: CROWD_OF_TENANT,
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
    return this.inLane(SERVER, () => this.transaction('BEGIN', work, 'first'));
  }

  /**
   * One statement without a tenant, such as a call of a look-up function.
   *
   * @param lane in whose line it waits: that of the caller (`laneOf` of a request), or one of `sharedLanes`; without one
   *   it is the server's own work
   */
  async lookUp<Row>(sql: string, parameters: unknown[], lane = SERVER): Promise<Row[]> {
    return this.inLane(lane, () => this.dataSource.query<Row[]>(sql, parameters));
  }

  /** Whether this caller asks for more than it gets: new work of it would only wait. */
  isSlow(caller: string): boolean {
    return this.slots.isSlow(caller);
  }

  /** Whether anybody's work would be refused because too much waits already. */
  get isJammed(): boolean {
    return this.slots.isJammed;
  }

  /** How many wait for a connection. */
  get waiting(): number {
    return this.slots.waiting;
  }

  /** What was wrong with the database when it was last asked, if that is at most so long ago. */
  recentTrouble(withinMs: number): DatabaseTrouble | null {
    const { seenAt, what } = this.trouble ?? {};
    return what && performance.now() - (seenAt ?? 0) <= withinMs ? what : null;
  }

  private async inLane<T>(lane: string, work: () => Promise<T>): Promise<T> {
    const release = await this.slots.take(lane, kindOf(lane));
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

function kindOf(lane: string): LaneKind {
  if (lane === SERVER) return 'server';
  return SHARED.has(lane) ? 'shared' : 'own';
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
