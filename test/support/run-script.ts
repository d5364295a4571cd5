import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** What a command printed and ended with. */
interface Ended {
  code: number | null;
  printed: string;
}

/**
 * Starts a built program as an operator would.
 *
 * @param settings its environment: nothing else is handed on
 * @param cwd where it looks for `.env`; a place without one unless given
 */
export function startScript(
  name: 'scripts/rewrap' | 'scripts/migrate' | 'src/main',
  args: string[],
  settings: Record<string, string>,
  cwd = tmpdir(),
) {
  const path = fileURLToPath(new URL(`../../dist/${name}.js`, import.meta.url));
  const env = { PATH: process.env.PATH, ...settings };
  const child = spawn(process.execPath, [path, ...args], { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]).then(
    ([[code], out, errors]): Ended => ({ code: code as number | null, printed: out + errors }),
  );
  return { child, ended };
}
