// Finds a Chromium for the browser tests, or installs one. Run by itself it prints the path.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const macPaths = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Path of a Chromium or Chrome that runs on this machine, or undefined. `CHROMIUM_PATH` names one. */
export async function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (!runs(named)) {
      throw new Error(`CHROMIUM_PATH is ${named}, which doesn't run.`);
    }
    return named;
  }
  return [...installed(), await playwrightPath()].find((path) => existsSync(path) && runs(path));
}

/** Like `findChromium`, but installs one when there is none: Playwright's, or as root Debian's. */
export async function ensureChromium(log) {
  const found = await findChromium();
  if (found) {
    return found;
  }
  for (const { label, install } of installers()) {
    log(`No Chromium found: installing ${label}`);
    try {
      install();
      const path = await findChromium();
      if (path) {
        return path;
      }
      log(`${label} doesn't run on this machine`);
    } catch (error) {
      log(`Installing ${label} failed: ${String(error).split('\n')[0]}`);
    }
  }
  throw new Error(
    'The browser tests need Chromium. Install it, or set CHROMIUM_PATH to a Chromium or Chrome.',
  );
}

function installed() {
  const directories = (process.env.PATH ?? '').split(delimiter);
  const onPath = names.flatMap((name) => directories.map((directory) => join(directory, name)));
  return process.platform === 'darwin' ? [...onPath, ...macPaths] : onPath;
}

async function playwrightPath() {
  const { chromium } = await import('playwright-core');
  return chromium.executablePath();
}

/** A file is not enough: system libraries may be missing, or the command may only advertise a package. */
function runs(path) {
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 30_000 });
  return status === 0 && /chrom/i.test(stdout);
}

function installers() {
  const mayUseApt = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  return [
    { label: "Playwright's Chromium", install: installPlaywright },
    ...(mayUseApt ? [{ label: "Debian's Chromium", install: installDebian }] : []),
  ];
}

function installPlaywright() {
  const cli = fileURLToPath(new URL('../node_modules/playwright-core/cli.js', import.meta.url));
  execute(process.execPath, [cli, 'install', 'chromium'], {
    PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '15000',
  });
}

function installDebian() {
  execute('apt-get', ['update']);
  execute('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], {
    DEBIAN_FRONTEND: 'noninteractive',
  });
}

function execute(command, args, env = {}) {
  execFileSync(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 600_000,
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(await ensureChromium((line) => console.error(line)));
}
