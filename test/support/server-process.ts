import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

/** No machine is so slow: a server that says nothing for this long never will. */
const START_MS = 60_000;
const ENTRY = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

/** Those that run: they don't outlive this process, unless it is killed itself. */
const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** The built server in a process of its own, so that it can be killed, frozen and stopped as an operator would. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    /** Everything it has printed so far, its log among it. */
    readonly output: () => string,
  ) {}

  /**
   * Starts the production server.
   *
   * @param settings its environment: nothing else is handed on
   * @returns once it listens
   * @throws Error with what it printed when it ends instead, or does not listen within a minute: then it is killed
   */
  static async start(settings: Record<string, string>): Promise<ServerProcess> {
    const env = { PATH: process.env.PATH, ...settings };
    const child = spawn(process.execPath, [ENTRY], {
      env,
      // Where no .env is read.
      cwd: tmpdir(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    child.once('exit', () => children.delete(child));
    let printed = '';
    const ready = new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        printed += chunk.toString();
        if (printed.includes(' listens on ')) resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`The server ended: ${printed}`)));
    });
    const late = setTimeout(() => child.kill('SIGKILL'), START_MS);
    await ready.finally(() => clearTimeout(late));
    return new ServerProcess(child, () => printed);
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Ends it at once, without a chance to do anything (`kill -9`). */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Asks it to stop. @returns its exit code, 0 when everything ended in order */
  terminate(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  /** Keeps it from doing anything, until it is thawed. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.isRunning) {
      const exit = once(this.child, 'exit');
      this.child.kill(signal);
      await exit;
    }
    return this.child.exitCode;
  }
}
