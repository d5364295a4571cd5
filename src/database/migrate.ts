import { setTimeout as sleep } from 'node:timers/promises';
import {
  DataSource,
  type Migration,
  MigrationExecutor,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { BlockerWatch } from './lock-holders.js';
import { lockTimeoutMs, pauseMs } from './migration-patience.js';

/** One number for everybody who migrates this database, so that of several starters one works and the rest wait. */
const MIGRATION_LOCK = 4_273_118_951;
const LOCK_POLL_MS = 250;
/** With the pauses in between, about two and a half minutes. */
const TRIES = 20;
/** lock_not_available and deadlock_detected: somebody else was quicker, and nothing has been changed. */
const RETRIED = ['55P03', '40P01'];

/** A step could not be applied. The message names it, says why, and who held what it waited for. */
export class MigrationError extends Error {
  override name = 'MigrationError';
}

interface MigrateOptions {
  /** Connection of the owner role, to the server itself: the lock belongs to a session, which a pooler would share. */
  url: string;
  /** Receives a line per applied step and about each wait. */
  log?: (line: string) => void;
  /** The steps of the schema to arrive at; those of this version unless an older schema is wanted. */
  steps?: (new () => MigrationInterface)[];
  /** How often a step is tried that doesn't get its locks. */
  tries?: number;
}

/** The connections of one run: the lock is held on one of its own, so that steps may begin and end transactions. */
interface Run {
  lock: QueryRunner;
  runner: QueryRunner;
  /** Process of the runner's connection in the database. */
  pid: number;
  executor: MigrationExecutor;
  log: (line: string) => void;
  tries: number;
}

/**
 * Brings the schema to this version, step by step, under an advisory lock, while servers work on the database.
 *
 * A step waits for its locks for less than a second, because everybody who comes later waits behind it, and is then
 * tried again after a growing pause. Each is a transaction, unless it says `transaction = false`; such a step has to be
 * one that can be run again after it failed half-way.
 *
 * @returns how many steps were applied; 0 when the schema was up to date
 * @throws MigrationError when a step fails; those before it stay applied, and the next run goes on from there
 */
export async function migrate(options: MigrateOptions): Promise<number> {
  const { url, log = () => undefined, steps = migrations, tries = TRIES } = options;
  const dataSource = await new DataSource({
    type: 'postgres',
    url,
    migrations: steps,
    applicationName: 'countersign migrate',
    extra: { max: 2 },
  }).initialize();
  const lock = dataSource.createQueryRunner();
  const runner = dataSource.createQueryRunner();
  try {
    await takeLock(lock, log);
    const [backend] = (await runner.query('SELECT pg_backend_pid() AS pid')) as { pid: number }[];
    const executor = new MigrationExecutor(dataSource, runner);
    const pending = await executor.getPendingMigrations();
    const run = { lock, runner, pid: backend?.pid ?? 0, executor, log, tries };
    for (const step of pending) await apply(run, step);
    return pending.length;
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await runner.release();
    await lock.release();
    await dataSource.destroy();
  }
}

/**
 * Asks again and again instead of waiting in the database: a waiting statement is a transaction of its own, and an index
 * that the holder builds concurrently would wait for its end.
 */
async function takeLock(lock: QueryRunner, log: (line: string) => void): Promise<void> {
  for (let asked = 0; ; asked += 1) {
    const [answer] = (await lock.query('SELECT pg_try_advisory_lock($1) AS taken', [MIGRATION_LOCK])) as {
      taken: boolean;
    }[];
    if (answer?.taken) return;
    if (asked === 0) log('waiting for another migration of this database to end');
    await sleep(LOCK_POLL_MS);
  }
}

async function apply(run: Run, step: Migration): Promise<void> {
  const watch = new BlockerWatch(run.lock, run.pid);
  for (let attempt = 1; ; attempt += 1) {
    const error = await watch.during(() => tryStep(run, step, attempt));
    const holders = watch.seen;
    if (!error) {
      run.log(`applied ${step.name}`);
      return;
    }
    if (!RETRIED.includes(codeOf(error)) || attempt >= run.tries)
      throw explain(step, error, attempt, holders);
    const pause = pauseMs(attempt);
    run.log(
      `${step.name} did not get its locks (try ${attempt} of ${run.tries}; held by ${holders}); again in ${pause / 1000} s`,
    );
    await sleep(pause);
  }
}

/** @returns what went wrong; everything that a transaction did is rolled back then */
async function tryStep(
  { lock, runner, executor }: Run,
  step: Migration,
  attempt: number,
): Promise<Error | null> {
  try {
    await runner.query(`SET lock_timeout = ${lockTimeoutMs(attempt)}`);
    if (isTransaction(step)) await runner.startTransaction();
    await executor.executeMigration(step);
    // Fails when the lock's connection is gone, and the lock with it: then another run may have begun.
    await lock.query('SELECT 1');
    if (isTransaction(step)) await runner.commitTransaction();
    return null;
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    return error as Error;
  }
}

const isTransaction = (step: Migration): boolean => step.instance?.transaction !== false;

const codeOf = (error: Error): string =>
  (error as { driverError?: { code?: string } }).driverError?.code ?? '';

function explain(step: Migration, error: Error, attempts: number, holders: string): MigrationError {
  const left = isTransaction(step)
    ? 'It was rolled back.'
    : 'It is not one transaction: what it did stays, and the next run does the rest.';
  const why = RETRIED.includes(codeOf(error))
    ? `did not get its locks in ${attempts} tries. They were held by ${holders}.`
    : `failed: ${error.message}${codeOf(error) && ` (SQLSTATE ${codeOf(error)})`}.`;
  return new MigrationError(
    `The step ${step.name} ${why} ${left} Run the migration again when this is mended.`,
    {
      cause: error,
    },
  );
}
