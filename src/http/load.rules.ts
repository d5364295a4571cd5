/** What of the server is protected, as the metric names it. */
export type ShedReason =
  'event_loop' | 'in_flight' | 'caller' | 'queue' | 'database' | 'notifications' | 'bodies';

/** How busy the server is when a request comes. */
export interface Load {
  /** Requests under way: of everybody, of this caller, and how many callers have any. */
  inFlight: number;
  inFlightOfCaller: number;
  callers: number;
  /** 99th percentile of the event loop's delay lately, in milliseconds. */
  loopDelayMs: number;
  /** Whether this caller's line for a database connection only grows, and whether everybody's lines are full. */
  isCallerSlow: boolean;
  isDatabaseFull: boolean;
}

/** The bounds. */
export interface LoadLimits {
  /** Requests under way at once, of everybody and of one caller: what they hold is memory. */
  inFlight: number;
  inFlightOfCaller: number;
  /** Notifications under way at once: cheap, and wanted more than anything else. */
  notifications: number;
  /** Requests at once whose bodies have not arrived yet, of everybody: each may hold as much memory as a body is big. */
  bodies: number;
  /** The event loop is late by this much: milliseconds. */
  loopDelayMs: number;
  /** A late event loop alone may be a single long task; with this many requests under way it is load. */
  crowd: number;
}

/**
 * Far below what would endanger the process's memory. A caller has room for the waits of slow calls to Yoti, of which a
 * tenant makes eight at once, and not for so many requests that their beginning alone holds up everybody else.
 */
export const LOAD_LIMITS: LoadLimits = {
  inFlight: 1000,
  inFlightOfCaller: 128,
  notifications: 500,
  bodies: 1000,
  loopDelayMs: 200,
  crowd: 64,
};

/**
 * Decides whether an ordinary request is turned away before anything is done for it.
 *
 * @returns why; null when it may come in
 */
export function shedRequest(load: Load, limits: LoadLimits): ShedReason | null {
  if (load.inFlight >= limits.inFlight) return 'in_flight';
  if (load.inFlightOfCaller >= limits.inFlightOfCaller) return 'caller';
  if (load.isCallerSlow) return 'queue';
  if (load.isDatabaseFull) return 'database';
  const isLate = load.loopDelayMs > limits.loopDelayMs && load.inFlight >= limits.crowd;
  // Whoever has no more under way than the others isn't the one who made it late.
  if (isLate && load.inFlightOfCaller * load.callers >= load.inFlight) return 'event_loop';
  return null;
}

/**
 * Decides whether an address has so many requests under way without their bodies that it may not begin another. The
 * fewer places are free, the fewer one address may hold, so that those who send slowly on purpose, from however many
 * addresses, leave some to everybody else.
 */
export const holdsTooManyBodies = (ofAddress: number, ofEverybody: number, { bodies }: LoadLimits): boolean =>
  ofAddress >= (bodies - ofEverybody) / 4;

const OWN_DOING: ReadonlySet<ShedReason> = new Set(['caller', 'queue', 'bodies']);

/** Whether the reason is the caller's own doing (429) or the server's state (503). */
export const isOwnDoing = (reason: ShedReason): boolean => OWN_DOING.has(reason);
