import { setTimeout as sleep } from 'node:timers/promises';
import { ServerProcess } from '../support/server-process.js';
import type { Tally } from './dice.js';

const LOOK_MS = 200;
/** A start that fails, such as while the database is away, is tried again. */
const RETRY_MS = 500;
const SHOWN_LINES = 15;

/** One process of the server under a supervisor that starts it again whenever it has ended. */
export class Supervised {
  /** Ends that nobody caused. */
  readonly crashes: string[] = [];
  /** What every process of it printed. */
  readonly outputs: (() => string)[] = [];
  private current: ServerProcess | undefined;
  private stopped = false;
  private watching: Promise<void> = Promise.resolve();

  constructor(
    readonly name: string,
    private readonly settings: Record<string, string>,
    private readonly tally: Tally,
  ) {}

  /** Starts it, and again whenever it ends. @returns once it runs for the first time */
  async start(): Promise<void> {
    await this.launch();
    this.watching = this.watch();
  }

  get isRunning(): boolean {
    return this.current?.isRunning ?? false;
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    const victim = this.current;
    this.current = undefined;
    await victim?.kill();
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.watching;
    await this.kill();
  }

  private async watch(): Promise<void> {
    while (!this.stopped) {
      await sleep(LOOK_MS);
      if (this.stopped || this.isRunning) continue;
      if (this.current) this.crashes.push(lastLines(this.current.output()));
      await this.launch();
    }
  }

  private async launch(): Promise<void> {
    while (!this.stopped) {
      try {
        this.current = await ServerProcess.start(this.settings);
        this.outputs.push(this.current.output);
        this.tally.add('starts');
        return;
      } catch {
        this.tally.add('starts that failed');
        await sleep(RETRY_MS);
      }
    }
  }
}

const lastLines = (output: string) => output.trim().split('\n').slice(-SHOWN_LINES).join('\n');
