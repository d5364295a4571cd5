import { randomUUID } from 'node:crypto';
import { nextChange, passTime, visit, type AgentResources } from './agent.js';
import type { VirtualClock } from './clock.js';
import { newSession } from './create-session.js';
import { notFound, payloadValidation, unauthorised } from './errors.js';
import type { FaultScope } from './faults.js';
import { LONGEST_TIMER_MS, type Notifier } from './notifications.js';
import type { Plan, Timing } from './reports.js';
import type { Scenario } from './scenario.schema.js';
import { findScenario, HAPPY, scenarioOfNumber } from './scenarios.js';
import type { Context, ScenarioChoice, SimulatedSession, Transition } from './session.model.js';
import { parseSpec } from './spec.js';
import { generateMedia, type MediaContent } from './specimen/media.js';
import type { Store } from './store.js';

const CACHED_MEDIA = 300;

export interface EngineOptions {
  allowHttpNotifications: boolean;
  timing: Timing;
}

/** A pure step of a session, given its plan and the time. */
export type Step<T extends Transition> = (session: SimulatedSession, plan: Plan, ctx: Context) => T;

/** Who chose a session's scenario: the session, its application, a trigger in what it was given, or nobody. */
export type ScenarioSource = 'session' | 'app' | 'trigger' | 'default';

/** Runs the pure session rules: finds sessions, applies steps, stores, announces, and lets time pass. */
export class Engine {
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly rendered = new Map<string, Promise<MediaContent | undefined>>();

  constructor(
    private readonly store: Store,
    private readonly notifier: Notifier,
    private readonly clock: VirtualClock,
    private readonly options: EngineOptions,
  ) {
    this.purge();
    for (const id of store.sessions.keys()) this.schedule(id);
  }

  /** @throws ServiceError 400 `PAYLOAD_VALIDATION` */
  create(sdkId: string, body: unknown): SimulatedSession {
    const now = this.clock.now();
    const parsed = parseSpec(body, { now, allowHttpNotifications: this.options.allowHttpNotifications });
    if ('errors' in parsed) throw payloadValidation(parsed.errors);
    const session = newSession(sdkId, parsed.spec, this.context(), body);
    this.store.saveSession(session);
    return session;
  }

  /** The session as it is now, whoever owns it. @throws ServiceError 404 `SESSION_NOT_FOUND` */
  find(id: string): SimulatedSession {
    const session = this.store.sessions.get(id);
    if (session && this.clock.now() >= session.retainUntil) this.remove(id);
    else if (session) return this.tick(session);
    throw notFound('SESSION_NOT_FOUND', 'The session');
  }

  /** The session of an application. @throws ServiceError 404 `SESSION_NOT_FOUND`, 401 `BAD_SDK_ID` */
  owned(id: string, sdkId: string): SimulatedSession {
    const session = this.find(id);
    if (session.sdkId !== sdkId) {
      throw unauthorised('BAD_SDK_ID', 'The session does not belong to this SDK id');
    }
    return session;
  }

  /** Applies a step, stores its outcome and announces what happened. */
  apply<T extends Transition>(session: SimulatedSession, step: Step<T>, device?: Record<string, string>): T {
    const plan = this.planOf(session);
    const outcome = step(session, plan, { ...this.context(), ...(device && { device }) });
    if (outcome.session !== session) this.store.saveSession(outcome.session);
    this.notifier.publish(outcome.session, outcome.events, plan.scenario.notifications);
    this.schedule(outcome.session.id);
    return outcome;
  }

  remove(id: string): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    this.store.removeSession(id);
  }

  /** Bytes of a media object: what was uploaded, else a specimen, rendered once. */
  media(session: SimulatedSession, mediaId: string): Promise<MediaContent | undefined> {
    const record = session.media[mediaId];
    if (!record || record.deleted) return Promise.resolve(undefined);
    const uploaded = this.store.upload(session.id, mediaId);
    if (uploaded) return Promise.resolve(uploaded);
    return this.renderOnce(mediaId, () => generateMedia(session, record));
  }

  /** Renders under a key, keeping the last few hundred results. */
  renderOnce(
    key: string,
    render: () => Promise<MediaContent | undefined>,
  ): Promise<MediaContent | undefined> {
    const known = this.rendered.get(key);
    if (known) return known;
    const content = render();
    this.rendered.set(key, content);
    const [oldest] = this.rendered.keys();
    if (this.rendered.size > CACHED_MEDIA && oldest !== undefined) this.rendered.delete(oldest);
    return content;
  }

  /** Whose scenario a session follows: its own, its application's, the one it asks for, or the common one. */
  planOf(session: SimulatedSession): Plan {
    const { scenario } = this.scopeOf(session.sdkId, session);
    const { options } = this;
    const timing = scenario.timing ?? {};
    const delay = scenario.check_reports?.async_report_delay ?? timing.async_report_delay;
    return {
      scenario,
      timing: {
        extractionDelay: timing.extraction_delay ?? options.timing.extractionDelay,
        asyncReportDelay: delay ?? options.timing.asyncReportDelay,
        manualReviewDelay: timing.manual_review_delay ?? options.timing.manualReviewDelay,
        ...(timing.checks && { checks: timing.checks }),
      },
    };
  }

  /** The scenario that a call meets, who chose it, and whose calls count for its faults. */
  scopeOf(
    sdkId: string,
    session?: Pick<SimulatedSession, 'id' | 'scenario' | 'trigger'>,
  ): FaultScope & { source: ScenarioSource } {
    const { store } = this;
    const ofApp = store.appScenarios.get(sdkId);
    const triggered =
      session?.trigger !== undefined && findScenario(session.trigger) ? session.trigger : undefined;
    if (session?.scenario !== undefined) {
      return { scenario: resolved(session.scenario), counter: session.id, source: 'session' };
    }
    if (ofApp !== undefined) return { scenario: resolved(ofApp), counter: sdkId, source: 'app' };
    if (triggered !== undefined) {
      return { scenario: resolved(triggered), counter: session?.id ?? sdkId, source: 'trigger' };
    }
    return { scenario: resolved(store.defaultChoice), counter: sdkId, source: 'default' };
  }

  /** Forgets what belongs to sessions that the store has forgotten. */
  reset(): void {
    this.close();
    this.timers.clear();
    this.rendered.clear();
  }

  /** Lets everything happen that is due by now. */
  tickAll(): void {
    this.purge();
    for (const session of this.store.sessions.values()) {
      if (this.tick(session) === session) this.schedule(session.id);
    }
  }

  close(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  /** Erases what is past its retention. */
  private purge(): void {
    for (const { id, retainUntil } of this.store.sessions.values()) {
      if (this.clock.now() >= retainUntil) this.remove(id);
    }
  }

  private tick(session: SimulatedSession): SimulatedSession {
    const due = nextChange(session);
    return due === undefined || due > this.clock.now() ? session : this.apply(session, passTime).session;
  }

  private schedule(id: string): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    const session = this.store.sessions.get(id);
    const due = session && nextChange(session);
    if (due === undefined || this.clock.frozen) return;
    const wait = Math.min(Math.max(0, due - this.clock.now()), LONGEST_TIMER_MS);
    const timer = setTimeout(() => this.wake(id), wait);
    timer.unref();
    this.timers.set(id, timer);
  }

  private wake(id: string): void {
    const session = this.store.sessions.get(id);
    // A timer may fire a moment early; then nothing was due and it's set again.
    if (session && this.tick(session) === session) this.schedule(id);
  }

  private context(): Context {
    return { now: this.clock.now(), newId: randomUUID };
  }
}

const resolved = (choice: ScenarioChoice): Scenario =>
  typeof choice === 'string' ? (findScenario(choice) ?? HAPPY) : choice;

/** Lets a person without a browser go the way of the session's scenario. @throws ServiceError as the steps do */
export function play(engine: Engine, sessionId: string, resources: AgentResources): void {
  const found = engine.find(sessionId);
  const trigger = found.trigger ?? scenarioOfNumber(resources.id_documents?.[0]?.document_number);
  const session = trigger === undefined ? found : { ...found, trigger };
  engine.apply(session, (current, plan, ctx) => visit(current, plan, resources, ctx));
}
