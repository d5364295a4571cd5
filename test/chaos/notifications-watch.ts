import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggedDelivery } from '../../src/simulator/notifications.js';
import type { Simulator } from '../../src/simulator/simulator.js';

const LOOK_MS = 500;

/** Keeps count of the notifications: the simulator's own log forgets the oldest. */
export class Watch {
  /** Sessions at Yoti of which a notification was answered 200. */
  readonly acknowledged = new Set<string>();
  private readonly states = new Map<string, LoggedDelivery['state']>();
  private readonly copies = new Map<string, number>();
  private readonly retried = new Set<string>();

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
    const count = (state: LoggedDelivery['state']) =>
      [...this.states.values()].filter((each) => each === state).length;
    const copies = [...this.copies.values()].reduce((sum, each) => sum + each - 1, 0);
    return {
      all: this.states.size,
      dropped: count('dropped'),
      duplicates: copies,
      delivered: count('delivered'),
      'tried more than once': this.retried.size,
      'given up by Yoti': count('failed'),
    };
  }

  private look(): void {
    for (const { id, sessionId, body, attempts, state } of this.yoti.notifications()) {
      if (!this.states.has(id)) {
        const copy = JSON.stringify(body);
        this.copies.set(copy, (this.copies.get(copy) ?? 0) + 1);
      }
      this.states.set(id, state);
      if (attempts.length > 1) this.retried.add(id);
      if (state === 'delivered') this.acknowledged.add(sessionId);
    }
  }
}
