import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { VirtualClock } from '../clock.js';
import { triggerOf } from '../create-session.js';
import { supportedDocuments } from '../documents.js';
import type { Engine } from '../engine.js';
import { conflict, malformedRequest, notFound } from '../errors.js';
import { createFaceCapture, supplyFaceImage } from '../face-capture.js';
import { jsonBody, noContent, param, parseBody, queryParam, rawBody } from '../http.js';
import { readImage } from '../images.js';
import { sessionConfiguration, sessionResult, trackedDevices } from '../result.js';
import type { FaultEndpoint } from '../scenario.schema.js';
import { remainingTtl, stateOf, type SimulatedSession } from '../session.model.js';
import { authenticate, callerOf, isClientCall, type AuthenticationDependencies } from './authenticate.js';
import { clientConfiguration, meetClientFault } from './client.js';
import { sandboxRoutes, type SandboxDependencies } from './sandbox.js';

/** What the signed paths work on. */
export interface SignedDependencies extends AuthenticationDependencies, SandboxDependencies {
  clock: VirtualClock;
}

const faceCaptureSchema = z.looseObject({ requirement_id: z.string() });

/** Everything a relying business calls: each request is verified, and meets its faults, before its handler runs. */
export function signedRoutes(app: FastifyInstance, deps: SignedDependencies): void {
  app.addHook('preHandler', async (request, reply) => {
    if (isClientCall(request)) {
      await meetClientFault(request, reply, deps);
      return;
    }
    authenticate(request, deps);
    await meetFault(request, reply, deps);
  });
  sessionRoutes(app, deps);
  mediaRoutes(app, deps);
  captureRoutes(app, deps);
  deviceRoutes(app, deps);
  sandboxRoutes(app, deps);
}

/** What each call is named in scenarios; the sandbox's own calls have no faults. */
const ENDPOINTS: Record<string, FaultEndpoint> = {
  'POST /sessions': 'create_session',
  'GET /sessions/:sessionId': 'get_session',
  'DELETE /sessions/:sessionId': 'delete_session',
  'GET /sessions/:sessionId/configuration': 'get_session_configuration',
  'GET /sessions/:sessionId/media/:mediaId/content': 'get_media',
  'DELETE /sessions/:sessionId/media/:mediaId/content': 'delete_media',
  'GET /supported-documents': 'get_supported_documents',
  'POST /sessions/:sessionId/resources/face-capture': 'create_face_capture',
  'PUT /sessions/:sessionId/resources/face-capture/:resourceId/image': 'upload_face_capture_image',
  'GET /sessions/:sessionId/tracked-devices': 'get_tracked_devices',
  'DELETE /sessions/:sessionId/tracked-devices': 'delete_tracked_devices',
};

async function meetFault(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: SignedDependencies,
): Promise<void> {
  const { engine, store, faults, basePath } = deps;
  const path = (request.routeOptions.url ?? '').slice(basePath.length);
  const endpoint = ENDPOINTS[`${request.method} ${path}`];
  if (!endpoint) return;
  const sdkId = callerOf(request);
  const known = store.sessions.get(param(request, 'sessionId'));
  const session = known?.sdkId === sdkId ? known : undefined;
  const scope = engine.scopeOf(sdkId, endpoint === 'create_session' ? announced(request) : session);
  const fault = faults.next(scope, endpoint);
  if (fault) await faults.act(fault, request, reply);
}

/** The session that a creation asks for, as far as it selects a scenario. */
function announced(request: FastifyRequest) {
  const spec = z.looseObject({ user_tracking_id: z.string() }).safeParse(jsonBody(request)).data;
  const trigger = triggerOf(spec?.user_tracking_id);
  return { id: callerOf(request), ...(trigger !== undefined && { trigger }) };
}

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
