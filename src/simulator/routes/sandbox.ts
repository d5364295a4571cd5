import type { FastifyInstance } from 'fastify';
import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { play, type Engine } from '../engine.js';
import { unauthorised } from '../errors.js';
import type { FaultBook } from '../faults.js';
import { noContent, param, parseBody } from '../http.js';
import { responseConfigSchema, scenarioOf } from '../response-config.js';
import { applyChoice } from '../scenario-choice.js';
import type { Store } from '../store.js';
import { callerOf } from './authenticate.js';

const agentDocument = z.looseObject({
  issuing_country: z.string().optional(),
  document_type: z.string().optional(),
  capture_method: z.enum(['CAMERA', 'UPLOAD']).optional(),
  document_number: z
    .string()
    .regex(/^[A-Z0-9]{1,18}$/)
    .optional()
    .describe('Printed on the specimen; its ending may select a scenario.'),
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

/** What the sandbox's calls work on. */
export interface SandboxDependencies {
  engine: Engine;
  store: Store;
  faults: FaultBook;
}

/** Whether a client token is the session's, without telling by the time it takes. */
export function sameToken(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The sandbox's own calls: fixed results, and finishing a session without a browser. */
export function sandboxRoutes(app: FastifyInstance, deps: SandboxDependencies): void {
  const { engine } = deps;
  app.put('/sessions/:sessionId/response-config', async (request, reply) => {
    const config = parseBody(request, responseConfigSchema);
    const { id: sessionId } = engine.owned(param(request, 'sessionId'), callerOf(request));
    applyChoice(deps, scenarioOf(config), { sessionId });
    return noContent(reply);
  });
  app.put('/apps/:sdkId/response-config', async (request, reply) => {
    const config = parseBody(request, responseConfigSchema);
    applyChoice(deps, scenarioOf(config), { sdkId: param(request, 'sdkId') });
    return noContent(reply);
  });
  app.post('/agent', async (request, reply) => {
    const { session_id: id, client_session_token: token, resources } = parseBody(request, agentSchema);
    const session = engine.owned(id, callerOf(request));
    if (!sameToken(token, session.token)) {
      throw unauthorised('BAD_TOKEN', 'The client session token is not valid');
    }
    play(engine, session.id, resources);
    return noContent(reply);
  });
}
