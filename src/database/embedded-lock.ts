import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Claims a data directory for this process, so that a second start on it is refused instead of stopping the first one's
 * database. The claim of a process that no longer runs is taken over.
 *
 * @returns a function that gives the claim back
 * @throws Error naming the process that holds it
 */
export function claimDirectory(directory: string): () => void {
  const file = join(directory, 'in-use.pid');
  const startTime = startTimeOf(process.pid);
  if (existsSync(file)) {
    const [pid, start] = readFileSync(file, 'utf8').split(';');
    if (start && start === startTimeOf(Number(pid))) {
      throw new Error(
        `${directory} is in use by the running process ${pid}. Stop it, or set DATA_DIR to another directory.`,
      );
    }
    rmSync(file, { force: true });
  }
  writeFileSync(file, `${process.pid};${startTime}`, { flag: 'wx' });
  return () => rmSync(file, { force: true });
}

/** The command line of a running process, or undefined when there is no such process. */
export function commandOf(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) {
    return undefined;
  }
  try {
    if (process.platform === 'linux') {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    }
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
}

/** Tells a process from a later one that was given the same number; empty for one that has ended. */
function startTimeOf(pid: number): string {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The command name in parentheses may hold spaces; after it come the state and, as the 20th field, the start.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? '' : (fields[19] ?? '');
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
