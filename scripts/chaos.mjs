// npm run chaos: sessions of many tenants while everything around them fails. See CONTRIBUTING.md.
import { parseArgs } from 'node:util';
import { buildServer, fail, requireSetUp, root } from './steps.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    sessions: { type: 'string', default: '1000' },
    tenants: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '200' },
  },
});
const [sessions, tenants, seconds] = [values.sessions, values.tenants, values.seconds].map(Number);
if (![sessions, tenants, seconds].every((number) => Number.isInteger(number) && number > 0)) {
  fail('--sessions, --tenants and --seconds are whole numbers above 0.');
}
requireSetUp();
process.chdir(root);
try {
  await buildServer();
} catch (error) {
  fail(error.message);
}
await import('../test/support/typescript-loader.mjs');
// What was started ends with this process.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const { runChaos } = await import('../test/chaos/run.ts');
process.exit((await runChaos({ seed: values.seed, sessions, tenants, seconds })) ? 0 : 1);
