import { TROUBLE } from './bad-yoti.js';
import { DOUBLED, DROPPED } from './notification-fates.js';
import { FATES } from './sinks.js';

/** How often something happened, by its name in the report. */
export interface Counts {
  of(name: string): number;
}

/** Kills of PostgreSQL in each run. */
export const POSTGRES_KILLS = 2;
/** Each role is killed at least once in so many seconds. */
const SECONDS_A_KILL = 20;
const PROCESSES = { api: ['api 1', 'api 2'], worker: ['worker 1', 'worker 2'] };

/**
 * Says what did not go wrong though it should have: a run in which nothing fails proves nothing.
 *
 * @param notifications counts of the watch
 * @param seconds over which processes were killed
 */
export function verifyFaults(
  tally: Counts,
  notifications: { all: number; dropped: number; doubled: number; reordered: number },
  seconds: number,
): string[] {
  const { all, dropped, doubled, reordered } = notifications;
  const shares: [what: string, part: number, whole: number, share: number][] = [
    ['notifications dropped', dropped, all, DROPPED],
    ['notifications doubled', doubled, all - doubled, DOUBLED],
    ...sharesOf(tally, TROUBLE, 'none', 'Yoti', 'calls of Yoti'),
    ...sharesOf(tally, FATES, 'taken', 'webhooks', 'webhook attempts'),
  ];
  const found = shares.flatMap(([what, part, whole, share]) =>
    isLikely(part, whole, share) ? [] : [`${what}: ${part} of ${whole}, drawn with ${share}`],
  );
  if (reordered === 0) found.push('no notification overtook another');
  const kills = tally.of('kills of PostgreSQL');
  if (kills !== POSTGRES_KILLS) found.push(`PostgreSQL was killed ${kills} times, not ${POSTGRES_KILLS}`);
  const least = Math.max(1, Math.floor(seconds / SECONDS_A_KILL));
  for (const [role, names] of Object.entries(PROCESSES)) {
    const killed = names.reduce((sum, name) => sum + tally.of(`kills of ${name}`), 0);
    if (killed < least) found.push(`processes of the role ${role} were killed ${killed} times, not ${least}`);
  }
  return found;
}

/** How often each kind of trouble should have been drawn. */
function sharesOf(
  tally: Counts,
  weights: Readonly<Record<string, number>>,
  fine: string,
  prefix: string,
  whole: string,
): [string, number, number, number][] {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  return Object.entries(weights)
    .filter(([kind]) => kind !== fine)
    .map(([kind, weight]) => {
      const name = `${prefix}: ${kind}`;
      return [name, tally.of(name), tally.of(whole), weight / total];
    });
}

/**
 * Whether so many of so many can be drawn with this share: within four standard deviations of the binomial distribution,
 * and two more for runs too small for those to mean much; and some, where ten are to be expected.
 */
export function isLikely(part: number, whole: number, share: number): boolean {
  const expected = whole * share;
  const deviation = Math.sqrt(expected * (1 - share));
  if (part === 0 && (whole === 0 || expected >= 10)) return false;
  return Math.abs(part - expected) <= 4 * deviation + 2;
}
