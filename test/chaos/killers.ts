import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice, Tally } from './dice.js';
import type { ChaosSite, Role } from './site.js';
import { timed } from './spans.js';

/** Somebody has to be there to be in the middle of something: starting takes longer than pauses on a busy machine. */
const LEFT = 2;
const PAUSE_SECONDS = 2.5;
const MORE_SECONDS = 3;
const OUTAGE_SECONDS = 1;
const MORE_OUTAGE_SECONDS = 2;

/**
 * Kills one process after the other with -9, at times and in an order that the seed says; of each two one serves and
 * one works.
 */
export async function killProcesses(
  site: ChaosSite,
  dice: Dice,
  tally: Tally,
  over: AbortSignal,
): Promise<void> {
  for (let round = 0; !over.aborted; round += 1) {
    await pause(PAUSE_SECONDS + MORE_SECONDS * dice.throw('pause', round), over);
    const servesFirst = dice.throw('first', Math.floor(round / 2)) < 0.5;
    const role = (round % 2 === 0) === servesFirst ? 'api' : 'worker';
    const victim = await findVictim(site, role, dice.throw('victim', round), over);
    if (!victim) continue;
    await timed(site.kills[role], () => victim.kill());
    tally.add(`kills of ${victim.name}`);
  }
}

/** Waits until enough others would be left. @returns undefined when it is over */
async function findVictim(site: ChaosSite, role: Role, which: number, over: AbortSignal) {
  for (; !over.aborted; await pause(0.2, over)) {
    const running = site.processes.filter(({ isRunning }) => isRunning);
    const candidates = running.filter(({ name }) => name.startsWith(role));
    const victim = candidates[Math.floor(which * candidates.length)];
    if (victim && running.length > LEFT) return victim;
  }
  return undefined;
}

/** Kills PostgreSQL with -9 at the given seconds of the run, and starts it again a moment later. */
export async function killPostgres(
  site: ChaosSite,
  dice: Dice,
  tally: Tally,
  seconds: number[],
): Promise<void> {
  const begun = Date.now();
  for (const [index, at] of seconds.entries()) {
    await sleep(at * 1000 - (Date.now() - begun));
    await timed(site.outages, async () => {
      await site.postgres.kill();
      tally.add('kills of PostgreSQL');
      await sleep((OUTAGE_SECONDS + MORE_OUTAGE_SECONDS * dice.throw('outage', index)) * 1000);
      await site.postgres.restart();
    });
  }
}

/**
 * The time between two attempts is hours in the end: here it passes faster, as if a clock were put forward. Attempts at
 * webhooks follow within seconds; once every session has begun, so does the sweep for what nobody announced.
 */
export async function hurryTime(site: ChaosSite, sweeps: () => boolean, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await pause(2, over);
    // The database may be away just now.
    await site
      .sql(
        `UPDATE deliveries SET next_attempt_at = now() + random() * interval '2 seconds'
          WHERE status = 'pending' AND next_attempt_at > now() + interval '3 seconds' AND lease_token IS NULL`,
      )
      .catch(() => undefined);
    if (!sweeps()) continue;
    await site
      .sql(
        `UPDATE sessions SET next_sync_at = now() + random() * interval '5 seconds'
          WHERE status = 'ongoing' AND next_sync_at > now() + interval '10 seconds' AND lease_token IS NULL`,
      )
      .catch(() => undefined);
  }
}

const pause = (seconds: number, over: AbortSignal) =>
  sleep(seconds * 1000, undefined, { signal: over }).catch(() => undefined);
