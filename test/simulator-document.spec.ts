import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SCENARIOS } from '../src/simulator/scenarios.js';
import type { Any } from './support/client.js';
import { notificationReceiver } from './support/simulated-yoti.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const document = readFileSync(join(root, 'docs/simulator.md'), 'utf8');

interface Block {
  language: string;
  text: string;
  /** The line before the block. */
  lead: string;
}

const blocks: Block[] = [...document.matchAll(/([^\n]*)\n\n```(\w+)\n(.*?)\n```/gs)].map(
  ([, lead = '', language = '', text = '']) => ({ language, text, lead }),
);
/** The examples in order; the first one builds and starts the simulator. */
const [start, ...examples] = blocks.filter(({ language }) => language === 'sh');

const MARKER = '--- example ---';
let simulator: ChildProcess;
let folder: string;
let origin: string;
let outputs: string[];
/** Text that stands in a document for whatever comes. */
const ANYTHING = '…';

/** The expectation that a documented answer states: what it shows has to be there, and `…` stands for any text. */
function expectation(shown: Any): Any {
  if (shown === ANYTHING) return expect.any(String);
  if (Array.isArray(shown)) return shown.map(expectation);
  if (typeof shown !== 'object' || shown === null) return shown;
  return expect.objectContaining(
    Object.fromEntries(Object.entries(shown as object).map(([name, value]) => [name, expectation(value)])),
  );
}

/** A folder with the documented files, in which the packages are found as in a project. */
function prepareFolder(here: (text: string) => string): void {
  folder = mkdtempSync(join(tmpdir(), 'simulator-doc-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const { lead, text } of blocks.filter(({ language }) => language === 'js')) {
    writeFileSync(join(folder, /`([\w-]+\.mjs)`/.exec(lead)?.[1] ?? ''), here(text));
  }
  mkdirSync(join(folder, 'bin'));
  if (spawnSync('curl', ['--version']).error) {
    const command = `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'test/support/curl.mjs')}' "$@"\n`;
    writeFileSync(join(folder, 'bin/curl'), command, { mode: 0o755 });
  }
}

beforeAll(async () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [, entry] = String(scripts.simulator).split(' ');
  simulator = spawn(process.execPath, [join(root, entry ?? '')], {
    env: { PATH: process.env.PATH, SIMULATOR_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed] = (await once(simulator.stdout ?? simulator, 'data')) as [Buffer];
  origin = new URL(/http:\S+/.exec(printed.toString())?.[0] ?? '').origin;
  const receiver = await notificationReceiver();
  const here = (text: string) =>
    text
      .replaceAll('http://127.0.0.1:3001', origin)
      .replaceAll('http://127.0.0.1:8080', new URL(receiver.endpoint).origin);
  prepareFolder(here);
  const script = ['set -eu', ...examples.map(({ text }) => `${here(text)}\necho\necho '${MARKER}'`)].join(
    '\n',
  );
  const { stdout } = await promisify(execFile)('sh', ['-c', script], {
    cwd: folder,
    env: { ...process.env, PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter) },
    maxBuffer: 16 * 1024 * 1024,
  }).finally(() => receiver.close());
  outputs = stdout.split(MARKER).map((output) => output.trim());
}, 120_000);

afterAll(async () => {
  const exit = once(simulator, 'exit');
  simulator.kill('SIGTERM');
  await exit;
  rmSync(folder, { recursive: true, force: true });
});

describe('docs/simulator.md', () => {
  it('starts the simulator with commands that there are', () => {
    expect(start?.text).toBe('npm ci && npm run build\nnpm run simulator');
  });

  it('has examples that all run', () => {
    expect(examples.length).toBeGreaterThan(12);
    expect(outputs).toHaveLength(examples.length + 1);
  });

  const shown = blocks.flatMap((block, index) => {
    const example = examples.indexOf(blocks[index - 1] ?? block);
    const answers = block.language === 'json' || block.language === 'text';
    return example < 0 || !answers ? [] : [[examples[example]?.lead, example, block] as const];
  });
  it.each(shown)('shows what comes: %s', (_lead, example, { language, text }) => {
    const output = outputs[example] ?? '';
    if (language === 'json') expect(JSON.parse(output)).toEqual(expectation(JSON.parse(text)));
    else expect(output).toBe(text);
  });

  it('lists the ready-made scenarios as they are', () => {
    const rows = [...document.matchAll(/^\| `([a-z0-9_]+)` +\| (.*?) +\|$/gm)].map(([, name, text]) => [
      name,
      text,
    ]);
    expect(rows).toEqual(SCENARIOS.map(({ name, description }) => [name, description]));
  });

  it('lists the settings as they are', () => {
    const source = readFileSync(join(root, 'src/simulator/main.ts'), 'utf8');
    const used = [...source.matchAll(/^ {2}(SIMULATOR_\w+):/gm)].map(([, name]) => name);
    const listed = [...document.matchAll(/^\| `(SIMULATOR_\w+)`/gm)].map(([, name]) => name);
    expect(new Set(listed)).toEqual(new Set(used));
  });

  it('lists the operations as the API document does', async () => {
    const { paths } = await (await fetch(`${origin}/control/openapi.json`)).json();
    const operations = Object.entries(paths as Record<string, Record<string, Any>>).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { summary }]) => [`${method.toUpperCase()} ${path}`, summary]),
    );
    const rows = [...document.matchAll(/^\| `([A-Z]+ \/\S+)` +\| (.*?) +\|$/gm)].map(([, name, text]) => [
      name,
      text,
    ]);
    expect(rows).toEqual(operations);
  });
});
