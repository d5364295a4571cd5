import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice, Tally } from './dice.js';
import type { ChaosSite } from './site.js';

/** No more are killed when fewer than this many run. */
const SPARED = 3;
const PAUSE_SECONDS = 2.5;
const MORE_SECONDS = 3;
const OUTAGE_SECONDS = 1;
const MORE_OUTAGE_SECONDS = 2;

/** Kills one process after the other with -9, at times and in an order that the seed says. */
export async function killProcesses(
  site: ChaosSite,
  dice: Dice,
  tally: Tally,
  over: AbortSignal,
): Promise<void> {
  for (let round = 1; !over.aborted; round += 1) {
    await pause(PAUSE_SECONDS + MORE_SECONDS * dice.throw('pause', round), over);
    const running = site.processes.filter(({ isRunning }) => isRunning);
    const victim = running[Math.floor(dice.throw('victim', round) * running.length)];
    // Starting takes longer than pauses do on a busy machine; somebody has to be there to be in the middle of something.
    if (over.aborted || !victim || running.length < SPARED) continue;
    await victim.kill();
    tally.add(`kills of ${victim.name}`);
  }
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
    await site.postgres.kill();
    tally.add('kills of PostgreSQL');
    await sleep((OUTAGE_SECONDS + MORE_OUTAGE_SECONDS * dice.throw('outage', index)) * 1000);
    await site.postgres.restart();
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
