import { LRUCache } from 'lru-cache';
import { TenantLimiter } from './tenant-limiter.js';
import type { YotiConnection } from './transport.js';
import { keyOf } from './transport-circuits.js';
import type { Operation, TransportOptions } from './transport-options.js';
import { isTooMany, YotiError } from './yoti-error.js';

/** Credentials to remember that called too often; one that is forgotten starts without a limit of its own. */
const MOST_SLOWED = 10_000;
/** How long a credential that doesn't call any more is remembered. */
const REMEMBERED_MS = 60 * 60_000;

/** What a credential may do since Yoti said that it calls too often; times are milliseconds by a clock that nobody sets. */
interface Slowed {
  /** Calls at once; grows with each answer, and at the usual number the credential is no longer slowed. */
  most: number;
  /** When the limit was cut: what was sent before that says nothing about the new one. */
  cutAt: number;
  /** Nothing is sent before this time. */
  until: number;
}

type Bounds = Pick<TransportOptions, 'inFlightPerTenant' | 'waitingPerTenant' | 'waitMs'>;

/**
 * Honours 429: nothing of the same credential and kind is sent for as long as Yoti asks, and after that half as many
 * calls at once, one more for each round of answers. Credentials that were never told so are not limited here.
 */
export class Throttle {
  private readonly slowed = new LRUCache<string, Slowed>({ max: MOST_SLOWED, ttl: REMEMBERED_MS });
  private readonly places: TenantLimiter;

  /** @param now milliseconds since some moment, by a clock that nobody sets */
  constructor(
    private readonly bounds: Bounds,
    private readonly now = () => performance.now(),
  ) {
    this.places = new TenantLimiter(
      { ...bounds, inFlight: Infinity },
      (key) => this.slowed.get(key)?.most ?? Infinity,
    );
  }

  /** Throws `YOTI_UNAVAILABLE` while Yoti has asked to wait. */
  check(connection: YotiConnection, operation: Operation): void {
    const until = this.slowed.get(keyOf(connection, operation))?.until ?? 0;
    const waitMs = until - this.now();
    if (waitMs <= 0) return;
    const details = { retryAfterSeconds: Math.ceil(waitMs / 1000) };
    throw new YotiError('YOTI_UNAVAILABLE', 'Yoti asked to wait before the next call', details);
  }

  /**
   * Waits for a place among the credential's calls of this kind, and returns the function that gives it back.
   * Throws `YOTI_UNAVAILABLE` as `check` does; `YOTI_BUSY` when too many wait or the wait takes too long.
   */
  async enter(connection: YotiConnection, operation: Operation): Promise<() => void> {
    this.check(connection, operation);
    const leave = await this.places.enter(keyOf(connection, operation));
    try {
      // Whoever waited may have been let in by the very answer that asked to wait.
      this.check(connection, operation);
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }

  /** Whether more places are held than there are since the limit was cut: whoever hasn't called yet lines up again. */
  isOver(connection: YotiConnection, operation: Operation): boolean {
    const key = keyOf(connection, operation);
    return this.places.held(key) > Math.floor(this.slowed.get(key)?.most ?? Infinity);
  }

  /** Runs a call that has a place, and learns from what becomes of it. */
  async run<T>(connection: YotiConnection, operation: Operation, work: () => Promise<T>): Promise<T> {
    const key = keyOf(connection, operation);
    const sentAt = this.now();
    try {
      const value = await work();
      this.grow(key, sentAt);
      return value;
    } catch (error) {
      if (error instanceof YotiError && isTooMany(error)) this.cut(key, error, sentAt);
      throw error;
    }
  }

  /** How many credentials' calls are held back. */
  get size(): number {
    return this.slowed.size;
  }

  private cut(key: string, { retryAfterSeconds = 0 }: YotiError, sentAt: number): void {
    const before = this.slowed.get(key);
    const now = this.now();
    const until = Math.max(before?.until ?? 0, now + retryAfterSeconds * 1000);
    // Of calls that were on their way at once, the first one that is refused speaks for all.
    if (before && sentAt < before.cutAt) {
      before.until = until;
      return;
    }
    // Of the places held, some may be of calls that still wait for one of the tenant's.
    const atOnce = Math.min(before?.most ?? Infinity, this.places.held(key), this.bounds.inFlightPerTenant);
    const most = Math.max(1, Math.floor(atOnce / 2));
    this.slowed.set(key, { most, cutAt: now, until });
  }

  private grow(key: string, sentAt: number): void {
    const slowed = this.slowed.get(key);
    if (!slowed || sentAt < slowed.cutAt) return;
    slowed.most += 1 / slowed.most;
    const asBefore = slowed.most >= this.bounds.inFlightPerTenant;
    if (asBefore && slowed.until <= this.now()) this.slowed.delete(key);
  }
}
