/** How many of something are under way, of each key and altogether. Keys that have none are forgotten. */
export class Tally {
  total = 0;
  private readonly counts = new Map<string, number>();

  /** How many keys have any. */
  get keys(): number {
    return this.counts.size;
  }

  of(key: string): number {
    return this.counts.get(key) ?? 0;
  }

  /** @returns a function that takes it out again, to be called once */
  add(key: string): () => void {
    this.total += 1;
    this.counts.set(key, this.of(key) + 1);
    return () => {
      this.total -= 1;
      const left = this.of(key) - 1;
      if (left > 0) this.counts.set(key, left);
      else this.counts.delete(key);
    };
  }
}
