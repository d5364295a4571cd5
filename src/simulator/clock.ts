import { payloadValidation } from './errors.js';
import type { ClockChange } from './scenario.schema.js';

/** What has to be remembered to know the time again. */
export interface ClockState {
  /** Milliseconds skipped so far. */
  skipped: number;
  /** Where time stands still, in milliseconds since the epoch. */
  frozenAt?: number;
}

/** The service's time: the given time source plus what was skipped by hand, or standing still. It never goes back. */
export class VirtualClock {
  private state: ClockState = { skipped: 0 };

  constructor(private readonly source: () => number = Date.now) {}

  /** Milliseconds since the epoch. */
  now(): number {
    return this.state.frozenAt ?? this.source() + this.state.skipped;
  }

  /** Whether time stands still. */
  get frozen(): boolean {
    return this.state.frozenAt !== undefined;
  }

  /** Milliseconds by which the service is ahead of its source; below zero once it has stood still. */
  get offset(): number {
    return this.now() - this.source();
  }

  /** Skips time forwards. */
  advance(milliseconds: number): void {
    this.moveTo(this.now() + Math.max(0, milliseconds));
  }

  /**
   * Sets, skips, stops or starts the time, in this order.
   *
   * @throws ServiceError 400 `PAYLOAD_VALIDATION` for a time before the present one
   */
  change({ now, advance = 0, freeze }: ClockChange): void {
    const present = this.now();
    const target = now === undefined ? present : Date.parse(now);
    if (target < present) {
      throw payloadValidation([{ property: 'now', message: 'must not be before the present time' }]);
    }
    this.moveTo(target + advance * 1000);
    if (freeze === true) this.state = { ...this.state, frozenAt: this.now() };
    if (freeze === false) this.state = { skipped: this.now() - this.source() };
  }

  /** What to hand to `restore` in another process. */
  toState(): ClockState {
    return { ...this.state };
  }

  /** Goes on where another clock was. */
  restore(state: ClockState): void {
    this.state = { ...state };
  }

  /** Back to the time source. */
  reset(): void {
    this.state = { skipped: 0 };
  }

  private moveTo(time: number): void {
    this.state = this.frozen ? { ...this.state, frozenAt: time } : { skipped: time - this.source() };
  }
}
