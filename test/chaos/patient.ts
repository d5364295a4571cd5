import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Any, Client } from '../support/client.js';
import type { Tally } from './dice.js';
import { timed, type Span } from './spans.js';

/** How long a caller waits for an answer. */
const PATIENCE_MS = 30_000;
const WAIT_MS = 500;
/** How long a caller tries before something must be wrong with the server: everything that fails ends sooner. */
const LONGEST_MS = 5 * 60_000;

/** Where callers note how they fared. */
export interface Notes {
  tally: Tally;
  /** What was answered otherwise than the guide says. */
  surprises: string[];
}

/**
 * Calls as the integration guide tells: a request that stays without an answer, or that is answered with 409 in flight,
 * 429 or 5xx, is repeated with the same idempotency key, after `Retry-After` where there is one.
 *
 * @param key idempotency key
 * @param attempts is told when each attempt was under way
 * @returns the first answer that settles the matter
 * @throws Error when none does within five minutes
 */
export async function patientPost(
  { tally, surprises }: Notes,
  client: Client,
  path: string,
  body: unknown,
  key: string,
  attempts: Span[] = [],
): Promise<Answer<Any>> {
  const caller = client.with({ 'idempotency-key': key });
  for (const end = Date.now() + LONGEST_MS; Date.now() < end;) {
    // Timed to its end, which may come after the caller's patience has.
    const answer = await attempt(() => timed(attempts, () => caller.post(path, body)));
    if (!answer) {
      tally.add('requests without an answer');
      await sleep(WAIT_MS);
      continue;
    }
    const surprise = surpriseOf(answer);
    if (surprise) surprises.push(`POST ${path}: ${surprise}`);
    if (!isUnsettled(answer)) {
      if (answer.headers.get('idempotency-replayed')) tally.add('answers replayed');
      return answer;
    }
    tally.add(`requests answered ${answer.status} ${String(answer.body.code)}`);
    await sleep(waitOf(answer));
  }
  throw new Error(`POST ${path} was not settled within ${LONGEST_MS / 1000} s`);
}

/** A read that is repeated until it is answered 200. @throws Error for any other answer that settles it, or for none */
export async function patientGet({ surprises }: Notes, client: Client, path: string): Promise<Any> {
  for (const end = Date.now() + LONGEST_MS; Date.now() < end; await sleep(WAIT_MS)) {
    const answer = await attempt(() => client.get(path));
    if (answer?.status === 200) return answer.body;
    if (!answer) continue;
    const surprise = surpriseOf(answer);
    if (surprise) surprises.push(`GET ${path}: ${surprise}`);
    if (!isUnsettled(answer)) {
      throw new Error(`GET ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
  }
  throw new Error(`GET ${path} was not answered within ${LONGEST_MS / 1000} s`);
}

/** What no fault around the server excuses: an answer that it did not mean to give, or that doesn't say when to return. */
export function surpriseOf({ status, headers, body }: Answer<Any>): string | null {
  const answered = `was answered ${status} ${JSON.stringify(body)}`;
  if (status >= 500 && status !== 502 && status !== 503) return answered;
  if ((status === 503 || status === 429) && !headers.get('retry-after')) {
    return `${answered} without Retry-After`;
  }
  return null;
}

const isUnsettled = ({ status, body }: Answer<Any>) =>
  status >= 500 || status === 429 || (status === 409 && body.code === 'idempotency_in_flight');

const waitOf = ({ headers }: Answer<Any>) =>
  Math.max(Number(headers.get('retry-after') ?? 0) * 1000, WAIT_MS);

/** Undefined when no answer came. */
async function attempt(call: () => Promise<Answer<Any>>): Promise<Answer<Any> | undefined> {
  const late = new AbortController();
  const patience = sleep(PATIENCE_MS, undefined, { signal: late.signal }).catch(() => undefined);
  try {
    return await Promise.race([call(), patience]);
  } catch {
    return undefined;
  } finally {
    late.abort();
  }
}
