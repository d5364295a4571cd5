import type { FastifyReply, FastifyRequest } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from './errors.js';
import type { Fault, FaultEndpoint, Scenario } from './scenario.schema.js';

/** A scenario and whose calls are counted for its faults: a session's or an application's. */
export interface FaultScope {
  scenario: Scenario;
  counter: string;
}

const USUAL_CODES: Record<number, string> = {
  401: 'MESSAGE_SIGNING',
  403: 'INSUFFICIENT_PERMISSION',
  429: 'TOO_MANY_REQUESTS',
  503: 'TEMPORARILY_UNAVAILABLE',
};

/** The faults for all are counted across all. */
const COMMON = 'common faults';

/** Counts calls and lets faults act on them, down to the socket: those that hit every application, and a scenario's. */
export class FaultBook {
  private commonFaults: readonly Fault[] = [];
  private readonly counts = new Map<string, number>();
  private readonly spoilt = new WeakMap<FastifyRequest, Fault['kind']>();
  private readonly closing = new AbortController();

  /** Counts a call. @returns the first fault that is meant for it */
  next({ scenario, counter }: FaultScope, endpoint: FaultEndpoint): Fault | undefined {
    const ofScenario = this.count(scenario.faults ?? [], `${counter} ${scenario.name}`, endpoint);
    return this.count(this.commonFaults, COMMON, endpoint) ?? ofScenario;
  }

  /** The faults that hit every application. */
  get common(): readonly Fault[] {
    return this.commonFaults;
  }

  /** Replaces the faults that hit every application; their calls are counted from now on. */
  setCommon(faults: readonly Fault[]): void {
    this.commonFaults = faults;
    this.forget(COMMON);
  }

  private count(faults: readonly Fault[], counter: string, endpoint: FaultEndpoint): Fault | undefined {
    const fitting = faults.map((fault, index) => {
      if (fault.endpoint !== endpoint && fault.endpoint !== 'any') return false;
      const key = `${counter} ${index}`;
      const call = (this.counts.get(key) ?? 0) + 1;
      this.counts.set(key, call);
      return call >= fault.from_call && call < fault.from_call + (fault.calls ?? Infinity);
    });
    return faults[fitting.indexOf(true)];
  }

  /** Starts counting anew, for one counter or for all scenarios. */
  forget(counter?: string): void {
    for (const key of this.counts.keys()) {
      const meant = counter === undefined ? !key.startsWith(COMMON) : key.startsWith(`${counter} `);
      if (meant) this.counts.delete(key);
    }
  }

  /** Lets a fault act before the call is carried out. @throws ServiceError where the fault is an error status */
  async act(fault: Fault, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    switch (fault.kind) {
      case 'status':
        answerStatus(fault, reply);
        break;
      case 'latency':
        await sleep(fault.seconds * 1000, undefined, { signal: this.closing.signal }).catch(() => undefined);
        break;
      case 'hang':
        reply.hijack();
        break;
      case 'reset':
        reply.hijack();
        request.raw.socket.resetAndDestroy();
        break;
      case 'errors_not_array': {
        const body = { code: 'PAYLOAD_VALIDATION', message: 'There were errors', errors: { property: 'x' } };
        void reply.status(400).send(body);
        break;
      }
      default:
        this.spoilt.set(request, fault.kind);
    }
  }

  /** The body that leaves in place of the real one. */
  spoil(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
    const kind = this.spoilt.get(request);
    if (kind === undefined) return payload;
    if (kind === 'wrong_content_type') {
      void reply.type('text/plain; charset=utf-8');
      return payload;
    }
    void reply.removeHeader('content-length');
    if (kind === 'empty_body') return '';
    const text = Buffer.isBuffer(payload) || typeof payload === 'string' ? payload : '{"session_id":';
    return text.slice(0, Math.max(1, Math.floor(text.length / 2)));
  }

  /** Wakes what is waiting. */
  close(): void {
    this.closing.abort();
  }
}

function answerStatus(fault: Extract<Fault, { kind: 'status' }>, reply: FastifyReply): void {
  const { status, code = USUAL_CODES[status] ?? 'SERVER_ERROR', message, retry_after: retryAfter } = fault;
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  if (status >= 300) throw new ServiceError(status, code, message ?? 'The scenario answers so');
  void reply.status(status).send();
}
