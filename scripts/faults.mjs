// npm run faults: every row of the fault catalogue with its outcome, some of them longer than in the suite.
// --sessions and --restarts say how long; --without-pgbouncer leaves out the last step.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ensureChromium } from './browser.mjs';
import { otherFailures, outcomeOf, testsOf } from './fault-outcomes.mjs';
import { countTests, runJest } from './jest.mjs';
import { ensurePgBouncer } from './pgbouncer.mjs';
import { buildConsole, buildServer, fail, requireSetUp, root, step } from './steps.mjs';

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '2000' },
    restarts: { type: 'string', default: '10' },
    'without-pgbouncer': { type: 'boolean', default: false },
  },
});
const POOLED_ROW = 65;
const [sessions, restarts] = ['sessions', 'restarts'].map(amount);
/** What is more here than in the suite: row → how much. */
const amounts = { 55: `${sessions} sessions`, 57: `${restarts} restarts` };

requireSetUp();
process.chdir(root);
const catalogue = JSON.parse(readFileSync('test/faults/catalogue.json', 'utf8'));
const begun = performance.now();
try {
  await buildServer();
  await buildConsole();
  const unpooled = await whyNotPooled();
  const settings = { FAULTS_SESSIONS: sessions, FAULTS_RESTARTS: restarts };
  const { code, result } = await step('Running the fault catalogue', () =>
    runJest(['test/faults'], settings),
  );
  const tests = testsOf(result);
  tests.push(unpooled ?? (await throughPgBouncer()));
  const bad = print(tests);
  const others = otherFailures(result);
  for (const message of others) console.log(`\nFailed besides the rows: ${message}`);
  if (code !== 0 && bad === 0 && others.length === 0) console.log(`\nJest ended with code ${code}.`);
  process.exit(code === 0 && bad === 0 ? 0 : 1);
} catch (error) {
  fail(error.message);
}

/** The value of an option that counts. */
function amount(name) {
  const text = values[name];
  return /^[1-9]\d*$/.test(text) ? text : fail(`--${name} is a whole number, and not ${text}.`);
}

/**
 * Makes PgBouncer and Chromium ready: row 65's own tests want the one, the whole suite both.
 *
 * @returns the outcome of the whole suite where it can't run
 */
async function whyNotPooled() {
  const skipped = { row: POOLED_ROW, status: 'skipped', ms: 0 };
  if (values['without-pgbouncer']) return { ...skipped, reason: 'left out by --without-pgbouncer' };
  try {
    ensurePgBouncer((line) => console.log(`  ${line}`));
    process.env.CHROMIUM_PATH = await ensureChromium((line) => console.log(`  ${line}`));
    return undefined;
  } catch (error) {
    return { ...skipped, reason: error.message };
  }
}

/** The whole suite once more, with a real PgBouncer between the server and its database. */
async function throughPgBouncer() {
  const start = performance.now();
  const { passed, failed } = countTests(
    await step('Running the whole suite through PgBouncer', () => runJest([], { TEST_PGBOUNCER: '1' })),
  );
  const detail = `the whole suite through PgBouncer: ${passed} passed, ${failed} failed`;
  return {
    row: POOLED_ROW,
    status: failed === 0 ? 'passed' : 'failed',
    detail,
    ms: performance.now() - start,
  };
}

/** Prints the table. @returns how many rows failed or are missing */
function print(tests) {
  const counts = {};
  console.log('\nRow  Outcome         Tests      Time  Fault → what has to hold');
  for (const { row, fault, holds } of catalogue) {
    const own = tests.filter((test) => test.row === row);
    const outcome = outcomeOf(own);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    const time = own.reduce((sum, { ms }) => sum + ms, 0) / 1000;
    const run = own.filter(({ status }) => status !== 'skipped').length;
    const columns = [
      String(row).padStart(3),
      outcome.padEnd(14),
      String(run).padStart(6),
      `${time.toFixed(1)} s`.padStart(8),
      `${fault} → ${holds}${amounts[row] ? ` (${amounts[row]})` : ''}`,
    ];
    console.log(columns.join('  '));
    for (const { reason, detail } of own) {
      if (reason ?? detail) console.log(`${' '.repeat(39)}${reason ?? detail}`);
    }
  }
  const took = ((performance.now() - begun) / 1000).toFixed(0);
  const summary = Object.entries(counts).map(([outcome, count]) => `${count} ${outcome}`);
  console.log(`\n${catalogue.length} rows: ${summary.join(', ')}; ${took} s`);
  return (counts.failed ?? 0) + (counts.missing ?? 0);
}
