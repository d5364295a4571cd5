import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggedDelivery } from '../../src/simulator/notifications.js';
import type { Simulator } from '../../src/simulator/simulator.js';

const LOOK_MS = 500;

/** Keeps count of the notifications: the simulator's own log forgets the oldest. */
export class Watch {
  /** In the order in which they were queued. */
  private readonly seen = new Map<string, LoggedDelivery>();

  constructor(private readonly yoti: Simulator) {}

  async run(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      this.look();
      await sleep(LOOK_MS, undefined, { signal: over }).catch(() => undefined);
    }
    this.look();
  }

  /** How many there were, by what became of them. */
  get counts() {
    const all = [...this.seen.values()];
    const count = (is: (each: LoggedDelivery) => boolean) => all.filter(is).length;
    return {
      all: all.length,
      dropped: count(({ state }) => state === 'dropped'),
      doubled: count(({ copy }) => copy !== undefined),
      reordered: countOvertaking(all),
      delivered: count(({ state }) => state === 'delivered'),
      'tried more than once': count(({ attempts }) => attempts.length > 1),
      'given up by Yoti': count(({ state }) => state === 'failed'),
    };
  }

  /** How many notifications of a session at Yoti were answered 200, by its id. */
  delivered(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { sessionId, state } of this.seen.values()) {
      if (state === 'delivered') counts.set(sessionId, (counts.get(sessionId) ?? 0) + 1);
    }
    return counts;
  }

  private look(): void {
    for (const delivery of this.yoti.notifications()) this.seen.set(delivery.id, delivery);
  }
}

/**
 * How many deliveries were first tried before one of the same session that had been queued earlier.
 *
 * @param deliveries in the order in which they were queued
 */
export function countOvertaking(
  deliveries: readonly { sessionId: string; attempts: readonly { at: number }[] }[],
): number {
  const latest = new Map<string, number>();
  let overtaking = 0;
  for (const { sessionId, attempts } of deliveries) {
    const [first] = attempts;
    if (!first) continue;
    const before = latest.get(sessionId) ?? -Infinity;
    if (first.at < before) overtaking += 1;
    latest.set(sessionId, Math.max(before, first.at));
  }
  return overtaking;
}
