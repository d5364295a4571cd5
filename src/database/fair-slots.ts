import { DatabaseBusy } from './database-trouble.js';

interface Waiting {
  since: number;
  start: () => void;
  timer: NodeJS.Timeout;
}

interface Lane {
  running: number;
  waiting: Waiting[];
}

/** How much may run and wait. */
export interface SlotLimits {
  /** Running at once, of everybody. */
  slots: number;
  /** Running at once of one lane, so that a further lane finds a free slot. */
  slotsOfLane: number;
  /** Waiting at once of one lane; what comes on top is refused. */
  queueOfLane: number;
  /** Waiting at once of everybody. */
  queue: number;
  /** Longest wait in milliseconds. */
  waitMs: number;
  /** A line whose first waits for longer than this, in milliseconds, is one that grows: nothing new should join it. */
  patienceMs: number;
}

/**
 * Hands out the connections of the pool: the lanes (tenants) take turns, so that who asks for much waits in a line of
 * its own. Both the lines and the wait are bounded.
 */
export class FairSlots {
  private readonly lanes = new Map<string, Lane>();
  private running = 0;
  private waitingCount = 0;

  constructor(private readonly limits: SlotLimits) {}

  /** Whether this lane asks for more than it gets, so that new work of it is better not begun. */
  isSlow(name: string): boolean {
    const first = this.lanes.get(name)?.waiting[0];
    return first !== undefined && performance.now() - first.since > this.limits.patienceMs;
  }

  /** Whether a further request of any lane would be refused. */
  get isJammed(): boolean {
    return this.waitingCount >= this.limits.queue;
  }

  /**
   * Waits for this lane's turn.
   *
   * @returns a function that gives the slot back, to be called once
   * @throws DatabaseBusy when a line is full, or after the longest wait
   */
  async take(name: string): Promise<() => void> {
    const lane = this.laneOf(name);
    if (this.hasRoom(lane) && lane.waiting.length === 0) this.begin(lane);
    else await this.wait(name, lane);
    return () => {
      this.running -= 1;
      lane.running -= 1;
      this.forget(name, lane);
      this.startNext();
    };
  }

  private laneOf(name: string): Lane {
    const lane = this.lanes.get(name) ?? { running: 0, waiting: [] };
    this.lanes.set(name, lane);
    return lane;
  }

  private hasRoom(lane: Lane): boolean {
    return this.running < this.limits.slots && lane.running < this.limits.slotsOfLane;
  }

  private begin(lane: Lane): void {
    this.running += 1;
    lane.running += 1;
  }

  private wait(name: string, lane: Lane): Promise<void> {
    if (lane.waiting.length >= this.limits.queueOfLane) throw new DatabaseBusy('tenant');
    if (this.isJammed) throw new DatabaseBusy('everybody');
    this.waitingCount += 1;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        lane.waiting.splice(lane.waiting.indexOf(waiting), 1);
        this.waitingCount -= 1;
        this.forget(name, lane);
        reject(new DatabaseBusy('everybody'));
      }, this.limits.waitMs);
      const waiting = { since: performance.now(), start: resolve, timer };
      lane.waiting.push(waiting);
    });
  }

  /** Whoever has the fewest running comes first; of those, whoever was served longest ago. */
  private startNext(): void {
    let next: [string, Lane] | undefined;
    for (const entry of this.lanes) {
      const [, lane] = entry;
      if (lane.waiting.length === 0 || !this.hasRoom(lane)) continue;
      if (!next || lane.running < next[1].running) next = entry;
    }
    const waiting = next?.[1].waiting.shift();
    if (!next || !waiting) return;
    const [name, lane] = next;
    clearTimeout(waiting.timer);
    this.waitingCount -= 1;
    this.begin(lane);
    // The map keeps the order of insertion: the lane goes to the end of it.
    this.lanes.delete(name);
    this.lanes.set(name, lane);
    waiting.start();
  }

  private forget(name: string, lane: Lane): void {
    if (lane.running === 0 && lane.waiting.length === 0) this.lanes.delete(name);
  }
}
