import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { createIndexConcurrently } from '../../src/database/concurrent-index.js';
import { migrate, MigrationError } from '../../src/database/migrate.js';
import { startServer } from '../../src/server.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { createReadyTenant, createSession } from '../support/factories.js';
import { expectInvariants } from '../support/invariants.js';
import { copyRows, createOlderDatabase, type OlderDatabase } from '../support/older-database.js';

const COMMAND = fileURLToPath(new URL('../../dist/scripts/migrate.js', import.meta.url));

/** Makes a column and then fails, as long as it is told to. */
class HalfWay1799000000001 implements MigrationInterface {
  static fails = true;
  async up(q: QueryRunner): Promise<void> {
    await q.query('ALTER TABLE sessions ADD COLUMN later text');
    if (HalfWay1799000000001.fails) throw new Error('out of disk');
  }
  down = async () => undefined;
}

/** Builds an index that the rows may not allow. */
class UniqueIndex1799000000002 implements MigrationInterface {
  transaction = false;
  up = (q: QueryRunner) => createIndexConcurrently(q, 'tenants_name', 'tenants (name)', 'UNIQUE INDEX');
  down = async () => undefined;
}

class Wide1799000000003 implements MigrationInterface {
  up = (q: QueryRunner) => q.query('ALTER TABLE sessions ADD COLUMN later text');
  down = async () => undefined;
}

const failureOf = (work: Promise<unknown>): Promise<MigrationError> =>
  work.then(
    () => Promise.reject(new Error('nothing failed')),
    (error: MigrationError) => error,
  );

describe('row 54: a migration that fails half-way', () => {
  let app: TestApp;
  let older: OlderDatabase;

  /** An installation with a session that is going on. */
  beforeAll(async () => {
    app = await startTestApp();
    await createSession(await createReadyTenant(app));
    await app.server.stop();
  });

  /** What holds of the database that met the fault once the fault is mended, with a server on it. */
  afterEach(async () => {
    const server = await start();
    try {
      expect(await older.sql('SELECT status FROM sessions')).toEqual([{ status: 'ongoing' }]);
      await expectInvariants({ ...older, url: server.localUrl });
    } finally {
      await server.stop();
      await older.drop();
    }
  });

  afterAll(async () => {
    await app.stop();
  });

  /** The installation as it was when it had had so many of the steps. */
  async function install(steps: number): Promise<OlderDatabase> {
    const database = await createOlderDatabase(steps);
    await copyRows(app, database);
    return database;
  }

  const names = async () =>
    (await older.sql<{ name: string }>('SELECT name FROM migrations ORDER BY id')).map(({ name }) => name);
  const hasLater = async () =>
    (
      await older.sql(
        `SELECT 1 FROM pg_attribute WHERE attrelid = 'sessions'::regclass AND attname = 'later'`,
      )
    ).length > 0;
  const start = () => startServer({ ...app.config, port: 0, databaseUrl: older.appUrl });

  it('row 54: the steps before it stay, it is not recorded, the server refuses the schema, and the next run completes it', async () => {
    older = await install(migrations.length - 2);
    const [last] = migrations.slice(-1);
    /** The last step of this version, interrupted at its end. */
    class Interrupted extends (last as new () => MigrationInterface) {
      override name = last?.name;
      override async up(q: QueryRunner): Promise<void> {
        await super.up(q);
        throw new Error('out of disk');
      }
    }
    const steps = [...migrations.slice(0, -1), Interrupted];
    const error = await failureOf(migrate({ url: older.ownerUrl, steps }));
    expect(error).toBeInstanceOf(MigrationError);
    expect(error.message).toContain(`The step ${last?.name} failed: out of disk.`);
    expect(await names()).toEqual(migrations.slice(0, -1).map(({ name }) => name));
    await expect(start()).rejects.toThrow(
      'The database schema is older than this version. Run: npm run migrate',
    );
    expect(await migrate({ url: older.ownerUrl })).toBe(1);
    await (await start()).stop();
  });

  it('row 54: nothing of its transaction stays', async () => {
    older = await install(migrations.length);
    HalfWay1799000000001.fails = true;
    const steps = [...migrations, HalfWay1799000000001];
    const error = await failureOf(migrate({ url: older.ownerUrl, steps }));
    expect(error.message).toBe(
      'The step HalfWay1799000000001 failed: out of disk. It was rolled back. Run the migration again when this is mended.',
    );
    expect(await hasLater()).toBe(false);
    HalfWay1799000000001.fails = false;
    expect(await migrate({ url: older.ownerUrl, steps })).toBe(1);
    expect(await hasLater()).toBe(true);
  });

  it('row 54: an index that could not be built is left invalid, removed by the next run and built anew', async () => {
    older = await install(migrations.length);
    const twin = `INSERT INTO tenants (id, slug, name) VALUES (gen_random_uuid(), $1, 'Twin')`;
    await older.sql(twin, ['one']);
    await older.sql(twin, ['two']);
    const steps = [...migrations, UniqueIndex1799000000002];
    const error = await failureOf(migrate({ url: older.ownerUrl, steps }));
    expect(error.message).toContain('UniqueIndex1799000000002 failed: could not create unique index');
    expect(error.message).toContain('the next run does the rest');
    expect(error.message).not.toContain('Twin');
    const isValid = () =>
      older.sql(`SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = 'tenants_name'::regclass`);
    expect(await isValid()).toEqual([{ valid: false }]);
    expect(await names()).not.toContain('UniqueIndex1799000000002');
    await older.sql(`DELETE FROM tenants WHERE slug = 'two'`);
    expect(await migrate({ url: older.ownerUrl, steps })).toBe(1);
    expect(await isValid()).toEqual([{ valid: true }]);
    // Built, but ended before it was recorded: the finished index is kept.
    await older.sql(`DELETE FROM migrations WHERE name = 'UniqueIndex1799000000002'`);
    expect(await migrate({ url: older.ownerUrl, steps })).toBe(1);
  });

  it('row 54: a step that never gets its locks gives up, says who held them, and lets the others pass meanwhile', async () => {
    older = await install(migrations.length);
    const release = await older.holdTable('sessions');
    const lines: string[] = [];
    const steps = [...migrations, Wide1799000000003];
    const url = older.ownerUrl;
    try {
      const error = await failureOf(migrate({ url, steps, tries: 4, log: (line) => lines.push(line) }));
      expect(error.message).toMatch(
        /^The step Wide1799000000003 did not get its locks in 4 tries\. They were held by process \d+ \(slow reader, countersign_app/,
      );
      expect(error.message).not.toContain('SELECT');
      expect(lines.map((line) => line.split(';')[0])).toEqual(
        [1, 2, 3].map((attempt) =>
          expect.stringMatching(`^Wide1799000000003 did not get its locks \\(try ${attempt} of 4`),
        ),
      );
      expect(await hasLater()).toBe(false);
    } finally {
      await release();
    }
    expect(await migrate({ url, steps })).toBe(1);
  });

  it('row 54: the command ends with 1 and the name of the step', async () => {
    older = await install(5);
    await older.sql('CREATE TABLE ended_links (a integer)');
    const ended = await new Promise<{ code: unknown; printed: string }>((resolve) => {
      const env = { PATH: process.env.PATH, MIGRATION_DATABASE_URL: older.ownerUrl };
      execFile(process.execPath, [COMMAND], { env, cwd: tmpdir() }, (error, stdout, stderr) =>
        resolve({ code: error?.code, printed: stdout + stderr }),
      );
    });
    expect(ended.code).toBe(1);
    expect(ended.printed).toBe(
      'The step Links1763800000006 failed: relation "ended_links" already exists (SQLSTATE 42P07). ' +
        'It was rolled back. Run the migration again when this is mended.\n',
    );
    await older.sql('DROP TABLE ended_links');
    expect(await migrate({ url: older.ownerUrl })).toBe(migrations.length - 5);
  });
});
