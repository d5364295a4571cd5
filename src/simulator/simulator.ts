import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import type { AgentResources } from './agent.js';
import { pageRoutes } from './client/page.js';
import { VirtualClock } from './clock.js';
import type { ControlDependencies } from './control/dependencies.js';
import { recordRequests, RequestLog } from './control/request-log.js';
import { Engine, play } from './engine.js';
import { FaultBook } from './faults.js';
import { compress, createApp } from './http.js';
import {
  DEFAULT_KNOBS,
  Notifier,
  type LoggedDelivery,
  type NotificationDraw,
  type NotificationKnobs,
} from './notifications.js';
import type { Timing } from './reports.js';
import { clientRoutes } from './routes/client.js';
import { CONTROL_PREFIX, controlRoutes } from './routes/control.js';
import { signedRoutes } from './routes/signed.js';
import type { ClockChange, ScenarioInput } from './scenario.schema.js';
import { setScenario, type ScenarioTarget } from './scenario-choice.js';
import { ReplayGuard, type SimulatorApp } from './signature.js';
import { Store } from './store.js';

export interface SimulatorOptions {
  /** 0, the default, takes any free port. */
  port?: number;
  /** Default `127.0.0.1`. */
  host?: string;
  /** Default `/idverify/v1`. */
  basePath?: string;
  apps?: SimulatorApp[];
  /** Accepts `http://` notification endpoints, which the real service refuses. Default true. */
  allowHttpNotifications?: boolean;
  /** Refuses repeated nonces and timestamps more than five minutes off. Default true. */
  rejectReplays?: boolean;
  /** Puts a `message` in error bodies; some of the service's published examples have none. Default true. */
  errorMessages?: boolean;
  /** Compresses JSON answers for callers that take gzip. Default false. */
  gzip?: boolean;
  /** Seconds; defaults keep a visit quick: extraction 0.4, reports 1, expert review 1.5 on top. */
  timing?: Partial<Timing>;
  /** File that keeps applications, sessions, uploads and owed notifications over a restart or a kill. */
  stateFile?: string;
  /** Time source in milliseconds since the epoch. */
  now?: () => number;
  /** What callers' timestamps are held against, in milliseconds since the epoch; the machine's time unless given. */
  wallClock?: () => number;
  /** Host names, besides loopback ones and `host`, by which the control paths may be addressed. */
  controlHosts?: string[];
  /** Says for each notification which of its copies are sent, in place of `drop` and `duplicate`. */
  drawNotification?: NotificationDraw;
}

/** A running simulator. */
export interface Simulator {
  /** What the SDK takes as `apiUrl`, such as `http://127.0.0.1:3001/idverify/v1`. */
  baseUrl: string;
  origin: string;
  registerApp(app: SimulatorApp): void;
  /** Skips time; resolves when everything due by then has happened and was announced. */
  advanceClock(seconds: number): Promise<void>;
  /** Sets, skips, stops or starts the time; resolves as `advanceClock` does. */
  changeClock(change: ClockChange): Promise<void>;
  /** The service's time in milliseconds since the epoch. */
  now(): number;
  /**
   * A scenario by its name or as a document: for one session, for one application, or for all that have none from
   * elsewhere. @throws ServiceError for what isn't known or valid
   */
  setScenario(choice: string | ScenarioInput, target?: string | Exclude<ScenarioTarget, 'default'>): void;
  /** Lets a person without a browser go the way of the session's scenario. @throws ServiceError as `POST /agent` */
  play(sessionId: string, resources?: AgentResources): void;
  /** Makes notifications misbehave; what is left out goes back to normal. */
  setNotificationKnobs(knobs: Partial<NotificationKnobs>): void;
  /** Every notification with the answers it got, oldest first. */
  notifications(): LoggedDelivery[];
  close(): Promise<void>;
}

/** Clients of the SDK open a connection for each call; a burst of them has to fit. */
const BACKLOG = 4096;
const DEFAULT_TIMING: Timing = { extractionDelay: 0.4, asyncReportDelay: 1, manualReviewDelay: 1.5 };

/** Everything behind the routes, as it was left in the state file. */
function assemble(options: SimulatorOptions): ControlDependencies {
  const clock = new VirtualClock(options.now);
  const store = new Store(options.stateFile);
  if (store.savedClock) clock.restore(store.savedClock);
  for (const app of options.apps ?? []) store.saveApp(app);
  const notifier = new Notifier(store, clock, options.drawNotification);
  const engine = new Engine(store, notifier, clock, {
    allowHttpNotifications: options.allowHttpNotifications ?? true,
    timing: { ...DEFAULT_TIMING, ...options.timing },
  });
  const catchUp = () => {
    store.saveClock(clock.toState());
    engine.tickAll();
    notifier.pump();
  };
  const changeClock = async (change: ClockChange) => {
    clock.change(change);
    catchUp();
    await notifier.idle();
  };
  const requests = new RequestLog();
  return { engine, store, clock, faults: new FaultBook(), notifier, requests, catchUp, changeClock };
}

/** Starts the identity verification service's stand-in on this machine. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const host = options.host ?? '127.0.0.1';
  const basePath = options.basePath ?? '/idverify/v1';
  const parts = assemble(options);
  const { engine, store, clock, notifier, faults, changeClock } = parts;
  const app = await listenable(options, basePath, parts);
  await app.listen({ port: options.port ?? 0, host, backlog: BACKLOG });
  notifier.pump();
  const origin = originOf(app.server.address() as AddressInfo, host);
  return {
    baseUrl: `${origin}${basePath}`,
    origin,
    registerApp: (registered) => store.saveApp(registered),
    advanceClock: (seconds) => changeClock({ advance: seconds }),
    changeClock,
    now: () => clock.now(),
    setScenario: (choice, target) =>
      setScenario(parts, choice, typeof target === 'string' ? { sessionId: target } : target),
    play: (sessionId, resources = {}) => play(engine, sessionId, resources),
    setNotificationKnobs: (knobs) => {
      notifier.knobs = { ...DEFAULT_KNOBS, ...knobs };
    },
    notifications: () => notifier.deliveries(),
    close: async () => {
      engine.close();
      faults.close();
      await app.close();
      await notifier.close();
    },
  };
}

/** A listener on every address is reached through the loopback one. */
function originOf({ port }: AddressInfo, host: string): string {
  return `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`;
}

/** The app with every route group under its own prefix. */
async function listenable(options: SimulatorOptions, basePath: string, deps: ControlDependencies) {
  const app = createApp(options.errorMessages ?? true);
  const hosts = [options.host ?? '127.0.0.1', ...(options.controlHosts ?? [])];
  // Before the faults, so that the log knows the real answer's code.
  recordRequests(app, deps);
  app.addHook('onSend', async (request, reply, payload) => deps.faults.spoil(request, reply, payload));
  if (options.gzip) app.addHook('onSend', compress);
  const wallClock = options.wallClock ?? Date.now;
  // How callers find out that their clock is wrong.
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('date', new Date(wallClock()).toUTCString());
  });
  const replays = options.rejectReplays === false ? undefined : new ReplayGuard();
  const groups: [prefix: string, routes: (scope: FastifyInstance) => void][] = [
    [basePath, (scope) => signedRoutes(scope, { ...deps, basePath, wallClock, ...(replays && { replays }) })],
    [`${basePath}/client/sessions`, (scope) => clientRoutes(scope, deps)],
    [`${basePath}/web`, pageRoutes],
    [CONTROL_PREFIX, (scope) => controlRoutes(scope, deps, { basePath, hosts })],
  ];
  for (const [prefix, routes] of groups) {
    await app.register(async (scope) => routes(scope), { prefix });
  }
  return app;
}
