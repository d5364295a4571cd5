import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ClockState } from './clock.js';
import type { Delivery } from './notifications.js';
import type { ScenarioChoice, SimulatedSession } from './session.model.js';
import type { SimulatorApp } from './signature.js';
import type { MediaContent } from './specimen/media.js';

/** One line of the journal. */
type Entry =
  | { kind: 'app'; app: SimulatorApp }
  | { kind: 'clock'; clock: ClockState }
  | { kind: 'app-gone'; sdkId: string }
  | { kind: 'choice'; sdkId?: string; choice?: ScenarioChoice }
  | { kind: 'session'; session: SimulatedSession }
  | { kind: 'session-gone'; id: string }
  | { kind: 'upload'; sessionId: string; mediaId: string; contentType: string; data: string }
  | { kind: 'delivery'; delivery: Delivery }
  | { kind: 'delivery-done'; id: string }
  | { kind: 'all-gone'; keepApps: boolean };

/**
 * The service's memory, optionally mirrored to a journal file of JSON lines. Each change is appended before the
 * caller gets an answer, so a killed process loses nothing; the file is rewritten without history at the next start.
 */
export class Store {
  readonly apps = new Map<string, SimulatorApp>();
  /** Scenario of each application that has one of its own. */
  readonly appScenarios = new Map<string, ScenarioChoice>();
  readonly sessions = new Map<string, SimulatedSession>();
  readonly deliveries = new Map<string, Delivery>();
  private readonly uploads = new Map<string, Map<string, MediaContent>>();
  private standard: ScenarioChoice = 'happy';
  private clockState?: ClockState;

  constructor(private readonly file?: string) {
    if (!file) return;
    mkdirSync(dirname(file), { recursive: true });
    if (existsSync(file)) this.load(file);
    this.compact(file);
  }

  /** The scenario of sessions that have none from elsewhere. */
  get defaultChoice(): ScenarioChoice {
    return this.standard;
  }

  /** Its name. */
  get defaultScenario(): string {
    return typeof this.standard === 'string' ? this.standard : this.standard.name;
  }

  /** Sets it, or takes it back to `happy`. */
  setDefaultScenario(choice?: ScenarioChoice): void {
    this.record({ kind: 'choice', ...(choice !== undefined && { choice }) });
  }

  /** Sets the scenario of an application, or takes it away. */
  setAppScenario(sdkId: string, choice?: ScenarioChoice): void {
    this.record({ kind: 'choice', sdkId, ...(choice !== undefined && { choice }) });
  }

  /** The clock as it was last, if it was ever moved or stopped. */
  get savedClock(): ClockState | undefined {
    return this.clockState;
  }

  saveClock(clock: ClockState): void {
    this.record({ kind: 'clock', clock });
  }

  saveApp(app: SimulatorApp): void {
    this.record({ kind: 'app', app });
  }

  /** Forgets an application and its scenario; its sessions stay. */
  removeApp(sdkId: string): void {
    this.record({ kind: 'app-gone', sdkId });
  }

  saveSession(session: SimulatedSession): void {
    this.record({ kind: 'session', session });
  }

  /** Forgets a session with its uploads. */
  removeSession(id: string): void {
    this.record({ kind: 'session-gone', id });
  }

  saveUpload(sessionId: string, mediaId: string, { contentType, bytes }: MediaContent): void {
    this.record({ kind: 'upload', sessionId, mediaId, contentType, data: bytes.toString('base64') });
  }

  /** What was uploaded for a media object, if anything. */
  upload(sessionId: string, mediaId: string): MediaContent | undefined {
    return this.uploads.get(sessionId)?.get(mediaId);
  }

  saveDelivery(delivery: Delivery): void {
    this.record({ kind: 'delivery', delivery });
  }

  removeDelivery(id: string): void {
    this.record({ kind: 'delivery-done', id });
  }

  /** Forgets everything, applications only if wanted. */
  clear(keepApps: boolean): void {
    this.record({ kind: 'all-gone', keepApps });
  }

  private record(entry: Entry): void {
    this.apply(entry);
    if (this.file) appendFileSync(this.file, `${JSON.stringify(entry)}\n`);
  }

  private apply(entry: Entry): void {
    switch (entry.kind) {
      case 'app':
        this.apps.set(entry.app.sdkId, entry.app);
        break;
      case 'clock':
        this.clockState = entry.clock;
        break;
      case 'app-gone':
        this.apps.delete(entry.sdkId);
        this.appScenarios.delete(entry.sdkId);
        break;
      case 'choice':
        this.applyChoice(entry);
        break;
      case 'session':
        this.sessions.set(entry.session.id, withLaterParts(entry.session));
        break;
      case 'session-gone':
        this.sessions.delete(entry.id);
        this.uploads.delete(entry.id);
        break;
      case 'upload':
        this.applyUpload(entry);
        break;
      case 'delivery':
        this.deliveries.set(entry.delivery.id, entry.delivery);
        break;
      case 'delivery-done':
        this.deliveries.delete(entry.id);
        break;
      case 'all-gone':
        this.applyClear(entry.keepApps);
    }
  }

  private applyChoice({ sdkId, choice }: Extract<Entry, { kind: 'choice' }>): void {
    if (sdkId === undefined) this.standard = choice ?? 'happy';
    else if (choice === undefined) this.appScenarios.delete(sdkId);
    else this.appScenarios.set(sdkId, choice);
  }

  private applyClear(keepApps: boolean): void {
    const { appScenarios, sessions, deliveries, uploads } = this;
    for (const map of [appScenarios, sessions, deliveries, uploads]) map.clear();
    if (!keepApps) this.apps.clear();
    this.standard = 'happy';
    delete this.clockState;
  }

  private applyUpload(entry: Extract<Entry, { kind: 'upload' }>): void {
    const ofSession = this.uploads.get(entry.sessionId) ?? new Map<string, MediaContent>();
    const bytes = Buffer.from(entry.data, 'base64');
    this.uploads.set(
      entry.sessionId,
      ofSession.set(entry.mediaId, { contentType: entry.contentType, bytes }),
    );
  }

  private load(file: string): void {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (!line) continue;
      try {
        this.apply(JSON.parse(line) as Entry);
      } catch {
        // A killed process may leave half a line at the end; what it said was never answered.
      }
    }
  }

  private compact(file: string): void {
    const uploads = [...this.uploads].flatMap(([sessionId, ofSession]) =>
      [...ofSession].map(([mediaId, { contentType, bytes }]): Entry => {
        return { kind: 'upload', sessionId, mediaId, contentType, data: bytes.toString('base64') };
      }),
    );
    const entries: Entry[] = [
      { kind: 'choice', choice: this.standard },
      ...(this.clockState ? [{ kind: 'clock' as const, clock: this.clockState }] : []),
      ...[...this.apps.values()].map((app): Entry => ({ kind: 'app', app })),
      ...[...this.appScenarios].map(([sdkId, choice]): Entry => ({ kind: 'choice', sdkId, choice })),
      ...[...this.sessions.values()].map((session): Entry => ({ kind: 'session', session })),
      ...uploads,
      ...[...this.deliveries.values()].map((delivery): Entry => ({ kind: 'delivery', delivery })),
    ];
    // Written beside and renamed, so that a kill in between leaves the old file whole.
    writeFileSync(`${file}.next`, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''), {
      mode: 0o600,
    });
    renameSync(`${file}.next`, file);
  }
}

/** A session that an earlier version kept lacks what came later. */
const withLaterParts = (session: SimulatedSession): SimulatedSession =>
  'outcomeMedia' in session ? session : Object.assign({ shareCodes: [], outcomeMedia: {} }, session);
