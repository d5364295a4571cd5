import {
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  handleAll,
} from 'cockatiel';
import { LRUCache } from 'lru-cache';
import type { YotiConnection } from './transport.js';
import { type Operation, operations, type TransportOptions } from './transport-options.js';
import { isTooMany, isTransient, YotiError } from './yoti-error.js';

/** Circuits of credentials in trouble to remember; one that is forgotten starts closed. */
const MOST_CIRCUITS = 10_000;
/** How long a circuit that nobody uses any more is remembered. */
const REMEMBERED_MS = 10 * 60_000;

/** A credential's calls of one kind were paused, are tried again, or go on. */
export interface CircuitChange {
  tenantId: string;
  sdkId: string;
  operation: Operation;
  state: 'open' | 'half_open' | 'closed';
}

type Bounds = Pick<TransportOptions, 'failuresToPause' | 'pauseMs' | 'longestPauseMs'>;

/** A clock that nobody sets, in milliseconds since some moment. */
type Clock = () => number;

/** What a call came to: a refusal is an answer, and says nothing against calling again. */
type Outcome<T> = { value: T } | { refusal: unknown };

const stateNames = {
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Closed]: 'closed',
} as const;

/** One credential's calls of one kind. */
class Circuit {
  inFlight = 0;
  /** By the clock that nobody sets. */
  private pausedUntil = 0;
  private readonly breaker: ConsecutiveBreaker;
  private readonly policy: CircuitBreakerPolicy;

  constructor(
    readonly operation: Operation,
    { failuresToPause, pauseMs, longestPauseMs }: Bounds,
    private readonly now: Clock,
    tell: (state: CircuitChange['state']) => void,
  ) {
    this.breaker = new ConsecutiveBreaker(failuresToPause);
    const next = ({ attempt }: { attempt: number }) => {
      this.pausedUntil = now() + Math.min(pauseMs * 2 ** (attempt - 1), longestPauseMs);
      // The library's pause goes by a clock that may be set back: it is over at once, and `refuses` alone tells.
      return { duration: -Infinity, next };
    };
    this.policy = circuitBreaker(handleAll, { breaker: this.breaker, halfOpenAfter: { next } });
    this.policy.onStateChange((state) => tell(stateNames[state]));
  }

  /** Whether nothing speaks against calls: then there is nothing to remember. */
  get isForgettable(): boolean {
    return this.inFlight === 0 && this.policy.state === CircuitState.Closed && this.breaker.state === 0;
  }

  get isOpen(): boolean {
    return this.policy.state !== CircuitState.Closed;
  }

  /** Whether a call would not be sent: during the pause, and while one call tries whether it is over. */
  get refuses(): boolean {
    const { state } = this.policy;
    return state === CircuitState.HalfOpen || (state === CircuitState.Open && this.now() < this.pausedUntil);
  }

  refusal(): YotiError {
    const retryAfterSeconds = Math.max(1, Math.ceil((this.pausedUntil - this.now()) / 1000));
    const message = 'Calls to Yoti are paused after failures in a row';
    return new YotiError('YOTI_UNAVAILABLE', message, { retryAfterSeconds });
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.refuses) throw this.refusal();
    this.inFlight += 1;
    try {
      const outcome = await this.policy.execute(() => this.settle(work));
      if ('refusal' in outcome) throw outcome.refusal;
      return outcome.value;
    } finally {
      this.inFlight -= 1;
    }
  }

  private async settle<T>(work: () => Promise<T>): Promise<Outcome<T>> {
    try {
      return { value: await work() };
    } catch (error) {
      if (isTransient(error) && !isTooMany(error)) throw error;
      return { refusal: error };
    }
  }
}

/**
 * Stops calling for a credential that Yoti does not answer: after so many failures in a row nothing is sent for a
 * while, then one call tries. Only no connection, no answer in time, 408 and 5xx count: who says 429 answers. Remembers
 * nothing of credentials whose calls succeed.
 */
export class Circuits {
  private readonly circuits = new LRUCache<string, Circuit>({ max: MOST_CIRCUITS, ttl: REMEMBERED_MS });
  private readonly listeners = new Set<(change: CircuitChange) => void>();

  constructor(
    private readonly bounds: Bounds,
    private readonly now: Clock = () => performance.now(),
  ) {}

  /** Runs a call, which rejects with a `YotiError` only. Throws `YOTI_UNAVAILABLE` at once while calls are paused. */
  async run<T>(connection: YotiConnection, operation: Operation, work: () => Promise<T>): Promise<T> {
    const key = keyOf(connection, operation);
    const circuit = this.circuits.get(key) ?? this.make(connection, operation);
    this.circuits.set(key, circuit);
    try {
      return await circuit.run(work);
    } finally {
      if (circuit.isForgettable && this.circuits.peek(key) === circuit) this.circuits.delete(key);
    }
  }

  /** Throws `YOTI_UNAVAILABLE` while such calls are paused; changes nothing. */
  check(connection: YotiConnection, operation: Operation): void {
    const circuit = this.circuits.get(keyOf(connection, operation));
    if (circuit?.refuses) throw circuit.refusal();
  }

  /** Whether such calls are paused or being tried again. */
  isOpen(connection: YotiConnection, operation: Operation): boolean {
    return this.circuits.get(keyOf(connection, operation))?.isOpen ?? false;
  }

  /** How many credentials' calls of each kind are paused or being tried again. */
  countOpen(): Record<Operation, number> {
    const open = [...this.circuits.values()].filter((circuit) => circuit.isOpen);
    const countOf = (operation: Operation) =>
      open.filter((circuit) => circuit.operation === operation).length;
    return Object.fromEntries(operations.map((operation) => [operation, countOf(operation)])) as Record<
      Operation,
      number
    >;
  }

  /** How many credentials' calls are remembered at all. */
  get size(): number {
    return this.circuits.size;
  }

  onChange(listener: (change: CircuitChange) => void): void {
    this.listeners.add(listener);
  }

  private make({ tenantId, sdkId }: YotiConnection, operation: Operation): Circuit {
    return new Circuit(operation, this.bounds, this.now, (state) => {
      for (const listener of this.listeners) listener({ tenantId, sdkId, operation, state });
    });
  }
}

/** Tells one credential's calls of one kind from all others. */
export const keyOf = ({ tenantId, sdkId, apiUrl }: YotiConnection, operation: Operation): string =>
  `${operation} ${tenantId} ${sdkId} ${apiUrl}`;
