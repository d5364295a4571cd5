import { Counter, Histogram } from 'prom-client';
import { registry } from '../metrics/registry.js';
import type { Operation } from './transport-options.js';
import { isTooMany, YotiError } from './yoti-error.js';

/** What a call came to; `shed`: it was not sent, because such calls are paused, held back or too many. */
type Outcome = 'ok' | 'refused' | 'throttled' | 'failed' | 'timeout' | 'bad_response' | 'shed';

const calls = new Counter({
  name: 'countersign_yoti_calls_total',
  help: 'Calls to Yoti by kind and what they came to; each try counts',
  labelNames: ['operation', 'outcome'] as const,
  registers: [registry],
});

const durations = new Histogram({
  name: 'countersign_yoti_call_duration_seconds',
  help: 'From sending a call to Yoti until its answer is read, for media until it begins',
  labelNames: ['operation'] as const,
  buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
  registers: [registry],
});

const retries = new Counter({
  name: 'countersign_yoti_retries_total',
  help: 'Calls to Yoti that were tried again',
  labelNames: ['operation'] as const,
  registers: [registry],
});

/** What a failed call came to. */
export function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof YotiError)) return 'failed';
  if (isTooMany(error)) return 'throttled';
  const outcomes = {
    YOTI_REFUSED: 'refused',
    YOTI_UNAVAILABLE: 'failed',
    YOTI_TIMEOUT: 'timeout',
    YOTI_BAD_RESPONSE: 'bad_response',
    YOTI_BUSY: 'shed',
  } as const;
  return outcomes[error.code];
}

/**
 * Counts and times one call that is sent.
 *
 * @param judge what an answer came to that is returned whatever its status
 */
export async function measured<T>(
  operation: Operation,
  send: () => Promise<T>,
  judge: (answer: T) => Outcome = () => 'ok',
): Promise<T> {
  const end = durations.startTimer({ operation });
  try {
    const answer = await send();
    calls.inc({ operation, outcome: judge(answer) });
    return answer;
  } catch (error) {
    calls.inc({ operation, outcome: outcomeOf(error) });
    throw error;
  } finally {
    end();
  }
}

/** Counts a call that was not sent. */
export const countShed = (operation: Operation): void => calls.inc({ operation, outcome: 'shed' });

/** Counts a call that is tried again. */
export const countRetry = (operation: Operation): void => retries.inc({ operation });
