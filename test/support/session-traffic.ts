import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './app.js';
import { Client } from './client.js';
import { bearer, expectStatus } from './factories.js';

/** Between two journeys, so that the traffic leaves the servers time to start. */
const PAUSE_MS = 20;

/** Keeps making and reading sessions, at whichever server takes requests, and remembers what went wrong. */
export class SessionTraffic {
  readonly failures: unknown[] = [];
  readonly sessions: string[] = [];
  private readonly lanes: { url: string }[] = [];
  private readonly ended: Promise<void>[] = [];
  private stopped = false;

  constructor(
    private readonly apiKey: string,
    private url: string,
  ) {
    for (let n = 0; n < 2; n += 1) {
      const lane = { url };
      this.lanes.push(lane);
      this.ended.push(this.drive(lane));
    }
  }

  /** From now on at another server; resolves when nothing is asked of the one before. */
  async moveTo(url: string): Promise<void> {
    this.url = url;
    await eventually(async () => this.lanes.every((lane) => lane.url === url), 60_000);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.ended);
  }

  private async drive(lane: { url: string }): Promise<void> {
    while (!this.stopped) {
      lane.url = this.url;
      const caller = new Client(lane.url, bearer(this.apiKey));
      await sleep(PAUSE_MS);
      await this.journey(caller).catch((error: unknown) => this.failures.push(String(error)));
    }
  }

  private async journey(caller: Client): Promise<void> {
    const body = { policy: 'identity', metadata: { order: randomUUID() } };
    const { id } = expectStatus(await caller.post('/v1/sessions', body), 201);
    this.sessions.push(id as string);
    const earlier = this.sessions[Math.floor(Math.random() * this.sessions.length)];
    expectStatus(await caller.get(`/v1/sessions/${earlier}`), 200);
    expectStatus(await caller.get(`/v1/sessions/${earlier}/link`), 200);
  }
}
