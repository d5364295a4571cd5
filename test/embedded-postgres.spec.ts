import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import {
  type EmbeddedPostgres,
  createDatabase,
  startEmbeddedPostgres,
} from '../src/database/embedded-postgres.js';

let dataDir: string;
let server: EmbeddedPostgres | undefined;
const lines: string[] = [];

async function start(): Promise<EmbeddedPostgres> {
  server = await startEmbeddedPostgres({ dataDir, durable: false, log: (line) => lines.push(line) });
  return server;
}

async function stop(): Promise<void> {
  await server?.stop();
  server = undefined;
}

async function rows(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function postmasterPid(running: EmbeddedPostgres): Promise<number> {
  const [row] = await rows(
    running.adminUrl,
    `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid`,
  );
  return Number(row?.pid);
}

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'countersign-embedded-'));
  chmodSync(dataDir, 0o755);
});

afterEach(stop);

afterAll(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

describe('the embedded PostgreSQL', () => {
  it('I1 makes an owner and an app role that cannot pass row-level security', async () => {
    const { adminUrl, ownerUrl, appUrl } = await start();
    expect(
      await rows(
        adminUrl,
        `SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole
         FROM pg_roles WHERE rolname LIKE 'countersign%' ORDER BY rolname`,
      ),
    ).toEqual(
      ['countersign_app', 'countersign_owner'].map((rolname) => ({
        rolname,
        rolcanlogin: true,
        rolsuper: false,
        rolbypassrls: false,
        rolcreatedb: false,
        rolcreaterole: false,
      })),
    );
    expect(
      await rows(
        ownerUrl,
        `SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = 'countersign'`,
      ),
    ).toEqual([{ owner: 'countersign_owner' }]);
    await expect(rows(appUrl, 'CREATE TABLE intruder (id int)')).rejects.toThrow('permission denied');
    await expect(rows(appUrl, 'CREATE SCHEMA intruder')).rejects.toThrow('permission denied');
  });

  it('stores UTF-8, listens on the loopback address only and asks for a password', async () => {
    const { adminUrl } = await start();
    expect(await rows(adminUrl, 'SHOW server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
    expect(await rows(adminUrl, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    const wrong = new URL(adminUrl);
    wrong.password = 'guess';
    await expect(rows(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  it('keeps its data and its passwords over a restart', async () => {
    const first = await start();
    await rows(first.ownerUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await stop();
    const second = await start();
    expect(await rows(second.ownerUrl, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(new URL(second.appUrl).password).toBe(new URL(first.appUrl).password);
  });

  it('keeps the passwords in a file that only its owner reads, and out of the log', async () => {
    const { adminUrl } = await start();
    const file = join(dataDir, 'postgres.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain(new URL(adminUrl).password);
    expect(lines.join('\n')).not.toContain(new URL(adminUrl).password);
  });

  it('refuses a second start on a directory in use', async () => {
    await start();
    await expect(startEmbeddedPostgres({ dataDir, log: () => undefined })).rejects.toThrow('is in use by');
  });

  it('I2 starts again after kill -9 of the server, with what was committed', async () => {
    const first = await start();
    await rows(first.ownerUrl, 'CREATE TABLE committed AS SELECT 7 AS answer');
    process.kill(await postmasterPid(first), 'SIGKILL');
    await stop();
    const second = await start();
    expect(await rows(second.ownerUrl, 'SELECT answer FROM committed')).toEqual([{ answer: 7 }]);
  });

  it('takes over after kill -9 of the process that started it', async () => {
    await start();
    await stop();
    const url = await startInKilledProcess();
    const second = await start();
    expect(await rows(second.adminUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await expect(rows(url, 'SELECT 1')).rejects.toThrow();
  });

  it('makes a database from a template, closed to everybody but the two roles', async () => {
    const { adminUrl, ownerUrl } = await start();
    await rows(ownerUrl, 'CREATE TABLE copied AS SELECT 3 AS answer');
    await createDatabase(adminUrl, 'a "copy"', 'countersign');
    const copy = new URL(ownerUrl);
    copy.pathname = encodeURIComponent('a "copy"');
    expect(await rows(copy.href, 'SELECT answer FROM copied')).toEqual([{ answer: 3 }]);
    expect(
      await rows(
        copy.href,
        `SELECT has_database_privilege('countersign_app', current_database(), 'CREATE') AS may`,
      ),
    ).toEqual([{ may: false }]);
  });
});

/** Starts the server in another process, kills that process, and returns the address its server had. */
async function startInKilledProcess(): Promise<string> {
  const child = spawn(process.execPath, ['--no-warnings', 'test/support/start-embedded.mjs', dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((done, failed) => {
    child.stdout.once('data', (chunk: Buffer) => done(chunk.toString().trim()));
    child.once('exit', () => failed(new Error('it ended by itself')));
  });
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  return url;
}
