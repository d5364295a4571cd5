import type { KeyObject } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { traceYotiCall } from '../tracing/trace-calls.js';
import { badResponse, discard, type Exchange, failureFrom, mediaTypeOf, readJson } from './read-answer.js';
import { type ApiBase, signRequest, type YotiCall } from './signed-request.js';
import { TenantLimiter } from './tenant-limiter.js';
import { type CircuitChange, Circuits } from './transport-circuits.js';
import { countRetry, countShed, measured, outcomeOf } from './transport-metrics.js';
import {
  type Deadlines,
  defaultOptions,
  type Operation,
  operationOf,
  type TransportOptions,
} from './transport-options.js';
import { Throttle } from './transport-throttle.js';
import { isTransient, refusalFrom, type YotiError } from './yoti-error.js';

/** One tenant's way to Yoti: its application, its parsed key, and the API base from the operator's allow-list. */
export interface YotiConnection {
  tenantId: string;
  sdkId: string;
  apiUrl: string;
  privateKey: KeyObject;
}

/** Bytes of a media as they arrive. Whoever gets it reads it or destroys it. */
export interface MediaContent {
  /** Lower case, without parameters. */
  contentType: string;
  /** Size in bytes, when Yoti tells it. */
  length?: number;
  body: Readable;
}

/** A call on its way: whose, what kind, and until when. */
interface Journey {
  connection: YotiConnection;
  call: YotiCall;
  operation: Operation;
  signal: AbortSignal;
}

/**
 * Makes the call once, and gives its place back by `leave` when it succeeds. One that fails keeps it until what it says
 * about the limit is known, so that nobody takes the place by the limit before.
 */
type Work<T> = (journey: Journey, leave: () => void) => Promise<T>;

/**
 * Sends signed calls to Yoti through keep-alive connections. The SDK's own transport has no deadline, follows
 * redirects, opens a connection per call and prints errors to stdout; this one is bounded in time, size and number
 * per tenant and in all, stops calling what does not answer, never follows a redirect, and fails with a `YotiError`
 * only.
 */
export class YotiTransport {
  private readonly options: TransportOptions;
  private readonly limiter: TenantLimiter;
  private readonly circuits: Circuits;
  private readonly throttle: Throttle;
  /** One for each API base that the operator allows: what hangs at one base holds no connection of another. */
  private readonly routes = new Map<string, { base: ApiBase; pool: Pool }>();

  constructor(options: Partial<TransportOptions> = {}) {
    this.options = { ...defaultOptions, ...options };
    this.limiter = new TenantLimiter(this.options);
    this.circuits = new Circuits(this.options);
    this.throttle = new Throttle(this.options);
  }

  /**
   * Calls Yoti and returns the JSON of a 2xx answer; undefined for 204. GET and DELETE are tried again, newly signed,
   * when Yoti cannot be reached or cannot answer now; POST never, since a session could be made twice.
   */
  json(connection: YotiConnection, call: YotiCall): Promise<unknown> {
    return this.withRetries(connection, call, operationOf(call), async (journey, leave) => {
      const { status, headers, body, defect } = await this.exchangeOnce(journey);
      if (status < 200 || status > 299) throw refusalFrom(status, body, headers['retry-after']);
      if (defect !== undefined) throw badResponse(defect, status);
      if (body === undefined && status !== 204) throw badResponse('empty', status);
      leave();
      return body;
    });
  }

  /** Calls Yoti once, also while such calls are paused, and returns the answer whatever its status. */
  exchange(connection: YotiConnection, call: YotiCall): Promise<Exchange> {
    const operation = operationOf(call);
    return this.withDeadline(this.deadlinesOf(operation), async (signal) => {
      const leave = await this.limiter.enter(connection.tenantId);
      const send = () => this.exchangeOnce({ connection, call, operation, signal });
      return measured(operation, send, outcomeOfAnswer).finally(leave);
    });
  }

  /** Opens a media for reading; null for 204, with which Yoti withholds what it may not return. */
  stream(connection: YotiConnection, call: YotiCall): Promise<MediaContent | null> {
    return this.withRetries(connection, call, 'media', (journey, leave) => this.open(journey, leave));
  }

  /** Throws `YOTI_UNAVAILABLE` while such calls of the credential are paused, and nothing would be sent. */
  checkOpen(connection: YotiConnection, operation: Operation): void {
    try {
      this.circuits.check(connection, operation);
      this.throttle.check(connection, operation);
    } catch (error) {
      countShed(operation);
      throw error;
    }
  }

  onCircuitChange(listener: (change: CircuitChange) => void): void {
    this.circuits.onChange(listener);
  }

  /** How many credentials' calls of each kind are paused. */
  countPaused(): Record<Operation, number> {
    return this.circuits.countOpen();
  }

  /** Lets calls in flight end, and closes the connections. */
  async close(): Promise<void> {
    await Promise.all([...this.routes.values()].map(({ pool }) => pool.close()));
  }

  private async exchangeOnce(journey: Journey): Promise<Exchange> {
    try {
      return await readJson(await this.send(journey), this.options.jsonBytes);
    } catch (error) {
      throw failureFrom(error, journey.signal.aborted);
    }
  }

  /** The place in the tenant's lane is held until the last byte, and given back by the body's end. */
  private async open(journey: Journey, leave: () => void): Promise<MediaContent | null> {
    try {
      const answer = await this.send(journey);
      const { statusCode: status, headers, body } = answer;
      if (status < 200 || status > 299) {
        const exchange = await readJson(answer, this.options.jsonBytes);
        throw refusalFrom(status, exchange.body, headers['retry-after']);
      }
      const length = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
      if (status === 204 || (length ?? 0) > this.options.mediaBytes) {
        discard(answer);
        if (status !== 204) throw badResponse('too large', status);
        leave();
        return null;
      }
      const late = setTimeout(() => body.destroy(failureFrom(undefined, true)), this.options.mediaMs);
      body
        .on('error', () => {})
        .once('close', () => {
          clearTimeout(late);
          leave();
        });
      const contentType = mediaTypeOf(headers['content-type']) ?? 'application/octet-stream';
      return { contentType, body, ...(length === undefined ? {} : { length }) };
    } catch (error) {
      throw failureFrom(error, journey.signal.aborted);
    }
  }

  private send({ connection, call, operation, signal }: Journey) {
    const { base, pool } = this.routeOf(connection.apiUrl);
    const { path, headers, body } = signRequest(base, connection, call);
    const { headersMs: headersTimeout } = this.deadlinesOf(operation);
    return traceYotiCall({ operation, method: call.method, origin: base.origin }, () =>
      pool.request({ path, method: call.method, headers, body, signal, headersTimeout }),
    );
  }

  private routeOf(apiUrl: string): { base: ApiBase; pool: Pool } {
    let route = this.routes.get(apiUrl);
    if (route === undefined) {
      const { origin, pathname } = new URL(apiUrl);
      const { connectMs, bodyMs, mediaBytes, inFlight } = this.options;
      const pool = new Pool(origin, {
        connections: inFlight,
        connect: { timeout: connectMs },
        bodyTimeout: bodyMs,
        maxResponseSize: mediaBytes,
      });
      route = { base: { origin, path: pathname.replace(/\/+$/, '') }, pool };
      this.routes.set(apiUrl, route);
    }
    return route;
  }

  private deadlinesOf(operation: Operation): Deadlines {
    return operation === 'create' ? this.options.creation : this.options;
  }

  private async withDeadline<T>(
    { deadlineMs }: Deadlines,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    const late = setTimeout(() => controller.abort(), deadlineMs);
    try {
      return await work(controller.signal);
    } finally {
      clearTimeout(late);
    }
  }

  private withRetries<T>(
    connection: YotiConnection,
    call: YotiCall,
    operation: Operation,
    work: Work<T>,
  ): Promise<T> {
    const attempts = operation === 'create' ? 1 : this.options.attempts;
    const deadlines = this.deadlinesOf(operation);
    const deadline = performance.now() + deadlines.deadlineMs;
    return this.withDeadline(deadlines, async (signal) => {
      const journey = { connection, call, operation, signal };
      for (let tried = 1; ; tried += 1) {
        try {
          return await this.attempt(journey, work);
        } catch (error) {
          const paused = this.circuits.isOpen(connection, operation);
          if (tried >= attempts || paused || !isTransient(error)) throw error;
          const againAt = performance.now() + this.pauseAfter(error, tried);
          if (againAt >= deadline) throw error;
          await sleepUntil(againAt);
          countRetry(operation);
        }
      }
    });
  }

  /** Only what is sent counts for the circuit and the throttle; waiting for a place doesn't. */
  private async attempt<T>(journey: Journey, work: Work<T>): Promise<T> {
    const { connection, operation } = journey;
    let leave = () => {};
    let sent = false;
    try {
      leave = await this.enter(connection, operation);
      // While it waited for the tenant's place, another call may have been asked to wait.
      this.throttle.check(connection, operation);
      return await this.circuits.run(connection, operation, () => {
        sent = true;
        const send = () => measured(operation, () => work(journey, leave));
        return this.throttle.run(connection, operation, send);
      });
    } catch (error) {
      if (!sent) countShed(operation);
      leave();
      throw error;
    }
  }

  /** Waits for the credential's place, then for the tenant's: who holds a tenant's place is about to call. */
  private async enter(connection: YotiConnection, operation: Operation): Promise<() => void> {
    for (;;) {
      this.circuits.check(connection, operation);
      const leaveCredential = await this.throttle.enter(connection, operation);
      const leaveTenant = await this.limiter.enter(connection.tenantId).catch((error: unknown) => {
        leaveCredential();
        throw error;
      });
      const leave = () => {
        leaveTenant();
        leaveCredential();
      };
      // While it waited for the tenant's place, the credential's places may have become fewer.
      if (!this.throttle.isOver(connection, operation)) return leave;
      leave();
    }
  }

  /** Full jitter, doubling, after what Yoti asks for: whoever waits for the same second doesn't come at once. */
  private pauseAfter({ retryAfterSeconds = 0 }: YotiError, tried: number): number {
    const jitterMs = Math.random() * this.options.backoffMs * 2 ** (tried - 1);
    return retryAfterSeconds * 1000 + jitterMs;
  }
}

/** A timer may go off early, by as long as its turn of the event loop has lasted: a call too soon is a try wasted. */
async function sleepUntil(time: number): Promise<void> {
  for (let left = time - performance.now(); left > 0; left = time - performance.now()) await sleep(left);
}

const outcomeOfAnswer = ({ status, body }: Exchange) =>
  status < 300 ? 'ok' : outcomeOf(refusalFrom(status, body, undefined));
