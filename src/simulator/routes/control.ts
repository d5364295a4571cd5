import type { FastifyInstance } from 'fastify';
import { appOperations } from '../control/apps.operations.js';
import type { ControlDependencies } from '../control/dependencies.js';
import { guardControl } from '../control/guard.js';
import { controlDocument } from '../control/openapi.js';
import { registerOperations, type Operation } from '../control/operation.js';
import { controlPage } from '../control/page.js';
import { scenarioOperations, serviceOperations } from '../control/service.operations.js';
import { sessionOperations } from '../control/sessions.operations.js';
import { notificationOperations, requestOperations } from '../control/traffic.operations.js';
import { notFound } from '../errors.js';
import { param, toServiceError } from '../http.js';

/** Where the control paths are. */
export const CONTROL_PREFIX = '/control';

/** Every operation of the control API. */
export const controlOperations = (deps: ControlDependencies): Operation[] => [
  ...appOperations(deps),
  ...sessionOperations(deps),
  ...scenarioOperations(deps),
  ...notificationOperations(deps),
  ...requestOperations(deps),
  ...serviceOperations(deps),
];

export interface ControlOptions {
  /** Of the signed paths and the person's page. */
  basePath: string;
  /** Host names besides the loopback's under which the control paths are served. */
  hosts: readonly string[];
}

/** The developer's side door, outside the signed paths: a page, an API and its document. */
export function controlRoutes(
  app: FastifyInstance,
  deps: ControlDependencies,
  { basePath, hosts }: ControlOptions,
): void {
  guardControl(app, hosts);
  // These paths are ours: their errors always have a message, whatever the simulated service leaves out.
  app.setErrorHandler((error: Error, _request, reply) => {
    const known = toServiceError(error);
    return reply.status(known.status).send(known.toBody(true));
  });
  // Without one of its own the guard wouldn't see what has no route.
  app.setNotFoundHandler(async () => {
    throw notFound('NOT_FOUND', 'The path');
  });
  const operations = controlOperations(deps);
  registerOperations(app, operations);
  const document = controlDocument(operations, CONTROL_PREFIX);
  app.get('/openapi.json', async () => document);
  clientRedirect(app, deps, basePath);
  controlPage(app);
}

/** To the person's page, with the token that the control API itself never shows. */
function clientRedirect(app: FastifyInstance, { engine }: ControlDependencies, basePath: string): void {
  app.get('/sessions/:sessionId/client', async (request, reply) => {
    const { id, token } = engine.find(param(request, 'sessionId'));
    const query = new URLSearchParams({ sessionID: id, sessionToken: token });
    return reply.redirect(`${basePath}/web/index.html?${query.toString()}`);
  });
}
