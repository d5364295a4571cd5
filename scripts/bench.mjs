// npm run bench: builds what has changed and runs the benchmarks, or those that are named: npm run bench -- neighbour
import { buildServer, fail, requireSetUp, root } from './steps.mjs';

/** Each that has a bound comes to whether it holds. */
const BENCHMARKS = {
  overload: async () => (await import('../bench/overload.mjs')).overload(),
  creation: async () => (await import('../bench/create-sessions.mjs')).compareCreation(),
  neighbour: async () => (await import('../bench/hanging-neighbour.mjs')).compareNeighbours(),
  notifications: async () => (await import('../bench/notifications.mjs')).compareNotifications(),
  latency: async () => (await import('../bench/webhook-latency.mjs')).measureLatency(),
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  fail(`There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(BENCHMARKS).join(', ')}`);
}
requireSetUp();
process.chdir(root);
try {
  await buildServer();
} catch (error) {
  fail(error.message);
}
const broken = [];
for (const name of names.length > 0 ? names : Object.keys(BENCHMARKS)) {
  console.log(`\n── ${name}\n`);
  if ((await BENCHMARKS[name]()) === false) broken.push(name);
}
if (broken.length > 0) fail(`\nOut of bounds: ${broken.join(', ')}`);
