import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KillablePostgres } from './killable-postgres.js';

const SIZE = '48m';

/** A database without room for another page. */
export interface FullDisk {
  /** Makes room again. */
  end(): Promise<void>;
}

/** Whether this process may mount what `fillDisk` fills. */
export function canFillDisks(): boolean {
  const mount = mountSmall();
  if (mount !== null) unmount(mount);
  return mount !== null;
}

/** Fills the database's disk: its tables move to a small file system in memory, which is then filled. */
export async function fillDisk(postgres: KillablePostgres): Promise<FullDisk> {
  const mount = mountSmall();
  if (mount === null) throw new Error('Nothing can be mounted here.');
  try {
    return await fill(postgres, mount);
  } catch (error) {
    // Lazily: the server may still have files open there.
    execFileSync('umount', ['--lazy', mount]);
    throw error;
  }
}

/** @returns the directory, or null where this process may not mount */
function mountSmall(): string | null {
  const mount = mkdtempSync(join(tmpdir(), 'countersign-small-'));
  chmodSync(mount, 0o755);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0777`, 'tmpfs', mount], {
      stdio: 'ignore',
    });
    return mount;
  } catch {
    rmSync(mount, { recursive: true, force: true });
    return null;
  }
}

function unmount(mount: string): void {
  execFileSync('umount', [mount]);
  rmSync(mount, { recursive: true, force: true });
}

async function fill(postgres: KillablePostgres, mount: string): Promise<FullDisk> {
  const directory = join(mount, 'tables');
  mkdirSync(directory);
  // Whoever the server runs as has to own it; the mount itself is open to everybody.
  execFileSync('chown', ['--reference', await clusterOf(postgres), directory]);
  await postgres.sql(
    `CREATE TABLESPACE small LOCATION '${directory}'`,
    ...(await moves(postgres, 'small')),
    'CREATE TABLE filler (block text) TABLESPACE small',
    'ALTER TABLE filler ALTER block SET STORAGE PLAIN',
  );
  const write = (rows: number) =>
    postgres
      .sql(`INSERT INTO filler SELECT repeat('x', 8000) FROM generate_series(1, ${rows})`)
      .then(() => true)
      .catch((error: { code?: string }) => {
        if (error.code !== '53100') throw error;
        return false;
      });
  // What a failed statement wrote keeps its room until the table is emptied, so the last pages are taken one by one.
  for (const rows of [100, 10, 1]) while (await write(rows));
  return {
    end: async () => {
      await postgres.sql(
        'DROP TABLE filler',
        ...(await moves(postgres, 'pg_default')),
        'DROP TABLESPACE small',
      );
      unmount(mount);
    },
  };
}

/** One statement a table and index: all in one would meet the server's locks in another order. */
async function moves(postgres: KillablePostgres, tablespace: string): Promise<string[]> {
  const rows = await postgres.sql<{ statement: string }>(
    `SELECT format('ALTER %s %s SET TABLESPACE ${tablespace}', CASE relkind WHEN 'r' THEN 'TABLE' ELSE 'INDEX' END,
                   oid::regclass) AS statement
       FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i') AND relname <> 'filler'`,
  );
  return rows.map(({ statement }) => statement);
}

async function clusterOf(postgres: KillablePostgres): Promise<string> {
  const [row] = await postgres.sql<{ data_directory: string }>('SHOW data_directory');
  return row?.data_directory ?? '';
}

/** Answers every insertion with PostgreSQL's error for a full disk: the same on every machine. */
export async function pretendFullDisk(postgres: KillablePostgres): Promise<FullDisk> {
  const tables = ['sessions', 'audit_entries', 'notifications', 'idempotency_keys'];
  await postgres.sql(
    `CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$`,
    ...tables.map(
      (table) => `CREATE TRIGGER no_room BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION no_room()`,
    ),
  );
  return {
    end: async () => {
      await postgres.sql('DROP FUNCTION no_room() CASCADE');
    },
  };
}
