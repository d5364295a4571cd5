import { performance as node } from 'node:perf_hooks';

/** How often it is measured. */
export const SAMPLE_MS = 50;
/** Share of its time that the event loop is at work, above which what comes next waits for it. */
const BUSY = 0.7;

/**
 * How many slots a crowded lane may have beside others. Work of many slots keeps the event loop busy, on which
 * everybody's next step waits: while it has no room left, the share is halved, and it grows again by one at a time.
 */
export class LaneShare {
  private share: number;
  private sampledAt = performance.now();

  /**
   * @param most slots of a lane while the event loop has room
   * @param utilization the share of time that the event loop was at work since the last call, from 0 to 1
   */
  constructor(
    private readonly most: number,
    private readonly utilization: () => number = measureLoop(),
  ) {
    this.share = most;
  }

  /** The slots that a lane may have now. */
  now(): number {
    const now = performance.now();
    if (now - this.sampledAt >= SAMPLE_MS) {
      this.sampledAt = now;
      const isBusy = this.utilization() > BUSY;
      this.share = isBusy ? Math.max(1, Math.floor(this.share / 2)) : Math.min(this.most, this.share + 1);
    }
    return this.share;
  }
}

function measureLoop(): () => number {
  let last = node.eventLoopUtilization();
  return () => {
    const current = node.eventLoopUtilization();
    const { utilization } = node.eventLoopUtilization(current, last);
    last = current;
    return utilization;
  };
}
