// npm run faults: every row of the fault catalogue with its outcome. --without-pgbouncer leaves out the last step.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ensureChromium } from './browser.mjs';
import { countTests, runJest } from './jest.mjs';
import { ensurePgBouncer } from './pgbouncer.mjs';
import { buildConsole, buildServer, fail, requireSetUp, root, step } from './steps.mjs';

const { values } = parseArgs({ options: { 'without-pgbouncer': { type: 'boolean', default: false } } });
const POOLED_ROW = 65;
const ROW = /^row (\d+): /;
const REASON = /\(can't run here: (.*)\)$/;

requireSetUp();
process.chdir(root);
const catalogue = JSON.parse(readFileSync('test/faults/catalogue.json', 'utf8'));
const begun = performance.now();
try {
  await buildServer();
  await buildConsole();
  const { result } = await step('Running the fault catalogue', () => runJest(['test/faults']));
  const tests = collect(result);
  tests.push(await throughPgBouncer());
  const failed = print(tests);
  process.exit(failed === 0 ? 0 : 1);
} catch (error) {
  fail(error.message);
}

/** The tests of the rows, each with its row, outcome, duration and, where it can't run, the reason. */
function collect(result) {
  return result.testResults.flatMap(({ assertionResults }) =>
    assertionResults.flatMap(({ ancestorTitles, title, status, duration }) => {
      const named = [...ancestorTitles, title].map((text) => ROW.exec(text)).find(Boolean);
      const reason = REASON.exec(title)?.[1];
      return named
        ? [{ row: Number(named[1]), status: reason ? 'skipped' : status, reason, ms: duration ?? 0 }]
        : [];
    }),
  );
}

/** The whole suite once more, with a real PgBouncer between the server and its database. */
async function throughPgBouncer() {
  if (values['without-pgbouncer']) {
    return { row: POOLED_ROW, status: 'skipped', reason: 'left out by --without-pgbouncer', ms: 0 };
  }
  const start = performance.now();
  try {
    ensurePgBouncer((line) => console.log(`  ${line}`));
    process.env.CHROMIUM_PATH = await ensureChromium((line) => console.log(`  ${line}`));
  } catch (error) {
    return { row: POOLED_ROW, status: 'skipped', reason: error.message, ms: 0 };
  }
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
      `${fault} → ${holds}`,
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

function outcomeOf(tests) {
  if (tests.length === 0) return 'missing';
  if (tests.some(({ status }) => status === 'failed')) return 'failed';
  return tests.some(({ status }) => status === 'passed') ? 'passed' : "can't run here";
}
