import type { YotiCall } from './signed-request.js';

/** Kinds of calls, each with its own deadline and circuit: while creations hang, sessions can still be read. */
export const operations = ['create', 'read', 'delete', 'media'] as const;
export type Operation = (typeof operations)[number];

/** The kind of a call that is answered with JSON. */
export function operationOf({ method }: Pick<YotiCall, 'method'>): Operation {
  return ({ POST: 'create', GET: 'read', DELETE: 'delete' } as const)[method];
}

/** How long Yoti has until its headers are there, and how long the whole call may take. */
export interface Deadlines {
  headersMs: number;
  /** With waiting for a place and retries; for media until its first byte. */
  deadlineMs: number;
}

/** Bounds of every call. */
export interface TransportOptions extends Deadlines {
  connectMs: number;
  /** For the creation of a session, which Yoti may take longer for and which is never repeated. */
  creation: Deadlines;
  /** Longest pause within a body. */
  bodyMs: number;
  /** Whole body of a media. */
  mediaMs: number;
  jsonBytes: number;
  mediaBytes: number;
  /** Calls of all tenants at once, and so the connections of one API base. */
  inFlight: number;
  inFlightPerTenant: number;
  waitingPerTenant: number;
  waitMs: number;
  /** How often a GET or DELETE is tried. */
  attempts: number;
  /** Longest random pause before the second try; doubles after that. */
  backoffMs: number;
  /** Failures in a row after which a credential's calls of one kind are paused. */
  failuresToPause: number;
  /** How long the first pause lasts; each one after a failed try doubles, up to the longest. */
  pauseMs: number;
  longestPauseMs: number;
}

export const defaultOptions: TransportOptions = {
  connectMs: 2_000,
  headersMs: 5_000,
  deadlineMs: 15_000,
  creation: { headersMs: 15_000, deadlineMs: 20_000 },
  bodyMs: 10_000,
  mediaMs: 60_000,
  jsonBytes: 2 * 1024 * 1024,
  mediaBytes: 15 * 1024 * 1024,
  inFlight: 128,
  inFlightPerTenant: 8,
  waitingPerTenant: 100,
  waitMs: 2_000,
  attempts: 3,
  backoffMs: 400,
  failuresToPause: 5,
  pauseMs: 5_000,
  longestPauseMs: 30_000,
};
