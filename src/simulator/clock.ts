/** The service's time: the given time source plus what was skipped by hand. */
export class VirtualClock {
  private skipped = 0;

  constructor(private readonly source: () => number = Date.now) {}

  /** Milliseconds since the epoch. */
  now(): number {
    return this.source() + this.skipped;
  }

  /** Skips time forwards; the service never goes back. */
  advance(milliseconds: number): void {
    this.skipped += Math.max(0, milliseconds);
  }

  /** Milliseconds skipped so far. */
  get offset(): number {
    return this.skipped;
  }
}
