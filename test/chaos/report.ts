import type { Any } from '../support/client.js';
import type { Stage } from './actors.js';
import { Tally } from './dice.js';
import type { Violations } from './verify.js';

const SHOWN = 20;
const SHOWN_CHARACTERS = 50;
/** Pino's number for it. */
const ERROR_LEVEL = 50;

/** Prints what happened as a table, and what is wrong with the end. */
export async function printReport(
  { site, tally, watch, ledger }: Stage,
  violations: Violations,
  { seed, tookMs }: { seed: string; tookMs: number },
): Promise<void> {
  const section = (title: string, rows: [string, unknown][]) => {
    console.log(`\n${title}`);
    for (const [name, value] of rows) console.log(`  ${name.padEnd(52)} ${String(value).padStart(8)}`);
  };
  const outcomes = await site.sql<{ name: string; count: number }>(
    `SELECT status || coalesce(' ' || outcome, '') || coalesce(' ' || failure_code, '') AS name, count(*)::int AS count
       FROM sessions GROUP BY 1 ORDER BY 1`,
  );
  const [totals] = await site.sql<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM events) AS events, (SELECT count(*)::int FROM audit_entries) AS "audit entries",
            (SELECT count(*)::int FROM notifications) AS "notifications in the inbox",
            (SELECT count(*)::int FROM reviews) AS reviews, (SELECT count(*)::int FROM deliveries) AS deliveries,
            (SELECT count(*)::int FROM delivery_attempts) AS "attempts on record"`,
  );
  const starting = (prefix: string): [string, unknown][] =>
    tally
      .entries()
      .filter(([name]) => name.startsWith(prefix))
      .toSorted(([a], [b]) => a.localeCompare(b));
  section('Faults', [
    ...starting('kills of'),
    ...starting('starts'),
    ...starting('calls of Yoti'),
    ...starting('Yoti:'),
    ...starting('creations'),
    ...starting('webhook'),
    ...Object.entries(watch.counts).map(([name, count]): [string, unknown] => [
      `notifications: ${name}`,
      count,
    ]),
  ]);
  section('Callers', [
    ...starting('requests'),
    ...starting('answers'),
    ['sessions acknowledged', ledger.size],
  ]);
  section(
    'Sessions',
    outcomes.map(({ name, count }) => [name, count]),
  );
  section('Stored', Object.entries(totals ?? {}));
  section('Errors in the log', loggedErrors(site));
  const seconds = (tookMs / 1000).toFixed(0);
  console.log(
    `\nseed ${seed}, ${seconds} s: ${violations.length === 0 ? 'all as it has to be' : `${violations.length} violations`}`,
  );
  for (const violation of violations.slice(0, SHOWN)) console.log(`  ✗ ${violation}`);
  if (violations.length > SHOWN) console.log(`  … and ${violations.length - SHOWN} more`);
}

/** What the processes logged as an error, with how often. */
function loggedErrors({ processes }: Stage['site']): [string, unknown][] {
  const counts = new Tally();
  for (const line of processes.flatMap(({ outputs }) => outputs.flatMap((output) => output().split('\n')))) {
    if (!line.startsWith('{')) continue;
    const { level, err, msg } = read(line);
    if (level >= ERROR_LEVEL) counts.add(String(err?.message ?? msg).slice(0, SHOWN_CHARACTERS));
  }
  return counts.entries().toSorted(([, a], [, b]) => b - a);
}

/** A killed process leaves half a line. */
function read(line: string): { level: number; err?: Any; msg?: string } {
  try {
    return JSON.parse(line) as { level: number; err?: Any; msg?: string };
  } catch {
    return { level: 0 };
  }
}
