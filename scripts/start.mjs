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
stopWithShell();
// In this same process: signals, exit code and output are the server's own, and nothing has to be passed on.
await import(pathToFileURL(join(root, 'dist/src/main.js')).href);

/**
 * npm hands a signal it gets to the shell between it and this process, and that shell dies of it without passing it on.
 * The server would go on running unseen.
 */
function stopWithShell() {
  const shell = process.ppid;
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') {
    return;
  }
  const watch = setInterval(() => {
    if (process.ppid !== shell) {
      clearInterval(watch);
      process.kill(process.pid, 'SIGTERM');
    }
  }, 250);
  watch.unref();
}
