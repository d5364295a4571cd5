import { databaseTrouble } from '../database/database-trouble.js';

/** Writes under way at once: while one waits for the disk, the next is made ready. */
const AT_ONCE = 2;
const MOST_AT_ONCE = 100;
/** Once a batch has failed its items go one after the other; those whose turn has not come by then fail with it. */
const ONE_BY_ONE_MS = 5000;

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Hands items to `write`, which takes many in one durable write: those that come while others are being written are
 * gathered and go out together, so that a burst costs few round trips and few waits for the disk. One that comes alone
 * waits for nothing.
 */
export class GatheredWrites<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private underWay = 0;

  /** @param write takes all or none; its results are in the order of the items */
  constructor(private readonly write: (items: Item[]) => Promise<Result[]>) {}

  /** @throws what `write` throws for this item */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.next();
    });
  }

  private next(): void {
    if (this.underWay >= AT_ONCE || this.waiting.length === 0) return;
    this.underWay += 1;
    const batch = this.waiting.splice(0, MOST_AT_ONCE);
    void this.settle(batch).finally(() => {
      this.underWay -= 1;
      this.next();
    });
  }

  private async settle(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.write(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      if (batch.length === 1 || isEverybodys(error)) batch.forEach(({ reject }) => reject(error));
      else await this.settleEach(batch, error);
    }
  }

  /**
   * One that can't be written, or waits for a lock, mustn't take the others with it. Nor may all of them wait for locks
   * at once, each with a connection.
   */
  private async settleEach(batch: Waiting<Item, Result>[], error: unknown): Promise<void> {
    const end = performance.now() + ONE_BY_ONE_MS;
    for (const one of batch) {
      if (performance.now() < end) await this.settle([one]);
      else one.reject(error);
    }
  }
}

/** Whether the database would say the same of each item. */
function isEverybodys(error: unknown): boolean {
  const kind = databaseTrouble(error)?.kind;
  return kind !== undefined && kind !== 'slow' && kind !== 'conflict';
}
