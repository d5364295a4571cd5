import type { Config } from '../../src/config.js';
import { eventually, startTestApp, type TestApp } from './app.js';
import type { Any } from './client.js';
import {
  createReadyTenant,
  createSession,
  expectStatus,
  finishSession,
  type TestTenant,
} from './factories.js';
import { startYotiProxy, through, type NotificationTarget, type YotiProxy } from './yoti-proxy.js';

/** Longer than elsewhere: some of these tests keep the server busy. */
const PATIENCE_MS = 60_000;

/** A session, and where and with which token Yoti was told to notify of it. */
export interface Notified {
  session: Any;
  target: NotificationTarget;
}

/** A site with two tenants, and a session of the one. */
export interface NotifiedTenants {
  site: NotifiedApp;
  tenant: TestTenant;
  neighbour: TestTenant;
  other: Notified;
}

/** The product with a proxy before Yoti, so that a test knows where notifications are to be sent. */
export class NotifiedApp {
  private constructor(
    readonly app: TestApp,
    readonly proxy: YotiProxy,
  ) {}

  /** @param config settings other than the tests' own */
  static async start(config: Partial<Config> = {}): Promise<NotifiedApp> {
    let app: TestApp | undefined;
    const proxy = await startYotiProxy(() => app?.simulator.origin ?? '');
    app = await startTestApp({ config: { yotiApiUrls: [proxy.baseUrl], ...config } });
    return new NotifiedApp(app, proxy);
  }

  static async withTenants(config: Partial<Config> = {}): Promise<NotifiedTenants> {
    const site = await NotifiedApp.start(config);
    const neighbour = await site.tenant();
    const tenant = await site.tenant();
    return { site, tenant, neighbour, other: await site.open(tenant) };
  }

  tenant(): Promise<TestTenant> {
    return createReadyTenant(through(this.app, this.proxy));
  }

  async open(owner: TestTenant): Promise<Notified> {
    const session = await createSession(owner);
    return { session, target: this.proxy.lastTarget() };
  }

  /** Lets the person go to the end. */
  finish(owner: TestTenant, session: Any, scenario = 'happy'): Promise<void> {
    return finishSession(through(this.app, this.proxy), owner, session, scenario);
  }

  /** Waits until the session is over at Yoti, whoever knows. */
  async ended(session: Any): Promise<void> {
    await eventually(async () => {
      const path = `/control/sessions/${session.client.yotiSessionId}`;
      const answer = await fetch(`${this.app.simulator.origin}${path}`);
      return (await answer.json()).state === 'COMPLETED';
    }, PATIENCE_MS);
  }

  async read(owner: TestTenant, { id }: Any): Promise<Any> {
    return expectStatus(await owner.key.get(`/v1/sessions/${id}`), 200);
  }

  /** Waits until the session is shown like this. */
  until(owner: TestTenant, session: Any, condition: (shown: Any) => boolean): Promise<Any> {
    return eventually(async () => {
      const shown = await this.read(owner, session);
      return condition(shown) && shown;
    }, PATIENCE_MS);
  }

  /** How the tenant's inbox is doing. */
  async inbox(owner: TestTenant): Promise<Any> {
    return expectStatus(await owner.key.get('/v1/inbox'), 200);
  }

  /** Lets the time pass until these sessions' next look at Yoti. */
  async passTime(ids: string[]): Promise<void> {
    await this.app.sql(
      `UPDATE sessions SET next_sync_at = now() WHERE id = ANY ($1) AND next_sync_at > now()`,
      [ids],
    );
  }

  async stop(): Promise<void> {
    await this.app.stop();
    await this.proxy.close();
  }
}
