import { YotiError } from './yoti-error.js';

interface Lane {
  tenantId: string;
  inFlight: number;
  /** What lets each waiting call go, longest waiting first. */
  waiting: Set<() => void>;
}

/** How many calls run at once, of all tenants and of one; how many of one tenant wait, and for how long. */
export interface LimiterOptions {
  inFlight: number;
  inFlightPerTenant: number;
  waitingPerTenant: number;
  waitMs: number;
}

/**
 * Keeps one tenant's slow calls from using up what the other tenants need. A tenant never holds more places than are
 * still free, so that the more tenants hang, the fewer places each of them gets, and whoever holds none finds one.
 * Lanes of idle tenants are dropped.
 */
export class TenantLimiter {
  private readonly lanes = new Map<string, Lane>();
  /** Lanes with waiting calls, in the order of their turns. */
  private readonly queue = new Set<Lane>();
  private inFlight = 0;

  /** @param limitOf the number of calls that one tenant may have at once just now */
  constructor(
    private readonly options: LimiterOptions,
    private readonly limitOf: (tenantId: string) => number = () => options.inFlightPerTenant,
  ) {}

  /**
   * Waits for a place of the tenant, and returns the function that gives it back (safe to call twice).
   * Throws `YOTI_BUSY` when too many wait already or the wait takes too long.
   */
  async enter(tenantId: string): Promise<() => void> {
    const lane = this.lanes.get(tenantId) ?? { tenantId, inFlight: 0, waiting: new Set() };
    this.lanes.set(tenantId, lane);
    if (lane.waiting.size === 0 && this.admits(lane)) this.take(lane);
    else await this.wait(lane);
    let left = false;
    return () => {
      if (!left) this.leave(lane);
      left = true;
    };
  }

  /** How many places the tenant holds. */
  held(tenantId: string): number {
    return this.lanes.get(tenantId)?.inFlight ?? 0;
  }

  private admits(lane: Lane): boolean {
    const free = this.options.inFlight - this.inFlight;
    return lane.inFlight < Math.min(Math.floor(this.limitOf(lane.tenantId)), free);
  }

  private take(lane: Lane): void {
    lane.inFlight += 1;
    this.inFlight += 1;
  }

  private wait(lane: Lane): Promise<void> {
    if (lane.waiting.size >= this.options.waitingPerTenant) return Promise.reject(busy());
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        lane.waiting.delete(go);
        if (lane.waiting.size === 0) this.queue.delete(lane);
      };
      const go = () => {
        stop();
        this.take(lane);
        resolve();
      };
      const timer = setTimeout(() => {
        stop();
        this.dropIdle(lane);
        reject(busy());
      }, this.options.waitMs);
      lane.waiting.add(go);
      this.queue.add(lane);
    });
  }

  private leave(lane: Lane): void {
    lane.inFlight -= 1;
    this.inFlight -= 1;
    for (let next = this.nextLane(); next !== undefined; next = this.nextLane()) this.serve(next);
    this.dropIdle(lane);
  }

  private nextLane(): Lane | undefined {
    for (const lane of this.queue) if (this.admits(lane)) return lane;
    return undefined;
  }

  /** Lets the lane's longest waiting call go; the lane's next turn comes after everybody else's. */
  private serve(lane: Lane): void {
    const [go] = lane.waiting;
    this.queue.delete(lane);
    go?.();
    if (lane.waiting.size > 0) this.queue.add(lane);
  }

  private dropIdle(lane: Lane): void {
    if (lane.inFlight === 0 && lane.waiting.size === 0) this.lanes.delete(lane.tenantId);
  }
}

function busy(): YotiError {
  return new YotiError('YOTI_BUSY', 'Too many calls to Yoti are in flight', { retryAfterSeconds: 2 });
}
