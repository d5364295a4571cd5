import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import { StandardSchemaSerializerInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { CONFIG, type Config } from './config.js';
import { TenantDb } from './database/tenant-db.js';
import { HealthService } from './health/health.service.js';
import { Metrics } from './health/metrics.js';
import { ApiError, notFound } from './http/api-error.js';
import { problemWithText, readJsonBodies } from './http/json-body.js';
import { RequestPipe } from './http/invalid-request.js';
import { LOAD_LIMITS } from './http/load.rules.js';
import { LoadGate } from './http/load-gate.js';
import { loggerOptions } from './http/logger.js';
import { ProblemFilter, sendProblem } from './http/problem.filter.js';
import { wasAnswered, whenEnded } from './http/when-ended.js';
import { traceRequests } from './tracing/trace-requests.js';
import { isTracing } from './tracing/tracing.js';

/** How long a request's headers and body may take to arrive, in milliseconds. */
const HEADERS_TIMEOUT = 5_000;
const REQUEST_TIMEOUT = 15_000;

/** How long Fastify waits for requests that end while it stops, in milliseconds: longer than the process does. */
const CLOSE_TIMEOUT = 30_000;

const DOCS_POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";
const CONSOLE_POLICY =
  "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; script-src 'self'; " +
  "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/** What a process that only works in the background still answers. */
const WORKER_PATHS = /^\/(health\/|metrics)/;

/** The HTTP server, with every limit that has to be known before it listens. */
export function createAdapter(config: Pick<Config, 'trustProxy' | 'logLevel'>): FastifyAdapter {
  return new FastifyAdapter({
    logger: loggerOptions(config.logLevel),
    // One line a request instead of two.
    logController: new fastify.LogController({ disableRequestLogging: true }),
    trustProxy: config.trustProxy,
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) =>
      requestId(request.headers),
    requestTimeout: REQUEST_TIMEOUT,
    // What still arrives while the server stops is served: refused here, it would pass every hook of ours by.
    return503OnClosing: false,
    // It is the limit of its hooks, too; after it Fastify closes the HTTP server, and no connection has a limit any more.
    pluginTimeout: CLOSE_TIMEOUT,
    // All three belong together: without the first and the last, Node cuts a stalled body off much later.
    http: { headersTimeout: HEADERS_TIMEOUT, connectionsCheckingInterval: 1000 },
    routerOptions: { maxParamLength: 200 },
    // An address that is too long or can't be decoded reaches no route, no hook and no filter.
    frameworkErrors: (_error: Error, request: FastifyRequest, reply: FastifyReply) => {
      void reply.header('x-request-id', request.id);
      sendProblem(new ApiError('invalid_request', 'The address can not be read.'), request, reply);
    },
  });
}

/** Everything around the routes. Used by the server, the tests and the document's script alike. */
export async function configure(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  const config = app.get<Config>(CONFIG);
  app.useGlobalFilters(new ProblemFilter());
  app.useGlobalPipes(new RequestPipe());
  app.useGlobalInterceptors(new StandardSchemaSerializerInterceptor(app.get(Reflector)));
  if (isTracing()) traceRequests(server);
  app.get(Metrics).observe(server);
  readJsonBodies(server);
  addHooks(server, app.get(HealthService), config);
  const gate = new LoadGate(app.get(TenantDb), { ...LOAD_LIMITS, ...config.loadBounds.requests });
  gate.observe(server);
  await server.register(fastifyCookie);
  await server.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    hsts: config.publicUrl.startsWith('https://') ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'no-referrer' },
  });
  await server.register(fastifyRateLimit, {
    max: (request) => (isLogin(request) ? config.loginsPerMinute : config.rateLimitPerMinute),
    timeWindow: '1 minute',
    enableDraftSpec: true,
    keyGenerator: (request) => (isLogin(request) ? `login ${request.ip}` : gate.callerOf(request)),
    allowList: (request) => /^\/(health|metrics|console|hooks)/.test(request.url),
    errorResponseBuilder: (_, { ttl }) =>
      new ApiError('rate_limited', undefined, { retryAfterSeconds: Math.ceil(ttl / 1000) }),
  });
  await serveConsole(server);
}

function addHooks(server: FastifyInstance, health: HealthService, { role }: Config): void {
  server.addHook('onRequest', (request, reply, done) => {
    whenEnded(request, reply, () => logRequest(request, reply));
    done();
  });
  server.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
    if (role === 'worker' && !WORKER_PATHS.test(request.url)) throw notFound();
  });
  server.addHook('onSend', async (request, reply) => {
    // A caller that goes on using its connection would meet a closed one.
    if (health.isDraining) void reply.header('connection', 'close');
    if (request.url.startsWith('/v1/')) void reply.header('cache-control', 'no-store');
    if (request.url.startsWith('/docs')) void reply.header('content-security-policy', DOCS_POLICY);
  });
  server.addHook('preValidation', async (request) => {
    for (const text of textsOf(request)) {
      const problem = problemWithText(text);
      if (problem !== null) throw new ApiError('invalid_request', problem);
    }
  });
}

/** One whose caller hung up has a line too: it may have had its effect. Its status is what had been said by then. */
function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  if (request.wasShed) return;
  const durationMs = Math.round(reply.elapsedTime * 10) / 10;
  const res = reply.raw.headersSent ? { res: reply } : {};
  const aborted = wasAnswered(reply) ? {} : { aborted: true };
  request.log.info({ req: request, ...res, durationMs, ...aborted }, 'request');
}

function* textsOf(request: FastifyRequest): Generator<string> {
  yield* Object.values((request.params ?? {}) as Record<string, string>);
  for (const [name, value] of Object.entries((request.query ?? {}) as Record<string, string | string[]>)) {
    yield name;
    yield* Array.isArray(value) ? value : [value];
  }
}

/** The caller's own id for the request when it is harmless, else a new one. */
function requestId(headers: Record<string, string | string[] | undefined>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[A-Za-z0-9._-]{1,100}$/.test(given) ? given : uuidv7();
}

const isLogin = (request: FastifyRequest): boolean => request.routeOptions.url === '/v1/auth/login';

const consoleFolder = ['../admin-ui/dist/', '../../admin-ui/dist/']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path));

/** The console's files; its addresses are its own, so unknown ones get the page. */
async function serveConsole(server: FastifyInstance): Promise<void> {
  if (!consoleFolder) return;
  await server.register(async (scope) => {
    scope.addHook('onSend', async (_request, reply) => {
      void reply.header('content-security-policy', CONSOLE_POLICY);
    });
    await scope.register(fastifyStatic, {
      root: consoleFolder,
      prefix: '/console/',
      wildcard: false,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const forever = path.includes('/assets/');
        void reply.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
    scope.get('/console', (_request, reply) => reply.redirect('/console/'));
    scope.get('/console/*', (request, reply) => {
      // A page of an older build asks for files that are gone: the page would be no answer to that.
      if (request.url.startsWith('/console/assets/')) throw notFound();
      return reply.header('cache-control', 'no-cache').sendFile('index.html');
    });
    scope.get('/', (_request, reply) => reply.redirect('/console/'));
  });
}
