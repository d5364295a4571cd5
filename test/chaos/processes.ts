import { setTimeout as sleep } from 'node:timers/promises';
import { ServerProcess } from '../support/server-process.js';
import type { Tally } from './dice.js';
import { meetsAny, type Span } from './spans.js';

const LOOK_MS = 200;
/** A start that fails, such as while the database is away, is tried again. */
const RETRY_MS = 500;
/** While nothing is wrong yet, a start that keeps failing is the end of the run. */
const FIRST_TRIES = 3;
const SHOWN_LINES = 15;

/** One process of the server under a supervisor that starts it again whenever it has ended. */
export class Supervised {
  /** Ends that nobody caused. */
  readonly crashes: string[] = [];
  /** Starts that failed though the database was there. */
  readonly failedStarts: string[] = [];
  /** What every process of it printed. */
  readonly outputs: (() => string)[] = [];
  private current: ServerProcess | undefined;
  private stopped = false;
  private watching: Promise<void> = Promise.resolve();

  constructor(
    readonly name: string,
    private readonly settings: Record<string, string>,
    private readonly tally: Tally,
    /** When the database was away. */
    private readonly outages: readonly Span[],
  ) {}

  /** Starts it, and again whenever it ends. @returns once it runs for the first time @throws when it doesn't */
  async start(): Promise<void> {
    const first = this.launch(FIRST_TRIES);
    this.watching = first.then(
      () => this.watch(),
      () => undefined,
    );
    await first;
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

  private async launch(tries = Infinity): Promise<void> {
    for (let tried = 1; !this.stopped; tried += 1) {
      const from = Date.now();
      try {
        this.current = await ServerProcess.start(this.settings);
        this.outputs.push(this.current.output);
        this.tally.add('starts');
        return;
      } catch (error) {
        this.tally.add('starts that failed');
        if (tried >= tries) throw error;
        if (!meetsAny({ from, to: Date.now() }, this.outages))
          this.failedStarts.push(lastLines(String(error)));
        await sleep(RETRY_MS);
      }
    }
  }
}

const lastLines = (output: string) => output.trim().split('\n').slice(-SHOWN_LINES).join('\n');
