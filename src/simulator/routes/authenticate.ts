import type { FastifyRequest } from 'fastify';
import { malformedRequest } from '../errors.js';
import { param, rawBody } from '../http.js';
import {
  requireDigest,
  verifyAnySignature,
  verifySignature,
  type ReplayGuard,
  type SignedRequest,
} from '../signature.js';
import type { Store } from '../store.js';

/** What telling callers apart works on. */
export interface AuthenticationDependencies {
  store: Store;
  /** Refuses stale and repeated requests; undefined accepts them. */
  replays?: ReplayGuard;
  /** The callers' time, however far the service's own was moved. */
  wallClock: () => number;
  basePath: string;
}

/** The configuration's path also serves the person's client, which has a token instead of a signature. */
export const isClientCall = (request: FastifyRequest) =>
  request.headers['x-yoti-auth-token'] !== undefined &&
  request.routeOptions.url?.endsWith('/configuration') === true;

/** Verifies a call's signature over its raw bytes, and remembers whose it is. @throws ServiceError as `verifySignature` */
export function authenticate(
  request: FastifyRequest,
  { store, replays, basePath, wallClock }: AuthenticationDependencies,
): void {
  const digest = request.headers['x-yoti-auth-digest'];
  const body = rawBody(request);
  const signed: SignedRequest = {
    method: request.method,
    target: (request.raw.url ?? '').slice(basePath.length),
    ...(body && { body }),
    ...(typeof digest === 'string' && { digest }),
  };
  requireDigest(signed.digest);
  const query = new URLSearchParams(signed.target.split('?')[1]);
  const sdkId = param(request, 'sdkId') || query.get('sdkId');
  callers.set(request, appOf(request, signed, sdkId, { store, basePath }));
  replays?.check(sdkId ?? 'any', query, wallClock());
}

function appOf(
  request: FastifyRequest,
  signed: SignedRequest,
  sdkId: string | null,
  { store, basePath }: Pick<AuthenticationDependencies, 'store' | 'basePath'>,
): string {
  if (request.routeOptions.url === `${basePath}/supported-documents`) {
    return verifyAnySignature(signed, store.apps.values()).sdkId;
  }
  if (!sdkId) throw malformedRequest('query.sdkId', 'must not be null or empty');
  return verifySignature(signed, store.apps.get(sdkId)).sdkId;
}

/** The application whose key verified the request; the query itself could name several. */
const callers = new WeakMap<FastifyRequest, string>();

/** SDK id of the application that made a verified call. */
export const callerOf = (request: FastifyRequest) => callers.get(request) ?? '';
