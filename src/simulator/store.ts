import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Delivery } from './notifications.js';
import type { ResponseConfig } from './response-config.js';
import type { SimulatedSession } from './session.model.js';
import type { SimulatorApp } from './signature.js';
import type { MediaContent } from './specimen/media.js';

/** One line of the journal. */
type Entry =
  | { kind: 'app'; app: SimulatorApp }
  | { kind: 'app-results'; sdkId: string; config: ResponseConfig }
  | { kind: 'scenario'; name: string }
  | { kind: 'session'; session: SimulatedSession }
  | { kind: 'session-gone'; id: string }
  | { kind: 'upload'; sessionId: string; mediaId: string; contentType: string; data: string }
  | { kind: 'delivery'; delivery: Delivery }
  | { kind: 'delivery-done'; id: string };

/**
 * The service's memory, optionally mirrored to a journal file of JSON lines. Each change is appended before the
 * caller gets an answer, so a killed process loses nothing; the file is rewritten without history at the next start.
 */
export class Store {
  readonly apps = new Map<string, SimulatorApp>();
  readonly appResults = new Map<string, ResponseConfig>();
  readonly sessions = new Map<string, SimulatedSession>();
  readonly deliveries = new Map<string, Delivery>();
  private readonly uploads = new Map<string, Map<string, MediaContent>>();
  private scenarioName = 'happy';

  constructor(private readonly file?: string) {
    if (!file) return;
    mkdirSync(dirname(file), { recursive: true });
    if (existsSync(file)) this.load(file);
    this.compact(file);
  }

  /** Name of the scenario for sessions that have no results of their own. */
  get defaultScenario(): string {
    return this.scenarioName;
  }

  setDefaultScenario(name: string): void {
    this.record({ kind: 'scenario', name });
  }

  saveApp(app: SimulatorApp): void {
    this.record({ kind: 'app', app });
  }

  saveAppResults(sdkId: string, config: ResponseConfig): void {
    this.record({ kind: 'app-results', sdkId, config });
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

  private record(entry: Entry): void {
    this.apply(entry);
    if (this.file) appendFileSync(this.file, `${JSON.stringify(entry)}\n`);
  }

  private apply(entry: Entry): void {
    switch (entry.kind) {
      case 'app':
        this.apps.set(entry.app.sdkId, entry.app);
        break;
      case 'app-results':
        this.appResults.set(entry.sdkId, entry.config);
        break;
      case 'scenario':
        this.scenarioName = entry.name;
        break;
      case 'session':
        this.sessions.set(entry.session.id, entry.session);
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
    }
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
      { kind: 'scenario', name: this.scenarioName },
      ...[...this.apps.values()].map((app): Entry => ({ kind: 'app', app })),
      ...[...this.appResults].map(([sdkId, config]): Entry => ({ kind: 'app-results', sdkId, config })),
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
