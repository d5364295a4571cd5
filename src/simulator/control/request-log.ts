import type { FastifyInstance, FastifyRequest } from 'fastify';

/** How many requests are remembered. */
export const REQUEST_LOG_SIZE = 500;

/** A request that the simulator answered, or ended without an answer. Neither headers, bodies nor query are kept. */
export interface LoggedRequest {
  /** Counts up. */
  id: number;
  /** Milliseconds since the epoch, by the simulator's clock. */
  at: number;
  method: string;
  /** Without the query, which holds signature material and, for the client's page, the token. */
  path: string;
  /** Null when the connection ended without an answer. */
  status: number | null;
  /** The error's code. */
  code: string | null;
  /** Real time, in milliseconds. */
  durationMs: number;
  /** The application the request named, or the one its session belongs to. */
  sdkId: string | null;
  sessionId: string | null;
}

/** The latest requests, bounded. */
export class RequestLog {
  private readonly entries: LoggedRequest[] = [];
  private count = 0;

  add(entry: Omit<LoggedRequest, 'id'>): void {
    this.count += 1;
    this.entries.push({ id: this.count, ...entry });
    if (this.entries.length > REQUEST_LOG_SIZE) this.entries.shift();
  }

  /** Newest first. */
  list(): LoggedRequest[] {
    return this.entries.toReversed();
  }

  clear(): void {
    this.entries.length = 0;
  }
}

const ID_PATTERN = /^[\w-]{1,64}$/;
const MAX_PATH = 200;

/** The part of a path after `/name/`, when it looks like an id. */
function idAfter(path: string, name: string): string | null {
  const part = new RegExp(`/${name}/([^/]+)`).exec(path)?.[1] ?? '';
  return ID_PATTERN.test(part) ? part : null;
}

/** What a request target says of itself; whatever isn't an id by its looks is left out. */
export function describeTarget(url: string): Pick<LoggedRequest, 'path' | 'sdkId' | 'sessionId'> {
  const [path = '', query = ''] = url.split('?');
  const named = new URLSearchParams(query).get('sdkId') ?? '';
  return {
    path: path.slice(0, MAX_PATH),
    sdkId: ID_PATTERN.test(named) ? named : idAfter(path, 'apps'),
    sessionId: idAfter(path, 'sessions'),
  };
}

/** The page's own files and the control paths would bury what matters. */
const isNoise = (path: string) =>
  path === '/control' || path.startsWith('/control/') || /\.(js|css)$/.test(path);

const codes = new WeakMap<FastifyRequest, string>();

function codeIn(payload: unknown): string | undefined {
  if (typeof payload !== 'string') return undefined;
  try {
    const { code } = JSON.parse(payload) as { code?: unknown };
    return typeof code === 'string' ? code : undefined;
  } catch {
    return undefined;
  }
}

/** What the record is taken from. */
interface Recorded {
  requests: RequestLog;
  clock: { now(): number };
  store: { sessions: ReadonlyMap<string, { sdkId: string }> };
}

/** Remembers each request of the app when its response closes, whichever way that happens. */
export function recordRequests(app: FastifyInstance, { requests, clock, store }: Recorded): void {
  app.addHook('onRequest', async (request, reply) => {
    const target = describeTarget(request.raw.url ?? '/');
    if (isNoise(target.path)) return;
    const [at, begun] = [clock.now(), performance.now()];
    const owner = () => store.sessions.get(target.sessionId ?? '')?.sdkId ?? null;
    reply.raw.once('close', () => {
      requests.add({
        at,
        method: request.method,
        ...target,
        sdkId: target.sdkId ?? owner(),
        status: reply.raw.headersSent ? reply.raw.statusCode : null,
        code: codes.get(request) ?? null,
        durationMs: Math.round((performance.now() - begun) * 10) / 10,
      });
    });
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const code = reply.statusCode >= 400 ? codeIn(payload) : undefined;
    if (code !== undefined) codes.set(request, code);
    return payload;
  });
}
