import { DatabaseBusy } from './database-trouble.js';
import { LaneShare, SAMPLE_MS } from './lane-share.js';

interface Waiting {
  since: number;
  start: () => void;
  timer: NodeJS.Timeout;
}

interface Lane {
  kind: LaneKind;
  running: number;
  waiting: Waiting[];
  /** When a crowd last waited in it. */
  crowdedAt: number;
}

/** A lane counts as crowded, and as being beside others, for so long after it last was, in milliseconds. */
const MEMORY_MS = 1000;

/**
 * What a lane is: one caller's own; one that callers share who don't know of each other; or the server's, whose work is
 * little, comes before everybody's and is not refused because too many others wait.
 */
export type LaneKind = 'own' | 'shared' | 'server';

/** How much may run and wait. */
export interface SlotLimits {
  /** Running at once, of everybody. */
  slots: number;
  /** Running at once of one lane, so that a further lane finds a free slot. */
  slotsOfLane: number;
  /** With so many waiting a lane asks for far more than it gets: beside others it gets less while the process is busy. */
  crowdOfLane: number;
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
  /** Lanes in use that aren't the server's. */
  private callers = 0;
  private lastBesideOthers = -Infinity;
  private growth: NodeJS.Timeout | undefined;

  constructor(
    private readonly limits: SlotLimits,
    private readonly share: Pick<LaneShare, 'now'> = new LaneShare(limits.slotsOfLane),
  ) {}

  /** Whether this lane asks for more than it gets, so that new work of it is better not begun. */
  isSlow(name: string): boolean {
    const first = this.lanes.get(name)?.waiting[0];
    return first !== undefined && performance.now() - first.since > this.limits.patienceMs;
  }

  /** How many wait, in all lanes. */
  get waiting(): number {
    return this.waitingCount;
  }

  /** Whether a further request of any lane would be refused. */
  get isJammed(): boolean {
    return this.waitingCount >= this.limits.queue;
  }

  /**
   * Waits for this lane's turn.
   *
   * @returns a function that gives the slot back, to be called once
   * @throws DatabaseBusy when a line is full, or after the longest wait; the caller's own doing only in a lane of its own
   */
  async take(name: string, kind: LaneKind = 'own'): Promise<() => void> {
    const lane = this.laneOf(name, kind);
    if (this.callers > 1) this.lastBesideOthers = performance.now();
    if (this.hasRoom(lane) && lane.waiting.length === 0) this.begin(lane);
    else await this.wait(name, lane);
    return () => {
      this.running -= 1;
      lane.running -= 1;
      this.forget(name, lane);
      this.startNext();
    };
  }

  private laneOf(name: string, kind: LaneKind): Lane {
    const known = this.lanes.get(name);
    if (known) return known;
    const lane = { kind, running: 0, waiting: [], crowdedAt: -Infinity };
    this.lanes.set(name, lane);
    if (kind !== 'server') this.callers += 1;
    return lane;
  }

  private isCrowdBesideOthers({ kind, crowdedAt }: Lane): boolean {
    return kind === 'own' && isRecent(crowdedAt) && isRecent(this.lastBesideOthers);
  }

  private hasRoom(lane: Lane): boolean {
    // Asked for each time, so that it is known already when a crowd comes.
    const share = this.share.now();
    const most = this.isCrowdBesideOthers(lane) ? share : this.limits.slotsOfLane;
    return this.running < this.limits.slots && lane.running < most;
  }

  private begin(lane: Lane): void {
    this.running += 1;
    lane.running += 1;
  }

  private wait(name: string, lane: Lane): Promise<void> {
    const refusal = this.refusalOf(lane);
    if (refusal) {
      this.forget(name, lane);
      throw refusal;
    }
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
      if (lane.waiting.length >= this.limits.crowdOfLane) lane.crowdedAt = performance.now();
      this.lookAgain();
    });
  }

  /** A share that grows makes room without any slot's being given back. */
  private lookAgain(): void {
    this.growth ??= setTimeout(() => {
      this.growth = undefined;
      while (this.startNext());
      if (this.waitingCount > 0) this.lookAgain();
    }, SAMPLE_MS).unref();
  }

  private refusalOf({ kind, waiting }: Lane): DatabaseBusy | null {
    if (kind === 'server') return null;
    if (waiting.length >= this.limits.queueOfLane)
      return new DatabaseBusy(kind === 'own' ? 'tenant' : 'everybody');
    return this.isJammed ? new DatabaseBusy('everybody') : null;
  }

  /**
   * The server itself comes first, then whoever has the fewest running; of those, whoever was served longest ago.
   *
   * @returns whether anything was started
   */
  private startNext(): boolean {
    let next: [string, Lane] | undefined;
    for (const entry of this.lanes) {
      const [, lane] = entry;
      if (lane.waiting.length === 0 || !this.hasRoom(lane)) continue;
      if (!next || rankOf(lane) < rankOf(next[1])) next = entry;
    }
    const waiting = next?.[1].waiting.shift();
    if (!next || !waiting) return false;
    const [name, lane] = next;
    clearTimeout(waiting.timer);
    this.waitingCount -= 1;
    this.begin(lane);
    // The map keeps the order of insertion: the lane goes to the end of it.
    this.lanes.delete(name);
    this.lanes.set(name, lane);
    waiting.start();
    return true;
  }

  private forget(name: string, lane: Lane): void {
    if (lane.running > 0 || lane.waiting.length > 0) return;
    this.lanes.delete(name);
    if (lane.kind !== 'server') this.callers -= 1;
  }
}

const isRecent = (time: number): boolean => performance.now() - time < MEMORY_MS;

const rankOf = ({ kind, running }: Lane): number => (kind === 'server' ? -1 : running);
