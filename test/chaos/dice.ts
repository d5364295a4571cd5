import { createHash } from 'node:crypto';

/** Throws that depend on the seed and on what is decided, not on when or in which order it is asked. */
export class Dice {
  constructor(readonly seed: string) {}

  /** @returns from 0 to 1, always the same for the same question */
  throw(...question: (string | number)[]): number {
    const digest = createHash('sha256')
      .update([this.seed, ...question].join('\n'))
      .digest();
    return digest.readUIntBE(0, 6) / 2 ** 48;
  }

  /** Picks by weight. */
  pick<T extends string>(weights: Readonly<Record<T, number>>, ...question: (string | number)[]): T {
    const entries = Object.entries<number>(weights) as [T, number][];
    const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
    let left = this.throw(...question) * total;
    for (const [value, weight] of entries) {
      if (left < weight) return value;
      left -= weight;
    }
    throw new Error('There is nothing to pick from.');
  }
}

/** Counts things by name. */
export class Tally {
  private readonly counts = new Map<string, number>();

  add(name: string, count = 1): void {
    this.counts.set(name, this.of(name) + count);
  }

  of(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  entries(): [string, number][] {
    return [...this.counts.entries()];
  }
}
