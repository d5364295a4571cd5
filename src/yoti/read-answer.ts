import { type Dispatcher, errors } from 'undici';
import { YotiError } from './yoti-error.js';

type Answer = Dispatcher.ResponseData;

/** Levels of an answer; Yoti's own have about ten. */
const deepest = 100;

/** An answer before anything is concluded from its status. */
export interface Exchange {
  status: number;
  headers: Answer['headers'];
  /** The parsed JSON; undefined when there was none. */
  body: unknown;
  /** Why there is no JSON although there was a body, in words without its content. */
  defect?: string;
}

/** The error for an answer that Yoti's documentation does not allow. `reason` must hold no content of the answer. */
export function badResponse(reason: string, status?: number): YotiError {
  return new YotiError('YOTI_BAD_RESPONSE', `Yoti's answer cannot be used: ${reason}`, { status });
}

/** Reads an answer of at most `limit` bytes as JSON. Rejects only when the connection fails. */
export async function readJson(answer: Answer, limit: number): Promise<Exchange> {
  const { statusCode: status, headers } = answer;
  const defective = (defect: string): Exchange => {
    discard(answer);
    return { status, headers, body: undefined, defect };
  };
  const type = mediaTypeOf(headers['content-type']);
  if (type !== undefined && !/^application\/(?:[\w.-]+\+)?json$/.test(type)) return defective('not JSON');
  if (Number(headers['content-length'] ?? 0) > limit) return defective('too large');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    const bytes: Buffer = chunk;
    size += bytes.length;
    if (size > limit) return defective('too large');
    chunks.push(bytes);
  }
  if (size === 0) return { status, headers, body: undefined };
  try {
    const body: unknown = JSON.parse(
      chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString(),
    );
    if (isTooDeep(body)) return { status, headers, body: undefined, defect: 'nested too deeply' };
    return { status, headers, body };
  } catch {
    return { status, headers, body: undefined, defect: 'malformed JSON' };
  }
}

/** Walks without recursion: what is nested too deeply overflows the stack of whoever reads or writes it. */
function isTooDeep(root: unknown): boolean {
  const open: { value: object; depth: number }[] = [];
  const push = (value: unknown, depth: number) => {
    if (typeof value === 'object' && value !== null) open.push({ value, depth });
  };
  push(root, 1);
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.depth > deepest) return true;
    for (const child of Object.values(next.value)) push(child, next.depth + 1);
  }
  return false;
}

/** Gives up the rest of an answer; its connection is closed rather than left half read. */
export function discard({ body }: Answer): void {
  body.on('error', () => {}).destroy();
}

/** `content-type` up to the first `;`, in lower case; undefined when the header is missing. */
export function mediaTypeOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header.split(';', 1)[0]?.trim().toLowerCase() : undefined;
}

/** Turns whatever a failed exchange threw into a `YotiError`; `late` tells that the call's deadline has passed. */
export function failureFrom(error: unknown, late: boolean): YotiError {
  if (error instanceof YotiError) return error;
  if (
    late ||
    error instanceof errors.ConnectTimeoutError ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError
  ) {
    return new YotiError('YOTI_TIMEOUT', 'Yoti did not answer in time');
  }
  if (error instanceof errors.ResponseExceededMaxSizeError) return badResponse('too large');
  if (
    error instanceof errors.HTTPParserError ||
    error instanceof errors.HeadersOverflowError ||
    error instanceof errors.ResponseContentLengthMismatchError
  ) {
    return badResponse('not HTTP');
  }
  return new YotiError('YOTI_UNAVAILABLE', `No connection to Yoti: ${systemCodeOf(error)}`);
}

/** The code of a system error, such as ECONNREFUSED; its message is left out since it holds addresses. */
function systemCodeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : 'unknown error';
}
