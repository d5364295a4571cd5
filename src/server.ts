import { Server } from 'node:net';
import type { LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { configure, createAdapter } from './app.js';
import type { Config } from './config.js';
import { HealthService } from './health/health.service.js';
import { openApi } from './http/openapi.js';
import { TracedLogger } from './tracing/traced-logger.js';
import { isTracing } from './tracing/tracing.js';

const IDLE_SWEEP_MS = 250;

/** A server that answers. */
export interface RunningServer {
  app: NestFastifyApplication;
  /** Address it listens on, for callers on this machine. */
  localUrl: string;
  /**
   * Stops without dropping a request: not ready first, then no new work, then what is running ends, leases included.
   *
   * @param noticeMs how long balancers get to see that it isn't ready
   */
  stop(noticeMs?: number): Promise<void>;
}

/**
 * Starts the server with the given settings.
 *
 * @throws when the database is away, unsafe or of another version
 */
export async function startServer(config: Config): Promise<RunningServer> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(config),
    createAdapter(config),
    {
      bodyParser: false,
      abortOnError: false,
      logger: loggerFor(config),
    },
  );
  let listenerClosed: Promise<void> | undefined;
  try {
    await configure(app);
    serveDocument(app);
    // Fastify takes a listener that is closed for one whose requests have ended.
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('preClose', async () => listenerClosed);
    await app.listen(config.port, config.host);
  } catch (error) {
    await app.close();
    throw error;
  }
  const { port } = app.getHttpServer().address() as { port: number };
  let stopped: Promise<void> | undefined;
  const stop = async (noticeMs: number) => {
    app.get(HealthService).drain();
    if (noticeMs > 0) await new Promise((resolve) => setTimeout(resolve, noticeMs));
    listenerClosed = closeListener(app);
    await closeApp(app);
  };
  return { app, localUrl: `http://127.0.0.1:${port}`, stop: (noticeMs = 0) => (stopped ??= stop(noticeMs)) };
}

/**
 * Nest stops the workers before it stops listening, and their work may take a while. Closing an HTTP server would end its
 * looking after connections, too: one that says nothing, or whose body stalls, has to run into its limit nevertheless.
 *
 * @returns when all requests ended
 */
function closeListener(app: NestFastifyApplication): Promise<void> {
  return new Promise((resolve) => {
    Server.prototype.close.call(app.getHttpServer(), () => resolve());
  });
}

/** Fastify closes what is idle once; a connection whose request ends later would hold the server for a minute. */
async function closeApp(app: NestFastifyApplication): Promise<void> {
  const sweep = setInterval(() => app.getHttpServer().closeIdleConnections(), IDLE_SWEEP_MS);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
  }
}

function loggerFor({ logLevel }: Config) {
  if (logLevel === 'silent') return false;
  const logLevels: LogLevel[] = ['error', 'warn'];
  return isTracing() ? new TracedLogger({ logLevels }) : logLevels;
}

function serveDocument(app: NestFastifyApplication): void {
  const document = openApi(app);
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Countersign API',
  });
}
