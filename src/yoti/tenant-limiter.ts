import { YotiError } from './yoti-error.js';

interface Waiter {
  enter(): void;
}

interface Lane {
  inFlight: number;
  waiting: Set<Waiter>;
}

/** How many calls of one tenant run at once, how many wait, and for how long. */
export interface LimiterOptions {
  inFlight: number;
  waiting: number;
  waitMs: number;
}

/** Keeps one tenant's slow calls from using up what the other tenants need. Lanes of idle tenants are dropped. */
export class TenantLimiter {
  private readonly lanes = new Map<string, Lane>();

  constructor(private readonly options: LimiterOptions) {}

  /**
   * Waits for a free place of the tenant, and returns the function that gives it back (safe to call twice).
   * Throws `YOTI_BUSY` when too many wait already or the wait takes too long.
   */
  async enter(tenantId: string): Promise<() => void> {
    let lane = this.lanes.get(tenantId);
    if (lane === undefined) {
      lane = { inFlight: 0, waiting: new Set() };
      this.lanes.set(tenantId, lane);
    }
    if (lane.inFlight < this.options.inFlight) lane.inFlight += 1;
    else await this.wait(lane);
    return this.leave(tenantId, lane);
  }

  private wait(lane: Lane): Promise<void> {
    if (lane.waiting.size >= this.options.waiting) return Promise.reject(busy());
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        enter: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        lane.waiting.delete(waiter);
        reject(busy());
      }, this.options.waitMs);
      lane.waiting.add(waiter);
    });
  }

  /** A place given back goes straight to the longest waiting call. */
  private leave(tenantId: string, lane: Lane): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const [next] = lane.waiting;
      if (next !== undefined) {
        lane.waiting.delete(next);
        next.enter();
        return;
      }
      lane.inFlight -= 1;
      if (lane.inFlight === 0) this.lanes.delete(tenantId);
    };
  }
}

function busy(): YotiError {
  return new YotiError('YOTI_BUSY', 'Too many calls to Yoti are in flight', { retryAfterSeconds: 2 });
}
