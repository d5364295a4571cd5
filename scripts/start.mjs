// npm start: builds what has changed and becomes the server.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StepFailed, buildConsole, buildServer, fail, requireSetUp, root } from './steps.mjs';

requireSetUp();
process.chdir(root);
try {
  await buildServer();
  await buildConsole();
} catch (error) {
  if (error instanceof StepFailed) {
    fail(error.message);
  }
  throw error;
}
// In this same process: signals, exit code and output are the server's own, and nothing has to be passed on.
await import(pathToFileURL(join(root, 'dist/src/main.js')).href);
