import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { visit } from '../agent.js';
import { addDocument, attemptsRemaining } from '../capture-document.js';
import { addLiveness, livenessApproved, livenessRemaining } from '../capture-liveness.js';
import { choicesFor, consent, open, requireOpen } from '../capture.js';
import type { VirtualClock } from '../clock.js';
import { countryName, pagesOf } from '../documents.js';
import type { Engine } from '../engine.js';
import { notFound, payloadValidation, unauthorised } from '../errors.js';
import type { FaultBook } from '../faults.js';
import { noContent, param, parseBody } from '../http.js';
import { imageSchema, readImage } from '../images.js';
import { finish } from '../progress.js';
import { sessionConfiguration } from '../result.js';
import { applyChoice, checkedChoice } from '../scenario-choice.js';
import { SCENARIOS } from '../scenarios.js';
import type { SimulatedSession } from '../session.model.js';
import { specimenPage, specimenSelfie } from '../specimen/media.js';
import { addShareCode } from '../share-code.js';
import type { Store } from '../store.js';
import { documentStep, interruptionOf, livenessOutcome } from '../user-steps.js';
import { sameToken } from './sandbox.js';

const documentSchema = z.strictObject({
  requirementId: z.string(),
  country: z.string(),
  documentType: z.string(),
  captureMethod: z.enum(['CAMERA', 'UPLOAD']),
  /** Captured pages in order; none for a specimen. */
  pages: z.array(imageSchema).max(2).default([]),
});
const livenessSchema = z.strictObject({ images: z.array(imageSchema).max(3).default([]) });
const scenarioSchema = z.strictObject({ scenario: z.string() });
const errorSchema = z.strictObject({ code: z.int() });

/** What the person's client works on. */
export interface ClientDependencies {
  engine: Engine;
  store: Store;
  clock: VirtualClock;
  faults: FaultBook;
}

/**
 * The session a client token opens.
 *
 * @throws ServiceError 404 `SESSION_NOT_FOUND`, 401 `BAD_TOKEN` (wrong, or the person has finished), 409 `SESSION_EXPIRED`
 */
function openSession(
  { engine, clock }: Pick<ClientDependencies, 'engine' | 'clock'>,
  request: FastifyRequest,
) {
  const session = engine.find(param(request, 'sessionId'));
  const token = request.headers['x-yoti-auth-token'];
  if (typeof token !== 'string' || !sameToken(token, session.token)) {
    throw unauthorised('BAD_TOKEN', 'The client session token is not valid');
  }
  requireOpen(session, clock.now());
  return session;
}

/** The configuration as the client reads it first; counts as the person's arrival. */
export function clientConfiguration(engine: Engine, clock: VirtualClock, request: FastifyRequest) {
  const session = openSession({ engine, clock }, request);
  const opened = engine.apply(session, (current, _plan, ctx) => open(current, ctx), deviceOf(request));
  return sessionConfiguration(opened.session, clock.now());
}

/** What the tracked devices list of a browser; the address is opt-in at the service and stays empty. */
function deviceOf(request: FastifyRequest): Record<string, string> {
  const agent = request.headers['user-agent'] ?? '';
  const browser = ['Edg', 'Firefox', 'Chrome', 'Safari'].find((name) => agent.includes(name)) ?? '';
  const system =
    ['Android', 'iPhone', 'Windows', 'Mac OS', 'Linux'].find((name) => agent.includes(name)) ?? '';
  return {
    ip_address: '',
    browser_name: browser,
    browser_version: new RegExp(`${browser}/([\\d.]+)`).exec(agent)?.[1] ?? '',
    os_name: system,
    locale: request.headers['accept-language']?.split(',')[0] ?? '',
    client_version: 'simulator',
  };
}

/** The private protocol of the page in `client/`. */
export function clientRoutes(app: FastifyInstance, deps: ClientDependencies): void {
  app.addHook('preHandler', async (request, reply) => meetClientFault(request, reply, deps));
  stepRoutes(app, deps);
  documentRoutes(app, deps);
  faceRoutes(app, deps);
  previewRoutes(app, deps);
  panelRoutes(app, deps);
}

/** Lets the scenario's faults act on what the person's page asks for. */
export async function meetClientFault(
  request: FastifyRequest,
  reply: FastifyReply,
  { engine, store, faults }: Pick<ClientDependencies, 'engine' | 'store' | 'faults'>,
): Promise<void> {
  const session = store.sessions.get(param(request, 'sessionId'));
  const fault = session && faults.next(engine.scopeOf(session.sdkId, session), 'client');
  if (fault) await faults.act(fault, request, reply);
}

function stepRoutes(app: FastifyInstance, deps: ClientDependencies): void {
  const { engine } = deps;
  app.post('/:sessionId/consent', async (request, reply) => {
    engine.apply(openSession(deps, request), (session, _plan, ctx) => consent(session, ctx));
    return noContent(reply);
  });
  app.post('/:sessionId/share-code', async (request, reply) => {
    engine.apply(openSession(deps, request), addShareCode, deviceOf(request));
    return noContent(reply);
  });
  app.post('/:sessionId/finish', async (request, reply) => {
    engine.apply(openSession(deps, request), finish, deviceOf(request));
    return noContent(reply);
  });
  app.post('/:sessionId/error', async (request, reply) => {
    const { code } = parseBody(request, errorSchema);
    engine.apply(openSession(deps, request), (session) => ({
      session: { ...session, clientError: code },
      events: [],
    }));
    return noContent(reply);
  });
}

function documentRoutes(app: FastifyInstance, deps: ClientDependencies): void {
  const { engine, store } = deps;
  app.post('/:sessionId/documents', async (request, reply) => {
    const session = openSession(deps, request);
    const { pages, ...presented } = parseBody(request, documentSchema);
    const images = pages.map(({ data }) => readImage(Buffer.from(data, 'base64')));
    const { document } = engine.apply(
      session,
      (current, plan, ctx) => addDocument(current, presented, plan, ctx),
      deviceOf(request),
    );
    images.forEach((image, index) => {
      const page = document.pages[index];
      for (const mediaId of page ? [page.media, ...page.frames] : []) {
        store.saveUpload(session.id, mediaId, image);
      }
    });
    return reply.status(201).send({ id: document.id });
  });
  app.get('/:sessionId/documents/:documentId', async (request) => {
    const session = openSession(deps, request);
    const document = session.documents.find(({ id }) => id === param(request, 'documentId'));
    if (!document) throw notFound('RESOURCE_NOT_FOUND', 'The resource');
    return {
      state: document.task?.state ?? 'DONE',
      recommendation: document.task?.recommendation ?? { value: 'PROGRESS' },
      attemptsRemaining: attemptsRemaining(session, document.requirementId),
      accepted: document.accepted,
      ends: endsOf(engine, session),
    };
  });
}

function faceRoutes(app: FastifyInstance, deps: ClientDependencies): void {
  const { engine, store } = deps;
  app.post('/:sessionId/liveness', async (request, reply) => {
    const session = openSession(deps, request);
    const images = parseBody(request, livenessSchema).images.map(({ data }) =>
      readImage(Buffer.from(data, 'base64')),
    );
    const after = engine.apply(session, addLiveness, deviceOf(request)).session;
    after.liveness[0]?.images.forEach((mediaId, index) => {
      const image = images[index] ?? images[0];
      if (image) store.saveUpload(session.id, mediaId, image);
    });
    return reply.status(201).send({
      approved: livenessApproved(after),
      remaining: livenessRemaining(after),
      ends: endsOf(engine, after),
    });
  });
}

/** How the scenario ends the visit here: `abandoned`, an error code, or null while it goes on. */
const endsOf = (engine: Engine, session: SimulatedSession) =>
  interruptionOf(engine.planOf(session).scenario, session);

/** Specimens as they will look, so that the person can confirm them before they're submitted. */
function previewRoutes(app: FastifyInstance, deps: ClientDependencies): void {
  const { engine } = deps;
  const querySchema = z.object({
    requirement: z.string(),
    country: z.string(),
    type: z.string(),
    page: z.coerce.number().int().min(0).max(1).default(0),
  });
  app.get('/:sessionId/specimen-document', async (request, reply) => {
    const session = openSession(deps, request);
    const query = querySchema.safeParse(request.query);
    if (!query.success) throw payloadValidation([{ property: 'query', message: 'is not complete' }]);
    const { requirement, country, type, page } = query.data;
    const look = documentStep(engine.planOf(session).scenario, session.documents.length)?.outcome;
    const content = await engine.renderOnce([session.id, country, type, page, look].join('/'), () =>
      specimenPage(session, {
        kind: choicesFor(session, requirement).requirement.type,
        country,
        documentType: type,
        page,
        frame: 0,
        look: { expired: look === 'expired', blurred: look === 'unreadable' },
      }),
    );
    return reply.type('image/png').send(content?.bytes);
  });
  app.get('/:sessionId/specimen-face', async (request, reply) => {
    const session = openSession(deps, request);
    const { scenario } = engine.planOf(session);
    const other = livenessOutcome(scenario, session.liveness.length) === 'other_person';
    const content = await specimenSelfie(session, 0, other);
    return reply.type('image/png').send(content.bytes);
  });
}

/** What the simulator's own panel needs: names, scenarios, and a shortcut to the end. */
function panelRoutes(app: FastifyInstance, deps: ClientDependencies): void {
  const { engine } = deps;
  app.get('/:sessionId/panel', async (request) => {
    const session = openSession(deps, request);
    return {
      scenario: engine.planOf(session).scenario.name,
      scenarios: SCENARIOS.map(({ name, title, description }) => ({ name, title, description })),
      countries: countriesOf(session),
      ends: endsOf(engine, session),
    };
  });
  app.put('/:sessionId/scenario', async (request, reply) => {
    const { scenario } = parseBody(request, scenarioSchema);
    const choice = checkedChoice(scenario);
    applyChoice(deps, choice, { sessionId: openSession(deps, request).id });
    return noContent(reply);
  });
  app.post('/:sessionId/complete', async (request) => {
    const session = openSession(deps, request);
    const { session: after } = engine.apply(
      session,
      (current, plan, ctx) => visit(current, plan, {}, ctx),
      deviceOf(request),
    );
    return { end: after.visitEnd ?? 'abandoned' };
  });
}

/** Names and choices of each document requirement, in the order the person meets them. */
function countriesOf(session: SimulatedSession) {
  return session.requirements
    .filter(({ type }) => type === 'ID_DOCUMENT' || type === 'SUPPLEMENTARY_DOCUMENT')
    .map(({ id }) => ({
      requirementId: id,
      countries: choicesFor(session, id).countries.map(({ code, supported_documents: documents }) => ({
        code,
        name: countryName(code),
        documents: documents.map(({ type }) => ({ type, pages: pagesOf(type) })),
      })),
    }));
}
