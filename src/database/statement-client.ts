import { LRUCache } from 'lru-cache';
import pg from 'pg';

/** Uses after which a statement is worth being kept prepared. */
const FREQUENT_USES = 5;
/** Prepared statements that a connection keeps at most: each costs the database memory. */
const MAX_PREPARED = 200;
const COUNTED_TEXTS = 1000;

/** Gives frequent statements a name, the same in every connection of the process. */
export class StatementNames {
  private readonly uses = new LRUCache<string, number>({ max: COUNTED_TEXTS });
  private readonly names = new Map<string, string>();

  /** Counts a use. @returns the name, or undefined for a statement that isn't kept prepared */
  nameOf(text: string): string | undefined {
    const known = this.names.get(text);
    if (known !== undefined || this.names.size >= MAX_PREPARED) return known;
    const uses = (this.uses.get(text) ?? 0) + 1;
    this.uses.set(text, uses);
    if (uses < FREQUENT_USES) return undefined;
    const name = `countersign_${this.names.size + 1}`;
    this.names.set(text, name);
    return name;
  }
}

const names = new StatementNames();

/**
 * A connection that keeps frequent statements prepared, which saves the database the planning, and that sends what is
 * asked for at the same time in one packet.
 */
export class StatementClient extends pg.Client {
  private gathering = false;

  /** Takes what `pg.Client.query` takes, and returns the same. */
  override query(...args: unknown[]): never {
    this.gather();
    const [text, values, ...rest] = args;
    const name = typeof text === 'string' && Array.isArray(values) ? names.nameOf(text) : undefined;
    const passed = name === undefined ? args : [{ name, text, values }, ...rest];
    return super.query<never>(...(passed as [never]));
  }

  /** Holds the packet back until everything that runs now has asked. */
  private gather(): void {
    if (this.gathering) return;
    this.gathering = true;
    const { stream } = this.connection;
    stream.cork();
    process.nextTick(() => {
      this.gathering = false;
      stream.uncork();
    });
  }
}
