import type { KeyObject } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import { badResponse, discard, type Exchange, failureFrom, mediaTypeOf, readJson } from './read-answer.js';
import { type ApiBase, signRequest, type YotiCall } from './signed-request.js';
import { TenantLimiter } from './tenant-limiter.js';
import { refusalFrom, YotiError } from './yoti-error.js';

/** One tenant's way to Yoti: its application, its parsed key, and the API base from the operator's allow-list. */
export interface YotiConnection {
  tenantId: string;
  sdkId: string;
  apiUrl: string;
  privateKey: KeyObject;
}

/** Bounds of every call. */
export interface TransportOptions {
  connectMs: number;
  headersMs: number;
  /** Longest pause within a body. */
  bodyMs: number;
  /** Whole call, with waiting for a place and retries; for media until its first byte. */
  deadlineMs: number;
  /** Whole body of a media. */
  mediaMs: number;
  jsonBytes: number;
  mediaBytes: number;
  inFlightPerTenant: number;
  waitingPerTenant: number;
  waitMs: number;
  /** How often a GET or DELETE is tried. */
  attempts: number;
  /** Longest random pause before the second try; doubles after that. */
  backoffMs: number;
}

const defaults: TransportOptions = {
  connectMs: 2_000,
  headersMs: 5_000,
  bodyMs: 10_000,
  deadlineMs: 15_000,
  mediaMs: 60_000,
  jsonBytes: 2 * 1024 * 1024,
  mediaBytes: 15 * 1024 * 1024,
  inFlightPerTenant: 8,
  waitingPerTenant: 100,
  waitMs: 2_000,
  attempts: 3,
  backoffMs: 400,
};

/** Bytes of a media as they arrive. Whoever gets it reads it or destroys it. */
export interface MediaContent {
  /** Lower case, without parameters. */
  contentType: string;
  /** Size in bytes, when Yoti tells it. */
  length?: number;
  body: Readable;
}

/**
 * Sends signed calls to Yoti through keep-alive connections. The SDK's own transport has no deadline, follows
 * redirects, opens a connection per call and prints errors to stdout; this one is bounded in time, size and number
 * per tenant, never follows a redirect, and fails with a `YotiError` only.
 */
export class YotiTransport {
  private readonly options: TransportOptions;
  private readonly agent: Agent;
  private readonly limiter: TenantLimiter;
  private readonly bases = new Map<string, ApiBase>();

  constructor(options: Partial<TransportOptions> = {}) {
    this.options = { ...defaults, ...options };
    const { connectMs, headersMs, bodyMs, mediaBytes, inFlightPerTenant, waitingPerTenant, waitMs } =
      this.options;
    this.agent = new Agent({
      connect: { timeout: connectMs },
      headersTimeout: headersMs,
      bodyTimeout: bodyMs,
      maxResponseSize: mediaBytes,
    });
    this.limiter = new TenantLimiter({
      inFlight: inFlightPerTenant,
      waiting: waitingPerTenant,
      waitMs,
    });
  }

  /**
   * Calls Yoti and returns the JSON of a 2xx answer; undefined for 204. GET and DELETE are tried again, newly signed,
   * when Yoti cannot be reached or cannot answer now; POST never, since a session could be made twice.
   */
  json(connection: YotiConnection, call: YotiCall): Promise<unknown> {
    return this.withRetries(call, async (signal) => {
      const { status, headers, body, defect } = await this.exchangeOnce(connection, call, signal);
      if (status < 200 || status > 299) throw refusalFrom(status, body, headers['retry-after']);
      if (defect !== undefined) throw badResponse(defect, status);
      if (body === undefined && status !== 204) throw badResponse('empty', status);
      return body;
    });
  }

  /** Calls Yoti once, and returns the answer whatever its status. */
  exchange(connection: YotiConnection, call: YotiCall): Promise<Exchange> {
    return this.withDeadline((signal) => this.exchangeOnce(connection, call, signal));
  }

  /** Opens a media for reading; null for 204, with which Yoti withholds what it may not return. */
  stream(connection: YotiConnection, call: YotiCall): Promise<MediaContent | null> {
    return this.withRetries(call, async (signal) => {
      const leave = await this.limiter.enter(connection.tenantId);
      try {
        return await this.open(connection, call, signal, leave);
      } catch (error) {
        leave();
        throw failureFrom(error, signal.aborted);
      }
    });
  }

  /** Lets calls in flight end, and closes the connections. */
  close(): Promise<void> {
    return this.agent.close();
  }

  private async exchangeOnce(connection: YotiConnection, call: YotiCall, signal: AbortSignal) {
    const leave = await this.limiter.enter(connection.tenantId);
    try {
      return await readJson(await this.send(connection, call, signal), this.options.jsonBytes);
    } catch (error) {
      throw failureFrom(error, signal.aborted);
    } finally {
      leave();
    }
  }

  private async open(
    connection: YotiConnection,
    call: YotiCall,
    signal: AbortSignal,
    leave: () => void,
  ): Promise<MediaContent | null> {
    const answer = await this.send(connection, call, signal);
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
  }

  private send(connection: YotiConnection, call: YotiCall, signal: AbortSignal) {
    const base = this.baseOf(connection.apiUrl);
    const { path, headers, body } = signRequest(base, connection, call);
    return this.agent.request({ origin: base.origin, path, method: call.method, headers, body, signal });
  }

  private baseOf(apiUrl: string): ApiBase {
    let base = this.bases.get(apiUrl);
    if (base === undefined) {
      const { origin, pathname } = new URL(apiUrl);
      base = { origin, path: pathname.replace(/\/+$/, '') };
      this.bases.set(apiUrl, base);
    }
    return base;
  }

  private async withDeadline<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const late = setTimeout(() => controller.abort(), this.options.deadlineMs);
    try {
      return await work(controller.signal);
    } finally {
      clearTimeout(late);
    }
  }

  private withRetries<T>(call: YotiCall, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const attempts = call.method === 'POST' ? 1 : this.options.attempts;
    const deadline = performance.now() + this.options.deadlineMs;
    return this.withDeadline(async (signal) => {
      for (let tried = 1; ; tried += 1) {
        try {
          return await attempt(signal);
        } catch (error) {
          if (tried >= attempts || !isTransient(error)) throw error;
          const pauseMs = this.pauseAfter(error, tried);
          if (performance.now() + pauseMs >= deadline) throw error;
          await sleep(pauseMs);
        }
      }
    });
  }

  /** Full jitter, doubling, but at least what Yoti asks for. */
  private pauseAfter({ retryAfterSeconds = 0 }: YotiError, tried: number): number {
    const jitterMs = Math.random() * this.options.backoffMs * 2 ** (tried - 1);
    return Math.max(retryAfterSeconds * 1000, jitterMs);
  }
}

function isTransient(error: unknown): error is YotiError {
  return error instanceof YotiError && (error.code === 'YOTI_UNAVAILABLE' || error.code === 'YOTI_TIMEOUT');
}
