import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { type Socket, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { commandOf } from './embedded-lock.js';
import { type Place, spawnOptions } from './embedded-place.js';

const run = promisify(execFile);
const startAttempts = 8;

/** How one run of the server differs from another. */
export interface ServerOptions {
  port?: number;
  durable?: boolean;
}

/**
 * Starts the server and waits until it answers. It tries several times: another program may take the free port first,
 * and the children of a killed server hold its memory for a moment longer.
 *
 * @returns the port
 * @throws Error with the end of the server's log
 */
export async function startServer(place: Place, options: ServerOptions): Promise<number> {
  const logFile = join(place.cluster, 'server.log');
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    rmSync(logFile, { force: true });
    try {
      const settings = serverSettings(port, options.durable).map((setting) => `-c ${setting}`);
      await control(place, ['start', '-w', '-t', '60', '-l', logFile, '-o', settings.join(' ')]);
      return port;
    } catch (cause) {
      if (attempt === startAttempts) {
        const log = existsSync(logFile) ? readFileSync(logFile, 'utf8').trim().split('\n').slice(-6) : [];
        throw new Error(['The embedded PostgreSQL did not start.', ...log].join('\n  '), { cause });
      }
      await sleep(250 * attempt);
    }
  }
}

function serverSettings(port: number, durable = true): string[] {
  return [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=100',
    'shared_buffers=128MB',
    'log_min_messages=warning',
    // Statements and key values may hold personal data, and the log is not encrypted.
    'log_min_error_statement=panic',
    'log_error_verbosity=terse',
    // Commits still reach the operating system, so tests may kill the server without losing what it confirmed.
    ...(durable ? [] : ['fsync=off', 'full_page_writes=off']),
  ];
}

/** Ends a server of this directory that outlived the process which started it. */
export async function stopLeftover(place: Place, log: (line: string) => void): Promise<void> {
  const pidFile = join(place.cluster, 'postmaster.pid');
  if (!existsSync(pidFile)) {
    return;
  }
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  const command = commandOf(pid);
  if (command === undefined) {
    return;
  }
  if (!command.includes(place.cluster)) {
    // The number now belongs to a process that has nothing to do with it, but PostgreSQL would refuse to start.
    rmSync(pidFile, { force: true });
    return;
  }
  log('Stopping the PostgreSQL that an earlier start left running');
  await stopServer(place);
}

/** Ends the server, if it runs: open transactions are rolled back, connections closed. */
export async function stopServer(place: Place): Promise<void> {
  if (!existsSync(join(place.cluster, 'postmaster.pid'))) {
    return;
  }
  try {
    await control(place, ['stop', '-m', 'fast', '-w', '-t', '20']);
  } catch {
    // Already gone, or hanging: in the second case an immediate stop leaves the rest to crash recovery.
    await control(place, ['stop', '-m', 'immediate', '-w', '-t', '10']).catch(() => undefined);
  }
}

async function control(place: Place, args: string[]): Promise<void> {
  await run(join(place.bin, 'pg_ctl'), ['-D', place.cluster, '-s', ...args], spawnOptions(place));
}

/**
 * A shell that does nothing but wait for the end of its input, which comes when this process ends in whatever way. It
 * then stops the server, so that a crash or `kill -9` leaves no PostgreSQL behind.
 */
export function startGuard(place: Place): ChildProcess | undefined {
  if (process.platform === 'win32') {
    return undefined;
  }
  const script = 'read -r _; exec "$0" -D "$1" -s -W -m fast stop';
  const guard = spawn('/bin/sh', ['-c', script, join(place.bin, 'pg_ctl'), place.cluster], {
    ...spawnOptions(place),
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  // A pipe is a socket in Node, and one that is read or written keeps the process alive unless told otherwise.
  (guard.stdin as Socket).unref();
  return guard;
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? done(address.port) : failed(new Error('no port')),
      );
    });
  });
}
