// The processes of a benchmark: each is started on its own, and all end with the benchmark.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * Starts a script of this folder as a process of its own.
 *
 * @param {string} script file name
 * @param {Record<string, string>} env added to this process's environment
 * @returns its first message, with `ask(question)` for another, and `stop()`
 */
export async function startProcess(script, env = {}) {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${script} ended with code ${code}`);
  });
  ended.catch(() => undefined);
  const answer = async () => (await Promise.race([once(child, 'message'), ended]))[0];
  const first = await answer();
  return {
    ...first,
    ask: (question) => {
      child.send(question);
      return answer();
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.disconnect();
      await ended.catch(() => undefined);
    },
  };
}
