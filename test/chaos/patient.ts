import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Any, Client } from '../support/client.js';
import type { Tally } from './dice.js';

/** How long a caller waits for an answer. */
const PATIENCE_MS = 30_000;
const WAIT_MS = 500;

/**
 * Calls as the integration guide tells: a request that stays without an answer, or that is answered with 409 in flight,
 * 429 or 5xx, is repeated with the same idempotency key, after `Retry-After` where there is one.
 *
 * @param key idempotency key
 * @returns the first answer that settles the matter
 */
export async function patientPost(
  client: Client,
  path: string,
  body: unknown,
  key: string,
  tally: Tally,
): Promise<Answer<Any>> {
  const caller = client.with({ 'idempotency-key': key });
  for (;;) {
    const answer = await attempt(() => caller.post<Any>(path, body));
    if (!answer) {
      tally.add('requests without an answer');
      await sleep(WAIT_MS);
    } else if (isUnsettled(answer)) {
      tally.add(`requests answered ${answer.status} ${String(answer.body.code)}`);
      await sleep(waitOf(answer));
    } else {
      if (answer.headers.get('idempotency-replayed')) tally.add('answers replayed');
      return answer;
    }
  }
}

/** A read that is repeated until it is answered 200. */
export async function patientGet(client: Client, path: string): Promise<Any> {
  for (;;) {
    const answer = await attempt(() => client.get<Any>(path));
    if (answer?.status === 200) return answer.body;
    if (answer && answer.status < 500 && answer.status !== 429) {
      throw new Error(`GET ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
    await sleep(WAIT_MS);
  }
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
