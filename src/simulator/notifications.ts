import { randomUUID } from 'node:crypto';
import type { VirtualClock } from './clock.js';
import type { ScenarioNotifications } from './scenario.schema.js';
import type { SessionEvent, SimulatedSession } from './session.model.js';
import type { Store } from './store.js';

/** A notification on its way. Times are milliseconds since the epoch by the service's clock. */
export interface Delivery {
  id: string;
  sessionId: string;
  endpoint: string;
  authorization?: string;
  body: { session_id: string } & Omit<SessionEvent, 'topic'> & { topic: string };
  attempts: Attempt[];
  nextAttemptAt: number;
  /** Goes before what was queued earlier for the same session. */
  newestFirst?: true;
  /** Which extra copy of a notification it is, from 1; left out for the original. */
  copy?: number;
}

/** Draws what becomes of one notification: whether each of its copies is sent, the original first. */
export type NotificationDraw = (body: Delivery['body']) => boolean[];

/** What came back from one try: a status, or why there was none. */
export interface Attempt {
  at: number;
  status?: number;
  error?: string;
}

/** An entry of the delivery log; the caller's token is left out. */
export type LoggedDelivery = Omit<Delivery, 'authorization'> & {
  state: 'pending' | 'delivered' | 'failed' | 'dropped';
};

/** Ways to make deliveries misbehave. */
export interface NotificationKnobs {
  /** Extra copies of each notification. */
  duplicate: number;
  /** Lower-case topics that are never sent; true: none is. */
  drop: true | string[];
  /** Newest first instead of oldest first. */
  reorder: boolean;
  /** Seconds before the first attempt. */
  delay: number;
  /** Sends a wrong `Authorization`, or none. */
  badAuth: boolean | 'missing';
  /** A topic that nobody subscribed to, sent after the others. */
  extraTopic?: string;
}

export const DEFAULT_KNOBS: NotificationKnobs = {
  duplicate: 0,
  drop: [],
  reorder: false,
  delay: 0,
  badAuth: false,
};

/** The knobs of one session: what its scenario says, else what holds for all. */
export function knobsOf(all: NotificationKnobs, own: ScenarioNotifications = {}): NotificationKnobs {
  const extraTopic = own.extra_topic ?? all.extraTopic;
  return {
    duplicate: own.duplicate ?? all.duplicate,
    drop: own.drop ?? all.drop,
    reorder: own.reorder ?? all.reorder,
    delay: own.delay ?? all.delay,
    badAuth: own.bad_auth ?? all.badAuth,
    ...(extraTopic !== undefined && { extraTopic }),
  };
}

const MAX_ATTEMPTS = 8;
const TIMEOUT_MS = 10_000;
const LOG_SIZE = 2000;
/** A longer timer would fire at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

type Subscription = NonNullable<SimulatedSession['spec']['notifications']>;

/** `Authorization` as the service builds it: Basic is base64 of the token, Bearer the token as given. */
export function authorizationOf(notifications: { auth_token?: string | undefined; auth_type: string }) {
  const { auth_token: token, auth_type: type } = notifications;
  if (token === undefined) return undefined;
  return type === 'BEARER' ? `Bearer ${token}` : `Basic ${Buffer.from(token).toString('base64')}`;
}

/** Delivers notifications at least once, in no guaranteed order, with back-off; remembers what was answered. */
export class Notifier {
  knobs: NotificationKnobs = { ...DEFAULT_KNOBS };
  private readonly log = new Map<string, { delivery: Delivery; state: LoggedDelivery['state'] }>();
  private readonly sending = new Map<string, Promise<void>>();
  private readonly closing = new AbortController();
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly store: Store,
    private readonly clock: VirtualClock,
    private readonly draw?: NotificationDraw,
  ) {
    for (const delivery of store.deliveries.values()) this.remember(delivery, 'pending');
  }

  /** Queues what the session is subscribed to, the way its scenario says. */
  publish(session: SimulatedSession, events: SessionEvent[], own?: ScenarioNotifications): void {
    const { notifications } = session.spec;
    if (!notifications?.endpoint) return;
    const knobs = knobsOf(this.knobs, own);
    const topics = new Set(notifications.topics.map((topic) => topic.toLowerCase()));
    const subscribed: Omit<Delivery['body'], 'session_id'>[] = events.filter(({ topic }) =>
      topics.has(topic),
    );
    if (subscribed.length && knobs.extraTopic !== undefined) subscribed.push({ topic: knobs.extraTopic });
    for (const event of subscribed) {
      const delivery = this.deliveryOf(session, notifications, event, knobs);
      const copies = this.draw?.(delivery.body) ?? copiesOf(event.topic, knobs);
      for (const [copy, isSent] of copies.entries()) {
        this.queue({ ...delivery, id: randomUUID(), ...(copy > 0 && { copy }) }, isSent);
      }
    }
    this.pump();
  }

  /** Everything sent, to be sent or dropped, oldest first. */
  deliveries(): LoggedDelivery[] {
    return [...this.log.values()].map(({ delivery, state }) => {
      const { authorization: _secret, ...shown } = delivery;
      return { ...shown, state };
    });
  }

  /** Sends one once more, as a new one; undefined when it isn't known. */
  resend(id: string): LoggedDelivery | undefined {
    const known = this.log.get(id)?.delivery;
    if (!known) return undefined;
    const again = { ...known, id: randomUUID(), attempts: [], nextAttemptAt: this.clock.now() };
    this.queue(again, true);
    this.pump();
    return this.deliveries().find((delivery) => delivery.id === again.id);
  }

  /** Forgets everything that was sent or is owed, and behaves normally again. */
  reset(): void {
    this.log.clear();
    this.knobs = { ...DEFAULT_KNOBS };
  }

  /** Starts what is due now; one delivery of a session at a time. */
  pump(): void {
    if (this.closing.signal.aborted) return;
    for (const delivery of this.dueNow()) {
      if (this.sending.has(delivery.sessionId)) continue;
      const attempt = this.attempt(delivery).finally(() => {
        this.sending.delete(delivery.sessionId);
        this.pump();
      });
      this.sending.set(delivery.sessionId, attempt);
    }
    this.wakeForNext();
  }

  /** What is due, oldest first, with those in front that go before their elders. */
  private dueNow(): Delivery[] {
    const now = this.clock.now();
    const due = [...this.store.deliveries.values()].filter(({ nextAttemptAt }) => nextAttemptAt <= now);
    const forward = due.filter(({ newestFirst }) => newestFirst).toReversed();
    return [...forward, ...due.filter(({ newestFirst }) => !newestFirst)];
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

  private deliveryOf(
    session: SimulatedSession,
    notifications: Subscription,
    event: Omit<Delivery['body'], 'session_id'>,
    knobs: NotificationKnobs,
  ): Omit<Delivery, 'id'> {
    const authorization = knobs.badAuth === true ? 'Bearer wrong' : authorizationOf(notifications);
    return {
      sessionId: session.id,
      endpoint: notifications.endpoint ?? '',
      ...(authorization !== undefined && knobs.badAuth !== 'missing' && { authorization }),
      body: { session_id: session.id, ...event },
      attempts: [],
      nextAttemptAt: this.clock.now() + knobs.delay * 1000,
      ...(knobs.reorder && { newestFirst: true as const }),
    };
  }

  private queue(delivery: Delivery, isSent: boolean): void {
    if (!isSent) {
      this.remember(delivery, 'dropped');
      return;
    }
    this.store.saveDelivery(delivery);
    this.remember(delivery, 'pending');
  }

  private async attempt(delivery: Delivery): Promise<void> {
    const outcome = await this.send(delivery);
    // Everything may have been forgotten meanwhile.
    if (this.closing.signal.aborted || !this.store.deliveries.has(delivery.id)) return;
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

  private remember(delivery: Delivery, state: LoggedDelivery['state']): void {
    this.log.set(delivery.id, { delivery, state });
    const [oldest] = this.log.keys();
    if (this.log.size > LOG_SIZE && oldest !== undefined) this.log.delete(oldest);
  }

  private wakeForNext(): void {
    clearTimeout(this.timer);
    if (this.clock.frozen) return;
    const now = this.clock.now();
    const times = [...this.store.deliveries.values()]
      .map(({ nextAttemptAt }) => nextAttemptAt)
      .filter((time) => time > now);
    if (!times.length) return;
    this.timer = setTimeout(() => this.pump(), Math.min(...times, now + LONGEST_TIMER_MS) - now);
    this.timer.unref();
  }
}

/** Whether each copy of a notification is sent, as the knobs say for all of its topic alike. */
function copiesOf(topic: string, { drop, duplicate }: NotificationKnobs): boolean[] {
  const isSent = drop !== true && !drop.includes(topic);
  return Array.from({ length: duplicate + 1 }, () => isSent);
}
