import { execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A PgBouncer that pools by transaction, between the application's role and its server. */
export interface Pooler {
  port: number;
  stop(): Promise<void>;
}

/** The program, as the global set-up found it. */
export interface PoolerProgram {
  path: string;
  /** Libraries that it needs besides the system's; may be empty. */
  libraryPath: string;
}

/** What the server sends when it connects, and a pooled connection can't have of its own. */
const IGNORED = [
  'extra_float_digits',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
];

/**
 * Starts PgBouncer on a port of its own, for every database of a server.
 *
 * @param options.upstream connection of the application's role to any database of the server
 * @param options.port a free one
 * @throws Error with what it printed when it ends instead
 */
export async function startPooler(
  program: PoolerProgram,
  options: { upstream: string; port: number },
): Promise<Pooler> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-pooler-'));
  const files = writeFiles(directory, options);
  // A shell waits for the end of its input, which comes however this process ends: no pooler is left behind.
  const script = '"$@" & pid=$!; read -r _; kill -9 $pid';
  const child = spawn('/bin/sh', ['-c', script, 'sh', program.path, files.settings], {
    ...asNobody(directory, Object.values(files)),
    env: { ...process.env, ...(program.libraryPath && { LD_LIBRARY_PATH: program.libraryPath }) },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let printed = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.includes('process up')) resolve();
      if (printed.includes('FATAL')) reject(new Error(`PgBouncer did not start: ${printed}`));
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`PgBouncer ended: ${printed}`)));
  });
  child.unref();
  (child.stderr as Socket).unref();
  (child.stdin as Socket).unref();
  return {
    port: options.port,
    stop: async () => {
      // Both: its end is known once it has exited and its output is closed.
      child.ref();
      (child.stderr as Socket).ref();
      child.stdin.end('\n');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function writeFiles(directory: string, { upstream, port }: { upstream: string; port: number }) {
  const server = new URL(upstream);
  const files = { settings: join(directory, 'pgbouncer.ini'), users: join(directory, 'users.txt') };
  const settings = [
    '[databases]',
    `* = host=${server.hostname} port=${server.port}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = scram-sha-256',
    `auth_file = ${files.users}`,
    'pool_mode = transaction',
    'max_client_conn = 1000',
    // Each test file has a database, and the server's connections are shared by all of them.
    'default_pool_size = 12',
    'server_idle_timeout = 10',
    `ignore_startup_parameters = ${IGNORED.join(', ')}`,
  ];
  writeFileSync(files.settings, `${settings.join('\n')}\n`, { mode: 0o600 });
  const [user, password] = [server.username, server.password].map(decodeURIComponent);
  writeFileSync(files.users, `"${user}" "${password}"\n`, { mode: 0o600 });
  return files;
}

/** PgBouncer refuses to run as root, as PostgreSQL does. */
function asNobody(directory: string, files: string[]): { uid?: number; gid?: number; cwd?: string } {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ['-u', '-g'].map((flag) =>
    Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' })),
  );
  if (uid === undefined || gid === undefined) return {};
  for (const path of [directory, ...files]) chownSync(path, uid, gid);
  return { uid, gid, cwd: '/' };
}
