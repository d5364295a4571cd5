/** Counts what goes on for each key, up to a bound. */
export class Places {
  private readonly taken = new Map<string, number>();

  constructor(private readonly most: number) {}

  /** Takes a place unless all are taken. @returns whether it did */
  enter(key: string): boolean {
    const taken = this.taken.get(key) ?? 0;
    if (taken >= this.most) return false;
    this.taken.set(key, taken + 1);
    return true;
  }

  /** How many more may enter. */
  free(key: string): number {
    return this.most - (this.taken.get(key) ?? 0);
  }

  leave(key: string): void {
    const left = (this.taken.get(key) ?? 1) - 1;
    if (left === 0) this.taken.delete(key);
    else this.taken.set(key, left);
  }
}
