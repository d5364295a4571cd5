// npm test: every check, then the tests. With arguments (npm test -- sessions) only the tests they select.
import { readFileSync } from 'node:fs';
import { ensureChromium } from './browser.mjs';
import { countTests, runJest } from './jest.mjs';
import {
  StepFailed,
  buildConsole,
  buildServer,
  fail,
  requireSetUp,
  root,
  run,
  runTool,
  step,
} from './steps.mjs';

const selection = process.argv.slice(2);
const failures = [];

requireSetUp();
process.chdir(root);
await must(buildServer);
await must(buildConsole);
if (selection.length === 0) {
  await check('Linting and checking types', () =>
    runTool('oxlint/bin/oxlint', ['--type-aware', '--type-check', '--quiet', '.']),
  );
  await check('Checking the formatting', () => runTool('prettier/bin/prettier.cjs', ['--check', '.']));
  await check('Comparing openapi.json with the code', checkOpenApi);
  await check("Comparing the console's API types with openapi.json", checkConsoleApi);
}
await must(() =>
  step('Looking for a Chromium', async () => {
    process.env.CHROMIUM_PATH = await ensureChromium((line) => console.log(`  ${line}`));
  }),
);
const tests = countTests(await must(() => runJest(selection)));
failures.forEach((label) => console.log(`Failed: ${label}`));
const failed = tests.failed + failures.length;
console.log(`${tests.passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** A failed check is reported and counted, and the rest still runs. */
async function check(label, work) {
  try {
    await step(label, work);
  } catch (error) {
    console.error(error instanceof StepFailed ? error.message : error);
    failures.push(label);
  }
}

/** What the tests can't run without. */
async function must(work) {
  try {
    return await work();
  } catch (error) {
    fail(error.message);
  }
}

async function checkOpenApi() {
  const committed = readFileSync('openapi.json', 'utf8');
  await run(process.execPath, ['dist/scripts/openapi.js']);
  if (readFileSync('openapi.json', 'utf8') !== committed) {
    throw new StepFailed(
      'openapi.json did not describe the code. It is generated anew: look at it and commit it.',
    );
  }
  await runTool('@redocly/cli/bin/cli.js', ['lint', 'openapi.json', '--format=stylish'], {
    env: { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  });
}

/** The console's types of the API are generated from the document: npm run api --workspace admin-ui */
async function checkConsoleApi() {
  const types = 'admin-ui/src/api/schema.gen.ts';
  await runTool('openapi-typescript/bin/cli.js', ['openapi.json', '-o', types, '--check']);
}
