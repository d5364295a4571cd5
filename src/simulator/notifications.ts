import { randomUUID } from 'node:crypto';
import type { VirtualClock } from './clock.js';
import type { SessionEvent, SimulatedSession } from './session.model.js';
import type { Store } from './store.js';

/** A notification on its way. Times are milliseconds since the epoch by the service's clock. */
export interface Delivery {
  id: string;
  sessionId: string;
  endpoint: string;
  authorization?: string;
  body: { session_id: string } & SessionEvent;
  attempts: Attempt[];
  nextAttemptAt: number;
}

/** What came back from one try: a status, or why there was none. */
export interface Attempt {
  at: number;
  status?: number;
  error?: string;
}

/** An entry of the delivery log; the caller's token is left out. */
export type LoggedDelivery = Pick<Delivery, 'id' | 'sessionId' | 'endpoint' | 'body' | 'attempts'> & {
  state: 'pending' | 'delivered' | 'failed' | 'dropped';
};

/** Ways to make deliveries misbehave. */
export interface NotificationKnobs {
  /** Extra copies of each notification. */
  duplicate: number;
  /** Lower-case topics that are never sent. */
  drop: string[];
  /** Newest first instead of oldest first. */
  reorder: boolean;
  /** Seconds before the first attempt. */
  delay: number;
  /** Sends a wrong `Authorization`. */
  badAuth: boolean;
}

export const DEFAULT_KNOBS: NotificationKnobs = {
  duplicate: 0,
  drop: [],
  reorder: false,
  delay: 0,
  badAuth: false,
};

const MAX_ATTEMPTS = 8;
const TIMEOUT_MS = 10_000;
const LOG_SIZE = 2000;

/** `Authorization` as the service builds it: Basic is base64 of the token, Bearer the token as given. */
export function authorizationOf(notifications: { auth_token?: string | undefined; auth_type: string }) {
  const { auth_token: token, auth_type: type } = notifications;
  if (token === undefined) return undefined;
  return type === 'BEARER' ? `Bearer ${token}` : `Basic ${Buffer.from(token).toString('base64')}`;
}

/** Delivers notifications at least once, in no guaranteed order, with back-off; remembers what was answered. */
export class Notifier {
  knobs: NotificationKnobs = { ...DEFAULT_KNOBS };
  private readonly log = new Map<string, LoggedDelivery>();
  private readonly sending = new Map<string, Promise<void>>();
  private readonly closing = new AbortController();
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly store: Store,
    private readonly clock: VirtualClock,
  ) {
    for (const delivery of store.deliveries.values()) this.remember(delivery, 'pending');
  }

  /** Queues what the session is subscribed to. */
  publish(session: SimulatedSession, events: SessionEvent[]): void {
    const { notifications } = session.spec;
    if (!notifications?.endpoint) return;
    const topics = new Set(notifications.topics.map((topic) => topic.toLowerCase()));
    const authorization = this.knobs.badAuth ? 'Bearer wrong' : authorizationOf(notifications);
    for (const event of events.filter(({ topic }) => topics.has(topic))) {
      for (let copy = 0; copy <= this.knobs.duplicate; copy += 1) {
        this.queue({
          id: randomUUID(),
          sessionId: session.id,
          endpoint: notifications.endpoint,
          ...(authorization !== undefined && { authorization }),
          body: { session_id: session.id, ...event },
          attempts: [],
          nextAttemptAt: this.clock.now() + this.knobs.delay * 1000,
        });
      }
    }
    this.pump();
  }

  /** Everything sent, to be sent or dropped, oldest first. */
  deliveries(): LoggedDelivery[] {
    return [...this.log.values()];
  }

  /** Starts what is due now; one delivery of a session at a time. */
  pump(): void {
    if (this.closing.signal.aborted) return;
    const waiting = [...this.store.deliveries.values()];
    if (this.knobs.reorder) waiting.reverse();
    for (const delivery of waiting) {
      if (delivery.nextAttemptAt > this.clock.now() || this.sending.has(delivery.sessionId)) continue;
      const attempt = this.attempt(delivery).finally(() => {
        this.sending.delete(delivery.sessionId);
        this.pump();
      });
      this.sending.set(delivery.sessionId, attempt);
    }
    this.wakeForNext();
  }

  /** Resolves when nothing that is due remains unsent. */
  async idle(): Promise<void> {
    while (this.sending.size) await Promise.all(this.sending.values());
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    this.closing.abort();
    await this.idle();
  }

  private queue(delivery: Delivery): void {
    if (this.knobs.drop.includes(delivery.body.topic)) {
      this.remember(delivery, 'dropped');
      return;
    }
    this.store.saveDelivery(delivery);
    this.remember(delivery, 'pending');
  }

  private async attempt(delivery: Delivery): Promise<void> {
    const outcome = await this.send(delivery);
    if (this.closing.signal.aborted) return;
    const attempts = [...delivery.attempts, outcome];
    const delivered = outcome.status !== undefined && outcome.status >= 200 && outcome.status < 300;
    const over = delivered || attempts.length >= MAX_ATTEMPTS;
    const backOff = 2 ** (attempts.length - 1) * 1000;
    const next = { ...delivery, attempts, nextAttemptAt: this.clock.now() + backOff };
    if (over) this.store.removeDelivery(delivery.id);
    else this.store.saveDelivery(next);
    this.remember(next, delivered ? 'delivered' : over ? 'failed' : 'pending');
  }

  private async send({ endpoint, authorization, body }: Delivery): Promise<Attempt> {
    const at = this.clock.now();
    try {
      const response = await fetch(endpoint, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
        body: JSON.stringify(body),
        signal: AbortSignal.any([this.closing.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.body?.cancel();
      return { at, status: response.status };
    } catch (error) {
      return { at, error: error instanceof Error ? error.name : 'Error' };
    }
  }

  private remember(
    { id, sessionId, endpoint, body, attempts }: Delivery,
    state: LoggedDelivery['state'],
  ): void {
    this.log.set(id, { id, sessionId, endpoint, body, attempts, state });
    const [oldest] = this.log.keys();
    if (this.log.size > LOG_SIZE && oldest !== undefined) this.log.delete(oldest);
  }

  private wakeForNext(): void {
    clearTimeout(this.timer);
    const now = this.clock.now();
    const times = [...this.store.deliveries.values()]
      .map(({ nextAttemptAt }) => nextAttemptAt)
      .filter((time) => time > now);
    if (!times.length) return;
    this.timer = setTimeout(() => this.pump(), Math.min(...times) - now);
    this.timer.unref();
  }
}
