// Finds PgBouncer for the tests that go through it, or unpacks Debian's package without installing it.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = fileURLToPath(new URL('../node_modules/.cache/pgbouncer', import.meta.url));
/** Where Debian puts programs for administrators, whether it is in the path or not. */
const usual = '/usr/sbin';
/** What the package needs and a small system may lack. */
const libraries = /^(libevent-|libc-?ares|libpam0g|libsystemd0|libssl)/;

/**
 * A PgBouncer that runs on this machine, or undefined.
 *
 * @returns its path and the library path that it needs, empty when none
 */
export function findPgBouncer() {
  const directories = [...(process.env.PATH ?? '').split(delimiter), usual];
  const found = directories
    .map((directory) => ({ path: join(directory, 'pgbouncer'), libraryPath: '' }))
    .concat(unpacked());
  return found.find((one) => existsSync(one.path) && runs(one));
}

/** Like `findPgBouncer`, but fetches Debian's package when there is none. @throws Error that says why it can't be had */
export function ensurePgBouncer(log) {
  const found = findPgBouncer();
  if (found) {
    return found;
  }
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Error(
      'PgBouncer is not installed, and only Debian knows how to fetch it. Put pgbouncer into the PATH.',
    );
  }
  log("No PgBouncer found: fetching Debian's package");
  try {
    unpack();
  } catch (error) {
    throw new Error(`PgBouncer could not be fetched: ${firstLine(error)}`, { cause: error });
  }
  const fetched = findPgBouncer();
  if (!fetched) {
    throw new Error("Debian's PgBouncer does not run on this machine.");
  }
  return fetched;
}

/** Package files need no root, unlike an installation, which would start a service too. */
function unpack() {
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  const needs = execFileSync('apt-cache', ['depends', 'pgbouncer'], { encoding: 'utf8' });
  const names = [...needs.matchAll(/^ {2}Depends: (\S+)$/gm)].map(([, name]) => name);
  const wanted = ['pgbouncer', ...names.filter((name) => libraries.test(name))];
  execFileSync('apt-get', ['download', ...wanted], {
    cwd: cache,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
  });
  for (const file of readdirSync(cache).filter((name) => name.endsWith('.deb'))) {
    execFileSync('dpkg', ['-x', file, '.'], { cwd: cache });
  }
}

function unpacked() {
  const lib = join(cache, 'usr/lib');
  const folders = existsSync(lib) ? readdirSync(lib).map((name) => join(lib, name)) : [];
  return [{ path: join(cache, 'usr/sbin/pgbouncer'), libraryPath: [lib, ...folders].join(delimiter) }];
}

function runs({ path, libraryPath }) {
  const env = { ...process.env, ...(libraryPath && { LD_LIBRARY_PATH: libraryPath }) };
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 30_000, env });
  return status === 0 && /pgbouncer/i.test(stdout);
}

const firstLine = (error) =>
  String(error.stderr ?? error.message)
    .trim()
    .split('\n')[0];
