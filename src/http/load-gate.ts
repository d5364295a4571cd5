import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { Counter } from 'prom-client';
import { ConsoleSessions } from '../auth/console-sessions.js';
import { hashToken } from '../crypto/tokens.js';
import type { TenantDb } from '../database/tenant-db.js';
import { registry } from '../metrics/registry.js';
import { ApiError } from './api-error.js';
import { isOwnDoing, shedRequest, type LoadLimits, type ShedReason } from './load.rules.js';
import { sendProblem, tooMuchAtOnce } from './problem.filter.js';

const RESOLUTION_MS = 10;
const SAMPLE_MS = 500;
/** Callers that have been let in lately and are recognised before the database is asked. */
const KNOWN_CALLERS = 10_000;
const RETRY_AFTER_SECONDS = 1;

/** What answers however busy the server is: the operator's and the balancer's look at it, and the console's files. */
const ALWAYS = /^\/(health\/|metrics|console)/;
const COOKIE = new RegExp(`(?:^|; *)${ConsoleSessions.COOKIE}=([^;]+)`);
const NOTIFICATIONS = /^\/hooks\//;

const shed = new Counter({
  name: 'countersign_requests_shed_total',
  help: 'Requests that were turned away before anything was done for them, by what had to be protected',
  labelNames: ['reason'] as const,
  registers: [registry],
});

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose request it is, as far as that is known before authentication; undefined when it isn't counted. */
    loadCaller?: string;
    /** It was turned away: one of very many, which leaves a trace in the metrics only. */
    wasShed?: boolean;
  }
}

/**
 * Turns requests away while that is still cheap: before the database is asked who is calling. A caller whose key or
 * cookie was good lately is known by it, everybody else by their address, so that made-up keys share one caller's bounds.
 */
export class LoadGate {
  private readonly known = new LRUCache<string, string>({ max: KNOWN_CALLERS });
  private readonly underWay = new Map<string, number>();
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private total = 0;
  private notifications = 0;
  private loopDelayMs = 0;

  constructor(
    private readonly db: Pick<TenantDb, 'isSlow' | 'isJammed'>,
    private readonly limits: LoadLimits,
  ) {}

  /** Call before anything else is registered that costs more than this. */
  observe(server: FastifyInstance): void {
    this.delay.enable();
    const sampler = setInterval(() => this.sample(), SAMPLE_MS).unref();
    server.addHook('onRequest', (request, reply, done) => {
      if (this.admit(request, reply)) done();
    });
    server.addHook('onResponse', (request, reply, done) => {
      this.settle(request);
      this.remember(request, reply.statusCode);
      done();
    });
    server.addHook('onRequestAbort', (request, done) => {
      this.settle(request);
      done();
    });
    server.addHook('onClose', (_server, done) => {
      clearInterval(sampler);
      this.delay.disable();
      done();
    });
  }

  /** Whose bucket of the rate limit the request is taken from. */
  callerOf(request: FastifyRequest): string {
    const secret = secretOf(request);
    return secret !== undefined && this.known.has(secret) ? secret : request.ip;
  }

  private sample(): void {
    this.loopDelayMs = this.delay.percentile(99) / 1e6 - RESOLUTION_MS;
    this.delay.reset();
  }

  private admit(request: FastifyRequest, reply: FastifyReply): boolean {
    if (ALWAYS.test(request.url)) return true;
    if (NOTIFICATIONS.test(request.url)) {
      if (this.notifications >= this.limits.notifications)
        return this.refuse('notifications', request, reply);
      this.notifications += 1;
      request.loadCaller = '';
      return true;
    }
    const caller = this.known.get(secretOf(request) ?? '') ?? request.ip;
    const reason = shedRequest(this.loadOf(caller), this.limits);
    if (reason) return this.refuse(reason, request, reply);
    request.loadCaller = caller;
    this.total += 1;
    this.underWay.set(caller, (this.underWay.get(caller) ?? 0) + 1);
    return true;
  }

  private loadOf(caller: string) {
    return {
      inFlight: this.total,
      inFlightOfCaller: this.underWay.get(caller) ?? 0,
      callers: this.underWay.size,
      loopDelayMs: this.loopDelayMs,
      isCallerSlow: this.db.isSlow(caller),
      isDatabaseFull: this.db.isJammed,
    };
  }

  private refuse(reason: ShedReason, request: FastifyRequest, reply: FastifyReply): false {
    shed.inc({ reason });
    request.wasShed = true;
    const busy = new ApiError('unavailable', 'The server has more to do than it can.', {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
    sendProblem(isOwnDoing(reason) ? tooMuchAtOnce() : busy, request, reply);
    return false;
  }

  /** Once a request, whether it was answered or its caller left. */
  private settle(request: FastifyRequest): void {
    const { loadCaller: caller } = request;
    if (caller === undefined) return;
    request.loadCaller = undefined;
    if (caller === '') {
      this.notifications -= 1;
      return;
    }
    this.total -= 1;
    const left = (this.underWay.get(caller) ?? 1) - 1;
    if (left > 0) this.underWay.set(caller, left);
    else this.underWay.delete(caller);
  }

  /** All keys of a tenant count together; a person counts alone, so that the console works while programs flood. */
  private remember(request: FastifyRequest, status: number): void {
    const secret = secretOf(request);
    if (secret === undefined) return;
    const { user } = request;
    if (user) this.known.set(secret, (user.type === 'api_key' ? user.tenantId : null) ?? secret);
    else if (status === 401) this.known.delete(secret);
  }
}

/** What the caller shows to be let in, as a hash; nothing has read the cookies yet. */
function secretOf({ headers }: FastifyRequest): string | undefined {
  const secret = headers.authorization ?? COOKIE.exec(headers.cookie ?? '')?.[1];
  return secret === undefined ? undefined : hashToken(secret).toString('base64url');
}
