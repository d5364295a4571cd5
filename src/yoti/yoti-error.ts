/**
 * What went wrong with a call to Yoti.
 * - `YOTI_REFUSED`: Yoti understood the call and said no; `status` and `yotiCode` say why.
 * - `YOTI_UNAVAILABLE`: no connection, or Yoti said that it cannot answer now (429, 5xx); or calls are paused after
 *   such failures, and nothing was sent.
 * - `YOTI_TIMEOUT`: no answer in time.
 * - `YOTI_BAD_RESPONSE`: an answer that Yoti's documentation does not allow.
 * - `YOTI_BUSY`: the tenant has too many calls in flight; nothing was sent.
 */
export type YotiErrorCode =
  'YOTI_REFUSED' | 'YOTI_UNAVAILABLE' | 'YOTI_TIMEOUT' | 'YOTI_BAD_RESPONSE' | 'YOTI_BUSY';

/** One entry of Yoti's `errors`: a property of the request and what is wrong with it. */
export interface YotiProblem {
  property: string;
  message: string;
}

interface YotiErrorDetails {
  status?: number | undefined;
  yotiCode?: string;
  problems?: YotiProblem[];
  retryAfterSeconds?: number;
  retryable?: boolean;
}

/** A failed call to Yoti. Its message never carries content of the answer, keys or tokens. */
export class YotiError extends Error {
  override readonly name = 'YotiError';
  /** HTTP status of the answer; null without one. */
  readonly status: number | null;
  /** Yoti's own code, such as PAYLOAD_VALIDATION; null without one. */
  readonly yotiCode: string | null;
  /** What Yoti found wrong with the request. */
  readonly problems: YotiProblem[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;

  constructor(
    readonly code: YotiErrorCode,
    message: string,
    details: YotiErrorDetails = {},
  ) {
    super(message);
    this.status = details.status ?? null;
    this.yotiCode = details.yotiCode ?? null;
    this.problems = details.problems;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.retryable = details.retryable ?? code !== 'YOTI_REFUSED';
  }
}

/** Yoti's answer is about another session than it was asked for. */
export class MismatchedAnswer extends YotiError {
  constructor() {
    super('YOTI_BAD_RESPONSE', "Yoti's answer cannot be used: another session");
  }
}

/** Why a call failed, as the code that is kept: Yoti's own where there is one. */
export const reasonOf = ({ yotiCode, code }: YotiError): string => (yotiCode ?? code).toLowerCase();

/** Whether Yoti did not answer, or said that it cannot answer now. */
export function isTransient(error: unknown): error is YotiError {
  return error instanceof YotiError && (error.code === 'YOTI_UNAVAILABLE' || error.code === 'YOTI_TIMEOUT');
}

/** Whether Yoti said that it is called too often (RFC 6585, 4). */
export const isTooMany = ({ status }: YotiError): boolean => status === 429;

/**
 * Whether a failure says nothing about what was asked for: Yoti was away or busy, or the call was not even sent. The
 * same call is worth trying for as long as it takes.
 */
export const isOutage = (error: unknown): boolean =>
  isTransient(error) || (error instanceof YotiError && error.code === 'YOTI_BUSY');

const longestText = 300;
const mostProblems = 50;
const longestRetryAfterSeconds = 3600;

/** Codes of refusals that end by themselves (Yoti: delete a session, "while checks are not finished"). */
const passingRefusals = new Set(['RESOURCE_LOCKED', 'SESSION_LOCKED']);

/**
 * The error for an answer outside 2xx (Yoti: error responses). `body` is whatever was parsed from it, and is not
 * trusted: `errors` may be missing or no array, `message` may be missing, the whole may be HTML.
 */
export function refusalFrom(
  status: number,
  body: unknown,
  retryAfter: string | string[] | undefined,
): YotiError {
  const yotiCode = codeOf(body);
  const problems = problemsOf(body);
  const retryAfterSeconds = secondsOf(retryAfter);
  const details = {
    status,
    ...(yotiCode === undefined ? {} : { yotiCode }),
    ...(problems.length === 0 ? {} : { problems }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
  const said = yotiCode === undefined ? String(status) : `${status} ${yotiCode}`;
  if (status < 400) return new YotiError('YOTI_BAD_RESPONSE', `Yoti answered ${said} unexpectedly`, details);
  if (status >= 500 || status === 429 || status === 408) {
    return new YotiError('YOTI_UNAVAILABLE', `Yoti is unavailable: ${said}`, details);
  }
  const retryable = yotiCode !== undefined && passingRefusals.has(yotiCode);
  return new YotiError('YOTI_REFUSED', `Yoti refused: ${said}`, { ...details, retryable });
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Yoti's own code in the body of an error; undefined when there is none that looks like one. */
export function codeOf(body: unknown): string | undefined {
  const code = propertyOf(body, 'code');
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(code) ? code : undefined;
}

function problemsOf(body: unknown): YotiProblem[] {
  const errors = propertyOf(body, 'errors');
  if (!Array.isArray(errors)) return [];
  return errors.slice(0, mostProblems).map((entry: unknown) => ({
    property: textOf(propertyOf(entry, 'property')),
    message: textOf(propertyOf(entry, 'message')),
  }));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, longestText) : '';
}

/** `Retry-After` in seconds from now, at most an hour: its form of seconds or of a date (RFC 9110, 10.2.3). */
function secondsOf(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  const isDelay = /^\d{1,9}$/.test(header);
  const seconds = isDelay ? Number(header) : Math.ceil((Date.parse(header) - Date.now()) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), longestRetryAfterSeconds);
}
