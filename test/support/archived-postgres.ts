import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { migrate } from '../../src/database/migrate.js';
import { eventually } from './app.js';
import type { TestDatabase } from './database.js';

/** What belongs to the running server and not to its data. */
const LEFT_OUT = ['postmaster.pid', 'postmaster.opts', 'server.log', 'pg_internal.init'];
/** Directories that a backup has, but empty. */
const EMPTIED = [
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_subtrans',
];

/**
 * How PostgreSQL archives to a directory, as the operations guide has it. A file that is there already is archived when
 * it is the same one: the server asks again after a crash between the move and the end.
 */
export const archiveCommand = (directory: string): string => {
  const file = `${directory}/%f`;
  const copy = `cp %p ${file}.part && sync ${file}.part && mv ${file}.part ${file}`;
  return `if test -f ${file}; then cmp -s %p ${file}; else ${copy}; fi && sync ${directory}`;
};

/**
 * A PostgreSQL server of a test's own that archives its write-ahead log, as production does, so that it can be backed up
 * while it works and restored to a moment. Only the server's own programs are used: the low-level backup functions.
 */
export class ArchivedPostgres implements TestDatabase {
  private running: EmbeddedPostgres | undefined;

  private constructor(
    private readonly dataDir: string,
    private readonly archive: string,
  ) {}

  /** An empty database with this version's schema. */
  static async start(): Promise<ArchivedPostgres> {
    const archive = newDirectory();
    // Started by root, the server runs as another user, who writes here.
    chmodSync(archive, 0o777);
    const server = new ArchivedPostgres(newDirectory(), archive);
    try {
      await server.launch();
      await server.sql('ALTER SYSTEM SET archive_mode = on');
      await server.sql(`ALTER SYSTEM SET archive_command = '${archiveCommand(archive)}'`);
      await server.stop();
      await server.launch();
      await migrate({ url: server.ownerUrl });
    } catch (error) {
      await server.drop();
      throw error;
    }
    return server;
  }

  get ownerUrl(): string {
    return this.server.ownerUrl;
  }

  get appUrl(): string {
    return this.server.appUrl;
  }

  get adminUrl(): string {
    const url = new URL(this.server.adminUrl);
    url.pathname = new URL(this.server.appUrl).pathname;
    return url.href;
  }

  /** Runs SQL as the superuser. @throws when it takes longer than ten seconds, such as for a lock */
  async sql<Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.adminUrl, statement_timeout: 10_000 });
    await client.connect();
    try {
      return (await client.query(text, values)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  /** Copies the server's files while it works. @returns a backup that can be restored to any later moment */
  async backUp(): Promise<Backup> {
    const backup = newDirectory();
    const client = new pg.Client({ connectionString: this.adminUrl });
    await client.connect();
    try {
      await client.query(`SELECT pg_backup_start('drill', fast => true)`);
      const { rows: places } = await client.query<{ directory: string }>(
        `SELECT current_setting('data_directory') AS directory`,
      );
      const cluster = join(backup, 'postgres');
      copyTree(places[0]?.directory ?? '', cluster);
      const { rows } = await client.query<{ label: string }>(
        'SELECT labelfile AS label FROM pg_backup_stop(wait_for_archive => false)',
      );
      writeFileSync(join(cluster, 'backup_label'), rows[0]?.label ?? '');
      giveLike(cluster, join(cluster, 'backup_label'));
      copyFileSync(join(this.dataDir, 'postgres.json'), join(backup, 'postgres.json'));
      return { directory: backup };
    } finally {
      await client.end();
    }
  }

  /** Makes sure that everything up to now is in the archive. */
  async flushArchive(): Promise<void> {
    const file = await this.endFile();
    await eventually(async () => {
      // The archiver may sleep for a minute; a further file wakes it.
      await this.endFile();
      return readdirSync(this.archive).includes(file);
    }, 60_000);
  }

  /** @returns the name of the write-ahead log's file that ends here */
  private async endFile(): Promise<string> {
    // A file without anything in it isn't ended.
    await this.sql(`SELECT pg_create_restore_point('end of a file')`);
    const [row] = await this.sql<{ file: string }>('SELECT pg_walfile_name(pg_switch_wal()) AS file');
    return row?.file ?? '';
  }

  /** Starts a server from a backup and the archive, with everything that had been committed at that moment. */
  async restore(backup: Backup, moment: string): Promise<ArchivedPostgres> {
    const cluster = join(backup.directory, 'postgres');
    const settings = [
      `archive_mode = off`,
      `restore_command = 'cp ${this.archive}/%f %p'`,
      `recovery_target_time = '${moment}'`,
      `recovery_target_action = 'promote'`,
    ];
    appendFileSync(join(cluster, 'postgresql.auto.conf'), `${settings.join('\n')}\n`);
    writeFileSync(join(cluster, 'recovery.signal'), '');
    giveLike(cluster, join(cluster, 'recovery.signal'));
    const restored = new ArchivedPostgres(backup.directory, this.archive);
    await restored.launch();
    await eventually(async () => {
      const [row] = await restored.sql<{ done: boolean }>('SELECT NOT pg_is_in_recovery() AS done');
      return row?.done;
    });
    return restored;
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
  }

  /** Ends the server and removes its files and its archive. */
  async drop(): Promise<void> {
    await this.stop();
    for (const directory of [this.dataDir, this.archive]) rmSync(directory, { recursive: true, force: true });
  }

  private get server(): EmbeddedPostgres {
    if (!this.running) throw new Error('This PostgreSQL does not run.');
    return this.running;
  }

  private async launch(): Promise<void> {
    this.running = await startEmbeddedPostgres({
      dataDir: this.dataDir,
      durable: false,
      log: () => undefined,
    });
  }
}

/** A copy of a server's files. */
export interface Backup {
  directory: string;
}

/** What a killed run leaves behind is cleared by the next one, which knows it by its name. */
function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-test-'));
  chmodSync(directory, 0o755);
  return directory;
}

/** Files come and go while they are copied; what is missing then is in the write-ahead log. */
function copyTree(from: string, to: string): void {
  mkdirSync(to, { mode: 0o700 });
  giveLike(from, to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (LEFT_OUT.includes(entry.name) || entry.name.startsWith('pgsql_tmp')) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory() && EMPTIED.includes(entry.name)) {
      mkdirSync(target, { mode: 0o700 });
      giveLike(from, target);
    } else if (entry.isDirectory()) {
      copyTree(source, target);
    } else {
      copyIfThere(source, target);
    }
  }
}

function copyIfThere(source: string, target: string): void {
  try {
    copyFileSync(source, target);
    giveLike(source, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Gives a file to whom another belongs: as root, the server runs as somebody else. */
function giveLike(pattern: string, path: string): void {
  const { uid, gid } = statSync(pattern);
  if (process.getuid?.() === 0) lchownSync(path, uid, gid);
}
