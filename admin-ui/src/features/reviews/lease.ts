import { useIdle } from '@mantine/hooks';
import { useEffect } from 'react';
import { useNow } from '../../ui/time';

/** Without a key or a movement for this long, the case is not being worked on. */
const IDLE_MS = 4 * 60_000;
const RENEW_BELOW_SECONDS = 5 * 60;

export interface Lease {
  /** Seconds left; 0 when it has ended. */
  left: number;
  /** Nobody seems to be there, so it isn't renewed. */
  idle: boolean;
}

/**
 * Counts a claim down and renews it while the person works.
 *
 * @param until end of the own claim, null without one
 * @param renew called once each time the claim runs low
 */
export function useLease(until: string | null, renew: () => void): Lease {
  const now = useNow();
  const idle = useIdle(IDLE_MS, { initialState: false });
  const left = until ? Math.max(0, Math.round((Date.parse(until) - now) / 1000)) : 0;
  const due = until !== null && left > 0 && left < RENEW_BELOW_SECONDS && !idle;
  useEffect(() => {
    if (due) renew();
    // A renewal moves `until`; only then, or when the person comes back, is there something to do again.
  }, [due, until]);
  return { left, idle };
}
