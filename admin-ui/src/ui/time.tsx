import { Tooltip } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { serverTime } from '../api/clock';
import { formatAge, formatDateTime, formatExact } from './words';

const listeners = new Set<() => void>();
let now = serverTime();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = serverTime();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time, rounded down to whole `seconds`; one ticker for the whole page. */
export function useNow(seconds = 1): number {
  return useSyncExternalStore(subscribe, () => Math.floor(now / (seconds * 1000)) * seconds * 1000);
}

/** A point in time, with the full date and zone on hover. */
export function Time({ at }: { at: string }) {
  return (
    <Tooltip label={formatExact(at)}>
      <time dateTime={at}>{formatDateTime(at)}</time>
    </Tooltip>
  );
}

/** How long ago something was. */
export function Age({ since, suffix = '' }: { since: string; suffix?: string }) {
  const at = useNow(10);
  return (
    <Tooltip label={formatExact(since)}>
      <time dateTime={since}>
        {formatAge(since, Math.max(at, Date.parse(since)))}
        {suffix}
      </time>
    </Tooltip>
  );
}
