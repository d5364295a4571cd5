// What the start and the tests share: steps that say how long they took, and builds that run only when they are needed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A failure whose message says everything; its stack would only hide it. */
export class StepFailed extends Error {}

/** Runs `work`, naming it before and its duration after. */
export async function step(label, work) {
  console.log(`· ${label}`);
  const begun = performance.now();
  const took = () => `${((performance.now() - begun) / 1000).toFixed(1)} s`;
  try {
    const result = await work();
    console.log(`✓ ${label} (${took()})`);
    return result;
  } catch (error) {
    console.log(`✗ ${label} (${took()})`);
    throw error;
  }
}

/** Runs a program quietly; what it printed is shown only when it fails. */
export function run(command, args, { env } = {}) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.once('error', failed);
    child.once('close', (code, signal) => {
      const text = Buffer.concat(output).toString().trim();
      if (code === 0) {
        done(text);
      } else {
        failed(
          new StepFailed(`${text}\n${command} ${args.join(' ')} ended with ${signal ?? `code ${code}`}`),
        );
      }
    });
  });
}

/** Runs a program of this project's dependencies with this very Node. */
export function runTool(path, args, options) {
  return run(process.execPath, [join('node_modules', path), ...args], options);
}

const server = {
  label: 'Building the server',
  sources: [
    'src',
    'migrations',
    'scripts',
    'package-lock.json',
    'nest-cli.json',
    'tsconfig.json',
    'tsconfig.build.json',
  ],
  unrelated: /\.(mjs|spec\.ts)$/,
  product: 'dist',
  entry: 'dist/src/main.js',
  tool: 'node_modules/@nestjs/cli',
  command: () => runTool('@nestjs/cli/bin/nest.js', ['build']),
};

const consoleUi = {
  label: 'Building the console',
  // Its words for checks, scopes and events are the server's own (admin-ui/vite/catalog.ts).
  sources: [
    'admin-ui',
    'openapi.json',
    'package-lock.json',
    'src/audit/event-types.ts',
    'src/auth/scopes.ts',
    'src/yoti/checks',
  ],
  unrelated: /\.(spec|test)\.tsx?$/,
  product: 'admin-ui/dist',
  entry: 'admin-ui/dist/index.html',
  tool: 'node_modules/vite',
  command: () =>
    run(npm, ['run', 'build', '--workspace', 'admin-ui'], { env: { npm_config_loglevel: 'error' } }),
};

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** Builds the server when its sources have changed since the last build. */
export const buildServer = () => buildIfNeeded(server);

/** Builds the console when its sources have changed since the last build. */
export const buildConsole = () => buildIfNeeded(consoleUi);

async function buildIfNeeded(build) {
  const entry = join(root, build.entry);
  // Products that were built elsewhere, on a machine without the tools.
  if (!existsSync(join(root, build.tool))) {
    if (existsSync(entry)) {
      return;
    }
    throw new StepFailed(`${build.entry} is missing, and so are the tools to build it. Run: npm ci`);
  }
  const stamp = join(root, build.product, '.sources');
  const now = fingerprint(build);
  if (existsSync(entry) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now) {
    return;
  }
  await step(build.label, build.command);
  if (!existsSync(entry)) {
    throw new StepFailed(`${build.label} ended well but left no ${build.entry}.`);
  }
  writeFileSync(stamp, now);
}

/** Contents rather than times: a checkout gives every file a new time. */
function fingerprint({ sources, unrelated }) {
  const hash = createHash('sha256');
  const add = (path) => {
    const full = join(root, path);
    if (!existsSync(full)) {
      return;
    }
    if (statSync(full).isDirectory()) {
      readdirSync(full)
        .filter((name) => name !== 'node_modules' && name !== 'dist')
        .toSorted()
        .forEach((name) => add(`${path}/${name}`));
    } else if (!unrelated.test(path)) {
      hash.update(path).update('\0').update(readFileSync(full)).update('\0');
    }
  };
  sources.forEach(add);
  return hash.digest('hex');
}

/** Ends with a sentence, not a stack, when Node is too old or the dependencies are missing. */
export function requireSetUp() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Countersign needs Node 20.19 or newer; this is ${process.version}.`);
  }
  if (!existsSync(join(root, 'node_modules/@nestjs/core'))) {
    fail('The dependencies are not installed. Run: npm ci');
  }
}

export function fail(message) {
  console.error(message);
  process.exit(1);
}
