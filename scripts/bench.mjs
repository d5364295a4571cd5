// npm run bench: builds what has changed and compares the creation of sessions with a plain integration of the SDK.
import { buildServer, fail, requireSetUp, root } from './steps.mjs';

requireSetUp();
process.chdir(root);
try {
  await buildServer();
} catch (error) {
  fail(error.message);
}
const { compareCreation } = await import('../bench/create-sessions.mjs');
await compareCreation();
