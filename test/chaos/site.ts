import { startSimulator, type Simulator } from '../../src/simulator/simulator.js';
import { addOperator, FAST, freePort, logInOperator } from '../support/app.js';
import { KillablePostgres } from '../support/killable-postgres.js';
import { ProcessSite, siteSettings } from '../support/process-site.js';
import { BadYoti } from './bad-yoti.js';
import { Balancer } from './balancer.js';
import type { Dice, Tally } from './dice.js';
import { NotificationFates } from './notification-fates.js';
import { Supervised } from './processes.js';
import { Sinks } from './sinks.js';
import type { Span } from './spans.js';

export type Role = 'api' | 'worker';
const ROLES: readonly Role[] = ['api', 'api', 'worker', 'worker'];

/** What the servers talk to. */
interface Around {
  badYoti: BadYoti;
  sinks: Sinks;
  balancer: Balancer;
  fates: NotificationFates;
}

/** Everything that takes part in the run: two API and two worker processes, their database, Yoti and the receivers. */
export class ChaosSite extends ProcessSite {
  /** When processes were being killed. */
  readonly kills: Record<Role, Span[]> = { api: [], worker: [] };
  /** From PostgreSQL's kills until it took connections again. */
  readonly outages: Span[] = [];
  readonly processes: Supervised[];

  private constructor(
    readonly postgres: KillablePostgres,
    yoti: Simulator,
    private readonly around: Around,
    settings: Record<string, string>,
    { ports, tally }: { ports: number[]; tally: Tally },
  ) {
    super(postgres, yoti, settings);
    this.processes = ROLES.map((role, index) => {
      const own = { ...settings, ROLE: role, PORT: String(ports[index]) };
      return new Supervised(`${role} ${(index % 2) + 1}`, own, tally, this.outages);
    });
  }

  /** @throws Error, with nothing left running, when a process doesn't start */
  static async start(dice: Dice, tally: Tally): Promise<ChaosSite> {
    const fates = new NotificationFates(dice);
    const yoti = await startSimulator({ timing: FAST, drawNotification: fates.draw });
    const badYoti = await BadYoti.start(yoti.origin, dice, tally);
    const sinks = await Sinks.start(dice, tally);
    const ports = await Promise.all(ROLES.map(() => freePort()));
    const balancer = await Balancer.start(ports.filter((_, index) => ROLES[index] === 'api'));
    // As shipped: what was confirmed is on the disk.
    const postgres = await KillablePostgres.start({ durable: true });
    const settings = {
      ...siteSettings(postgres, yoti, badYoti.origin),
      PUBLIC_URL: balancer.origin,
      DATABASE_POOL_SIZE: '10',
      LOG_LEVEL: 'warn',
      RATE_LIMIT_PER_MINUTE: '1000000',
      LOGINS_PER_MINUTE: '1000000',
      SHUTDOWN_NOTICE_SECONDS: '0',
    };
    const around = { badYoti, sinks, balancer, fates };
    const site = new ChaosSite(postgres, yoti, around, settings, { ports, tally });
    try {
      await addOperator(postgres.appUrl);
      await Promise.all(site.processes.map((process) => process.start()));
      site.operator = await logInOperator(site.anonymous);
    } catch (error) {
      await site.stop();
      throw error;
    }
    return site;
  }

  get sinks(): Sinks {
    return this.around.sinks;
  }

  /** What becomes of single notifications. */
  get fates(): NotificationFates {
    return this.around.fates;
  }

  /** What all processes have printed. */
  output(): string {
    return this.processes.flatMap(({ outputs }) => outputs.map((output) => output())).join('\n');
  }

  /** Lets Yoti and the receivers misbehave from now on, or no more. */
  misbehave(bad: boolean): void {
    this.around.badYoti.bad = bad;
    this.around.sinks.bad = bad;
  }

  override async stop(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.stop()));
    this.around.balancer.close();
    await this.around.badYoti.close();
    await this.around.sinks.close();
    await super.stop();
  }
}
