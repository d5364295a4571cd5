import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { visit } from '../agent.js';
import { supportedDocuments } from '../documents.js';
import type { Engine } from '../engine.js';
import { conflict, malformedRequest, notFound, unauthorised } from '../errors.js';
import { createFaceCapture, supplyFaceImage } from '../face-capture.js';
import { jsonBody, noContent, param, parseBody, queryParam, rawBody } from '../http.js';
import { readImage } from '../images.js';
import { responseConfigSchema } from '../response-config.js';
import { sessionConfiguration, sessionResult, trackedDevices } from '../result.js';
import { remainingTtl, stateOf, type SimulatedSession } from '../session.model.js';
import {
  requireDigest,
  verifyAnySignature,
  verifySignature,
  type ReplayGuard,
  type SignedRequest,
} from '../signature.js';
import type { Store } from '../store.js';
import type { VirtualClock } from '../clock.js';
import { clientConfiguration } from './client.js';

/** What the signed paths work on. */
export interface SignedDependencies {
  engine: Engine;
  store: Store;
  clock: VirtualClock;
  /** Refuses stale and repeated requests; undefined accepts them. */
  replays?: ReplayGuard;
  basePath: string;
  /** The callers' time, however far the service's own was moved. */
  wallClock: () => number;
}

const faceCaptureSchema = z.looseObject({ requirement_id: z.string() });

const agentDocument = z.looseObject({
  issuing_country: z.string().optional(),
  document_type: z.string().optional(),
  capture_method: z.enum(['CAMERA', 'UPLOAD']).optional(),
});
const agentSchema = z.looseObject({
  session_id: z.string(),
  client_session_token: z.string(),
  resources: z
    .looseObject({
      id_documents: z.array(agentDocument).optional(),
      supplementary_documents: z.array(agentDocument).optional(),
    })
    .default({}),
});

/** Everything a relying business calls: each request is verified before its handler runs. */
export function signedRoutes(app: FastifyInstance, deps: SignedDependencies): void {
  app.addHook('preHandler', async (request) => {
    if (!isClientCall(request)) authenticate(request, deps);
  });
  sessionRoutes(app, deps);
  mediaRoutes(app, deps);
  captureRoutes(app, deps);
  deviceRoutes(app, deps);
  sandboxRoutes(app, deps);
}

/** The configuration's path also serves the person's client, which has a token instead of a signature. */
const isClientCall = (request: FastifyRequest) =>
  request.headers['x-yoti-auth-token'] !== undefined &&
  request.routeOptions.url?.endsWith('/configuration') === true;

function authenticate(request: FastifyRequest, deps: SignedDependencies): void {
  const { store, replays, basePath, wallClock } = deps;
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
  const scope = sdkId ?? 'any';
  if (request.routeOptions.url === `${basePath}/supported-documents`) {
    verifyAnySignature(signed, store.apps.values());
  } else {
    if (!sdkId) throw malformedRequest('query.sdkId', 'must not be null or empty');
    verifySignature(signed, store.apps.get(sdkId));
  }
  callers.set(request, sdkId ?? '');
  replays?.check(scope, query, wallClock());
}

/** The application whose key verified the request; the query itself could name several. */
const callers = new WeakMap<FastifyRequest, string>();
const callerOf = (request: FastifyRequest) => callers.get(request) ?? '';

const ownSession = (engine: Engine, request: FastifyRequest) =>
  engine.owned(param(request, 'sessionId'), callerOf(request));

function sessionRoutes(app: FastifyInstance, { engine, clock }: SignedDependencies): void {
  app.post('/sessions', async (request, reply) => {
    const session = engine.create(callerOf(request), jsonBody(request));
    return reply.status(201).send({
      client_session_token_ttl: remainingTtl(session, clock.now()),
      client_session_token: session.token,
      session_id: session.id,
    });
  });
  app.get('/sessions/:sessionId', async (request) => sessionResult(ownSession(engine, request), clock.now()));
  app.delete('/sessions/:sessionId', async (request, reply) => {
    const session = ownSession(engine, request);
    const captured = session.documents.length + session.liveness.length + session.faceCaptures.length > 0;
    if (stateOf(session, clock.now()) === 'ONGOING' && captured) {
      throw conflict('RESOURCE_LOCKED', 'The checks of the session have not finished');
    }
    engine.remove(session.id);
    return noContent(reply);
  });
  app.get('/sessions/:sessionId/configuration', async (request) =>
    isClientCall(request)
      ? clientConfiguration(engine, clock, request)
      : sessionConfiguration(ownSession(engine, request), clock.now()),
  );
  app.get('/supported-documents', async (request) => ({
    supported_countries: supportedDocuments(queryParam(request, 'includeNonLatin') === 'true'),
  }));
}

const missing = () => notFound('MEDIA_CONTENT_NOT_FOUND', 'The media content');

function mediaRoutes(app: FastifyInstance, { engine, clock }: SignedDependencies): void {
  const path = '/sessions/:sessionId/media/:mediaId/content';
  app.get(path, async (request, reply) => {
    const content = await engine.media(ownSession(engine, request), param(request, 'mediaId'));
    if (!content) throw missing();
    return reply.type(content.contentType).send(content.bytes);
  });
  app.delete(path, async (request, reply) => {
    const session = ownSession(engine, request);
    const mediaId = param(request, 'mediaId');
    if (stateOf(session, clock.now()) === 'ONGOING') {
      throw session.finishedAt === undefined
        ? conflict('SESSION_LOCKED', 'The session is in progress')
        : conflict('RESOURCE_LOCKED', 'Checks are still running');
    }
    if (!session.media[mediaId] || session.media[mediaId].deleted) throw missing();
    engine.apply(session, (current) => ({ session: withoutMedia(current, mediaId), events: [] }));
    return noContent(reply);
  });
}

function withoutMedia(session: SimulatedSession, mediaId: string): SimulatedSession {
  const next = structuredClone(session);
  const record = next.media[mediaId];
  if (record) record.deleted = true;
  return next;
}

function captureRoutes(app: FastifyInstance, { engine, store }: SignedDependencies): void {
  app.post('/sessions/:sessionId/resources/face-capture', async (request, reply) => {
    const session = ownSession(engine, request);
    const { requirement_id: requirementId } = parseBody(request, faceCaptureSchema);
    const { resourceId } = engine.apply(session, (current, _plan, ctx) =>
      createFaceCapture(current, requirementId, ctx),
    );
    return reply.status(201).send({ id: resourceId, frames: 1 });
  });
  app.put('/sessions/:sessionId/resources/face-capture/:resourceId/image', async (request, reply) => {
    const session = ownSession(engine, request);
    const image = readImage(await filePart(request));
    const { mediaId } = engine.apply(session, (current, _plan, ctx) =>
      supplyFaceImage(current, param(request, 'resourceId'), ctx),
    );
    store.saveUpload(session.id, mediaId, image);
    return noContent(reply);
  });
}

/** The `binary-content` part of a multipart body that was kept raw for its signature. */
async function filePart(request: FastifyRequest): Promise<Buffer> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const body = new Uint8Array(rawBody(request) ?? []);
  const form = await new Response(body, { headers }).formData().catch(() => undefined);
  const part = form?.get('binary-content');
  if (!(part instanceof File)) throw malformedRequest('binary-content', 'must be a file');
  return Buffer.from(await part.arrayBuffer());
}

function deviceRoutes(app: FastifyInstance, { engine }: SignedDependencies): void {
  app.get('/sessions/:sessionId/tracked-devices', async (request) =>
    trackedDevices(ownSession(engine, request)),
  );
  app.delete('/sessions/:sessionId/tracked-devices', async (request, reply) => {
    engine.apply(ownSession(engine, request), (session) => ({
      session: { ...session, devices: [] },
      events: [],
    }));
    return noContent(reply);
  });
}

/** The sandbox's own calls: fixed results, and finishing a session without a browser. */
function sandboxRoutes(app: FastifyInstance, { engine, store }: SignedDependencies): void {
  app.put('/sessions/:sessionId/response-config', async (request, reply) => {
    const config = parseBody(request, responseConfigSchema);
    engine.apply(ownSession(engine, request), (session) => ({
      session: { ...session, results: { config } },
      events: [],
    }));
    return noContent(reply);
  });
  app.put('/apps/:sdkId/response-config', async (request, reply) => {
    store.saveAppResults(param(request, 'sdkId'), parseBody(request, responseConfigSchema));
    return noContent(reply);
  });
  app.post('/agent', async (request, reply) => {
    const { session_id: id, client_session_token: token, resources } = parseBody(request, agentSchema);
    const session = engine.owned(id, callerOf(request));
    if (session.token !== token) throw unauthorised('BAD_TOKEN', 'The client session token is not valid');
    engine.apply(session, (current, plan, ctx) => visit(current, plan, resources, ctx));
    return noContent(reply);
  });
}
