import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { addOperator, FAST, freePort, logInOperator, type TestSite } from '../support/app.js';
import { Client } from '../support/client.js';
import { KillablePostgres } from '../support/killable-postgres.js';
import { BadYoti } from './bad-yoti.js';
import { Balancer } from './balancer.js';
import type { Dice, Tally } from './dice.js';
import { Supervised } from './processes.js';
import { Sinks } from './sinks.js';

const ROLES = ['api', 'api', 'worker', 'worker'] as const;

/** Everything that takes part in the run: two API and two worker processes, their database, Yoti and the receivers. */
export class ChaosSite implements TestSite {
  operator: Client;
  private readonly pool: pg.Pool;

  private constructor(
    readonly postgres: KillablePostgres,
    readonly yoti: Simulator,
    readonly badYoti: BadYoti,
    readonly sinks: Sinks,
    private readonly balancer: Balancer,
    readonly processes: Supervised[],
  ) {
    this.pool = new pg.Pool({ connectionString: postgres.adminUrl, max: 4 });
    this.pool.on('error', () => undefined);
  }

  static async start(dice: Dice, tally: Tally): Promise<ChaosSite> {
    const postgres = await KillablePostgres.start();
    const yoti = await startSimulator({ timing: FAST });
    const badYoti = await BadYoti.start(yoti.origin, dice, tally);
    const sinks = await Sinks.start(dice, tally);
    const ports = await Promise.all(ROLES.map(() => freePort()));
    const balancer = await Balancer.start(ports.filter((_, index) => ROLES[index] === 'api'));
    const common = {
      DATABASE_URL: postgres.appUrl,
      ENCRYPTION_KEYS: `chaos:${randomBytes(32).toString('base64')}`,
      HOST: '127.0.0.1',
      PUBLIC_URL: balancer.origin,
      YOTI_API_URLS: yoti.baseUrl.replace(yoti.origin, badYoti.origin),
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
      DATABASE_POOL_SIZE: '10',
      LOG_LEVEL: 'warn',
      RATE_LIMIT_PER_MINUTE: '1000000',
      LOGINS_PER_MINUTE: '1000000',
      SHUTDOWN_NOTICE_SECONDS: '0',
    };
    const processes = ROLES.map((role, index) => {
      const settings = { ...common, ROLE: role, PORT: String(ports[index]) };
      return new Supervised(`${role} ${(index % 2) + 1}`, settings, tally);
    });
    const site = new ChaosSite(postgres, yoti, badYoti, sinks, balancer, processes);
    await addOperator(postgres.appUrl);
    await Promise.all(processes.map((process) => process.start()));
    site.operator = await logInOperator(site.anonymous);
    return site;
  }

  /** The balancer's, where everybody goes. */
  get url(): string {
    return this.balancer.origin;
  }

  get appUrl(): string {
    return this.postgres.appUrl;
  }

  get anonymous(): Client {
    return new Client(this.url);
  }

  get simulator() {
    return { ...this.yoti, baseUrl: this.yoti.baseUrl.replace(this.yoti.origin, this.badYoti.origin) };
  }

  /** Lets Yoti and the receivers misbehave from now on, or no more. */
  misbehave(bad: boolean): void {
    this.badYoti.bad = bad;
    this.sinks.bad = bad;
  }

  /** Runs SQL as the superuser: for looking at, and for letting time pass. */
  async sql<Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query(text, values)).rows as Row[];
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.stop()));
    this.balancer.close();
    await this.badYoti.close();
    await this.sinks.close();
    await this.yoti.close();
    await this.pool.end();
    await this.postgres.drop();
  }
}
