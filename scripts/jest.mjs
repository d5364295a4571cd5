import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StepFailed } from './steps.mjs';

/**
 * Runs Jest on the test files that `args` select, its own report on stderr.
 *
 * @returns Jest's result as its `--json` has it, and the code it ended with
 * @throws StepFailed when it left no result
 */
export async function runJest(args, env = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-jest-'));
  const outputFile = join(directory, 'result.json');
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings',
      'node_modules/jest/bin/jest.js',
      '--json',
      `--outputFile=${outputFile}`,
      ...args,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...env } },
  );
  const code = await new Promise((done) => child.once('close', done));
  try {
    if (!existsSync(outputFile)) {
      throw new StepFailed(`Jest ended with code ${code} and no result.`);
    }
    return { code, result: JSON.parse(readFileSync(outputFile, 'utf8')) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Passed and failed tests; a test file that couldn't even be loaded counts as one failed test. */
export function countTests({ code, result }) {
  const broken = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return { passed: result.numPassedTests, failed: broken === 0 && code !== 0 ? 1 : broken };
}
