import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { Counter } from 'prom-client';
import { ConsoleSessions } from '../auth/console-sessions.js';
import { hashToken } from '../crypto/tokens.js';
import type { TenantDb } from '../database/tenant-db.js';
import { registry } from '../metrics/registry.js';
import { ApiError } from './api-error.js';
import { laneOf } from './caller.js';
import {
  holdsTooManyBodies,
  isOwnDoing,
  shedRequest,
  type LoadLimits,
  type ShedReason,
} from './load.rules.js';
import { sendProblem, tooMuchAtOnce } from './problem.filter.js';
import { Tally } from './tally.js';
import { whenEnded } from './when-ended.js';

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
    /** Gives back the place that the request holds. */
    leaveLoad?: () => void;
    /** It was turned away: one of very many, which leaves a trace in the metrics only. */
    wasShed?: boolean;
  }
}

/**
 * Turns requests away while that is still cheap: before the database is asked who is calling. A caller whose key or
 * cookie was good lately is known by it, everybody else by their address, so that made-up keys share one caller's bounds.
 *
 * A request counts from when its body is there, so that senders who never finish take no places of those who do.
 */
export class LoadGate {
  private readonly known = new LRUCache<string, string>({ max: KNOWN_CALLERS });
  private readonly underWay = new Tally();
  private readonly notifications = new Tally();
  /** Requests whose bodies have not arrived, by address. */
  private readonly bodies = new Tally();
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
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
      if (this.begin(request, reply)) done();
    });
    server.addHook('preHandler', (request, reply, done) => {
      if (this.admit(request, reply)) done();
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

  /** Before its body is read. */
  private begin(request: FastifyRequest, reply: FastifyReply): boolean {
    if (kindOf(request) === 'ordinary')
      request.loadCaller = this.known.get(secretOf(request) ?? '') ?? request.ip;
    const reason = this.reasonAgainst(request) ?? this.reasonAgainstBody(request);
    if (reason) return this.refuse(reason, request, reply);
    if (hasBody(request)) request.leaveLoad = this.bodies.add(request.ip);
    whenEnded(request, reply, () => {
      request.leaveLoad?.();
      this.remember(request, reply.statusCode);
    });
    return true;
  }

  /** Once its body is there: many may have come by then that were few when they began. */
  private admit(request: FastifyRequest, reply: FastifyReply): boolean {
    request.leaveLoad?.();
    request.leaveLoad = undefined;
    const kind = kindOf(request);
    // One that has ended already would never give its place back.
    if (kind === 'always' || request.raw.socket.destroyed) return true;
    const reason = this.reasonAgainst(request);
    if (reason) return this.refuse(reason, request, reply);
    request.leaveLoad =
      kind === 'notification' ? this.notifications.add('') : this.underWay.add(laneOf(request));
    return true;
  }

  private reasonAgainst(request: FastifyRequest): ShedReason | null {
    const kind = kindOf(request);
    if (kind === 'always') return null;
    if (kind === 'notification')
      return this.notifications.total >= this.limits.notifications ? 'notifications' : null;
    return shedRequest(this.loadOf(laneOf(request)), this.limits);
  }

  private reasonAgainstBody(request: FastifyRequest): ShedReason | null {
    if (!hasBody(request)) return null;
    const { bodies } = this;
    return holdsTooManyBodies(bodies.of(request.ip), bodies.total, this.limits) ? 'bodies' : null;
  }

  private loadOf(caller: string) {
    return {
      inFlight: this.underWay.total,
      inFlightOfCaller: this.underWay.of(caller),
      callers: this.underWay.keys,
      loopDelayMs: this.loopDelayMs,
      isCallerSlow: this.db.isSlow(caller),
      isDatabaseFull: this.db.isJammed,
    };
  }

  private refuse(reason: ShedReason, request: FastifyRequest, reply: FastifyReply): false {
    shed.inc({ reason });
    request.wasShed = true;
    sendProblem(isOwnDoing(reason) ? tooMuchAtOnce() : serverIsBusy(), request, reply);
    return false;
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

const serverIsBusy = (): ApiError =>
  new ApiError('unavailable', 'The server has more to do than it can.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });

/** What the caller shows to be let in, as a hash; nothing has read the cookies yet. */
function secretOf({ headers }: FastifyRequest): string | undefined {
  const secret = headers.authorization ?? COOKIE.exec(headers.cookie ?? '')?.[1];
  return secret === undefined ? undefined : hashToken(secret).toString('base64url');
}

function kindOf({ url }: FastifyRequest): 'always' | 'notification' | 'ordinary' {
  if (ALWAYS.test(url)) return 'always';
  return NOTIFICATIONS.test(url) ? 'notification' : 'ordinary';
}

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
