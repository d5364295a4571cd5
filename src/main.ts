import { loadConfig, StartError } from './config.js';
import { readEnvFile } from './env-file.js';
import { startServer } from './server.js';
import { startTracing } from './tracing/start-tracing.js';

/** A stop that takes longer than this after its notice is given up; leases and transactions end by themselves. */
const STOP_LIMIT_MS = 25_000;

interface Running {
  /** How long balancers get to see that the process isn't ready, before it stops accepting. */
  noticeMs: number;
  stop(): Promise<void>;
}

const PRODUCTION_SETTINGS = ['DATABASE_URL', 'ENCRYPTION_KEYS'];

async function start(): Promise<Running> {
  readEnvFile();
  const production =
    process.env.NODE_ENV === 'production' ||
    PRODUCTION_SETTINGS.some((name) => process.env[name] !== undefined);
  if (!production) {
    const { startDemo } = await import('./demo/demo.js');
    return { ...(await startDemo(process.env)), noticeMs: 0 };
  }
  const config = loadConfig(process.env);
  const stopTracing = await startTracing(process.env);
  const server = await startServer(config);
  process.stdout.write(`Countersign (${config.role}) listens on ${config.host}:${config.port}\n`);
  const noticeMs = config.shutdownNoticeSeconds * 1000;
  const stop = async () => {
    try {
      await server.stop(noticeMs);
    } finally {
      await stopTracing();
    }
  };
  return { noticeMs, stop };
}

function stopOnSignal(running: Running): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), running.noticeMs + STOP_LIMIT_MS).unref();
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

function fail(error: unknown): void {
  const text = error instanceof StartError ? error.message : ((error as Error).stack ?? String(error));
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

start().then(stopOnSignal, fail);
