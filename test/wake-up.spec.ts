import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TenantDb } from '../src/database/tenant-db.js';
import { WakeUp } from '../src/database/wake-up.js';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import { DatabaseProxy } from './support/database-proxy.js';

describe('listening for work', () => {
  let app: TestApp;
  let proxy: DatabaseProxy;
  let wakeUp: WakeUp;
  /** How often the database was asked to listen. */
  let asked: number;

  beforeAll(async () => {
    // Nobody listens but the one of the test.
    app = await startTestApp({ config: { role: 'api' } });
    proxy = await DatabaseProxy.start(app.config.databaseListenUrl);
  });

  beforeEach(() => {
    asked = 0;
    const config = { ...app.config, role: 'worker' as const, databaseListenUrl: proxy.url };
    wakeUp = new WakeUp(app.server.app.get(TenantDb), config);
  });

  afterEach(() => wakeUp.onApplicationShutdown());

  afterAll(async () => {
    await proxy.close();
    await app.stop();
  });

  /** Something else in the place of each LISTEN. */
  const insteadOfListen = (spoil: (packet: string) => string | null) =>
    proxy.spoil((packet) => {
      if (!packet.includes('LISTEN')) return packet;
      asked += 1;
      return spoil(packet);
    });

  const listeners = () =>
    app.sql(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'countersign wake-up'`,
    );

  /** Hears of work within a second or so, again and again. */
  async function hears(): Promise<void> {
    let heard = 0;
    const stop = wakeUp.onWake('sessions', () => (heard += 1));
    await eventually(async () => {
      await app.sql(`SELECT pg_notify('countersign_work', 'sessions')`);
      return heard > 0;
    });
    stop();
  }

  it('begins anew when the database refuses it, and leaves no connection behind', async () => {
    insteadOfListen((packet) => packet.replace('LISTEN', 'REFUSE'));
    wakeUp.onApplicationBootstrap();
    await eventually(async () => asked >= 3);
    await eventually(async () => (await listeners()).length <= 1);
    proxy.heal();
    await hears();
    expect(await listeners()).toHaveLength(1);
  });

  it('begins anew when the database takes the connection and says nothing more', async () => {
    insteadOfListen(() => null);
    wakeUp.onApplicationBootstrap();
    await eventually(async () => asked >= 1);
    proxy.heal();
    await hears();
    await eventually(async () => (await listeners()).length === 1);
  });
});
