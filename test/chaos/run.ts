import { setTimeout as sleep } from 'node:timers/promises';
import { acting, runReviewer, runSession, type Stage } from './actors.js';
import { Dice, Tally } from './dice.js';
import { hurryTime, killPostgres, killProcesses } from './killers.js';
import { Watch } from './notifications-watch.js';
import { planSessions, type PlannedSession } from './plan.js';
import { printReport } from './report.js';
import { ChaosSite } from './site.js';
import { makeTenants } from './tenants.js';
import { remaining, verify } from './verify.js';

/** How much happens, and for how long. */
export interface ChaosOptions {
  seed: string;
  sessions: number;
  tenants: number;
  /** Seconds over which the sessions begin, and processes are killed. */
  seconds: number;
}

/** Longer than every lease, lock and deadline; an interrupted creation is given up the latest, after 90 s. */
const STANDSTILL_SECONDS = 150;
/** Further than any token lives. */
const BEYOND_EXPIRY_SECONDS = 3600;

/**
 * Runs sessions of many tenants while notifications get lost, doubled and late, Yoti and the receivers fail, processes
 * and the database are killed; then lets everything settle and holds the end against the plan.
 *
 * @returns whether everything is as it has to be
 */
export async function runChaos(options: ChaosOptions): Promise<boolean> {
  const begun = Date.now();
  const dice = new Dice(options.seed);
  const tally = new Tally();
  const say = (line: string) =>
    console.log(`${((Date.now() - begun) / 1000).toFixed(0).padStart(4)} s  ${line}`);
  say(`seed ${options.seed}: ${options.sessions} sessions in ${options.tenants} tenants`);
  const plan = planSessions(dice, options);
  const site = await ChaosSite.start(dice, tally);
  try {
    const stage: Stage = {
      site,
      tenants: await makeTenants(site, options.tenants),
      tally,
      watch: new Watch(site.yoti),
      ledger: new Map(),
      decisions: new Map(),
      creations: [],
      surprises: [],
    };
    say('tenants are ready: from now on everything fails');
    await act(stage, plan, options, dice, say);
    say('verifying');
    const violations = await verify(stage, plan, options.seconds);
    await printReport(stage, violations, { ...options, tookMs: Date.now() - begun });
    return violations.length === 0;
  } finally {
    await site.stop();
  }
}

async function act(
  stage: Stage,
  plan: PlannedSession[],
  { seconds }: ChaosOptions,
  dice: Dice,
  say: (line: string) => void,
): Promise<void> {
  const { site, tally, surprises } = stage;
  const killing = new AbortController();
  const over = new AbortController();
  let sweeps = false;
  site.misbehave(true);
  const others = [hurryTime(site, () => sweeps, over.signal), ...accompany(stage, plan, over.signal)];
  const killers = [
    killProcesses(site, dice, tally, killing.signal),
    killPostgres(site, dice, tally, [seconds / 3, (seconds * 2) / 3]),
  ];
  const progress = setInterval(() => void tell(stage, say), 15_000);
  const enough = setTimeout(() => killing.abort(), seconds * 1000);
  try {
    const sessions = plan.map((planned) => acting(surprises, planned.reference, runSession(stage, planned)));
    await Promise.all([...sessions, ...killers]);
    say('every session has begun; no more kills');
    // Whoever left without a word is expired by Yoti, which tells nobody.
    await site.yoti.advanceClock(BEYOND_EXPIRY_SECONDS);
    sweeps = true;
    await settled(stage);
  } finally {
    clearInterval(progress);
    clearTimeout(enough);
    killing.abort();
    over.abort();
    await Promise.allSettled([...others, ...killers]);
  }
  site.misbehave(false);
}

/** Who is there until the end. */
function accompany(stage: Stage, plan: PlannedSession[], over: AbortSignal): Promise<void>[] {
  const reviewers = stage.tenants.map((_, index) =>
    acting(stage.surprises, `reviewer ${index}`, runReviewer(stage, index, plan, over)),
  );
  return [stage.watch.run(over), ...reviewers];
}

/** Waits until nothing is left to do, or nothing gets less any more: what is not done shows in the verification. */
async function settled(stage: Stage): Promise<void> {
  const least = { sessions: Infinity, deliveries: Infinity };
  let progressedAt = Date.now();
  while (Date.now() - progressedAt < STANDSTILL_SECONDS * 1000) {
    const left = await remaining(stage);
    if (left && left.sessions - left.parked <= 0 && left.deliveries === 0) return;
    if (left && (left.sessions < least.sessions || left.deliveries < least.deliveries)) {
      progressedAt = Date.now();
      least.sessions = Math.min(least.sessions, left.sessions);
      least.deliveries = Math.min(least.deliveries, left.deliveries);
    }
    await sleep(500);
  }
}

async function tell(stage: Stage, say: (line: string) => void): Promise<void> {
  const left = await remaining(stage);
  const running = stage.site.processes.filter(({ isRunning }) => isRunning).length;
  const open = left ? `${left.sessions} open, ${left.deliveries} webhooks owed` : 'the database is away';
  say(
    `${stage.ledger.size} sessions acknowledged, ${open}, ${running} of ${stage.site.processes.length} processes`,
  );
}
