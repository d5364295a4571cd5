import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { noContent, parseBody } from '../http.js';
import { DEFAULT_KNOBS, type Notifier } from '../notifications.js';
import type { ClockChange } from '../scenario.schema.js';
import { setScenario, type ChoiceDependencies } from '../scenario-choice.js';
import { SCENARIOS } from '../scenarios.js';
import { stateOf } from '../session.model.js';

const appSchema = z.strictObject({
  sdkId: z.string().min(1),
  publicKeyPem: z.string().min(1),
  enabled: z.boolean().optional(),
});
const clockSchema = z.strictObject({ advance: z.number().min(0).describe('seconds') });
const scenarioSchema = z.strictObject({ scenario: z.string(), sessionId: z.string().optional() });
const knobsSchema = z.strictObject({
  duplicate: z.int().min(0).max(20).optional(),
  drop: z.array(z.string()).optional(),
  reorder: z.boolean().optional(),
  delay: z.number().min(0).optional(),
  badAuth: z.union([z.boolean(), z.literal('missing')]).optional(),
});

/** What the control paths work on. */
export interface ControlDependencies extends ChoiceDependencies {
  notifier: Notifier;
  /** Resolves when everything due by then has happened and was announced. */
  changeClock: (change: ClockChange) => Promise<void>;
}

/** The developer's side door, outside the signed paths: applications, time, scenarios, and what was sent. */
export function controlRoutes(app: FastifyInstance, deps: ControlDependencies): void {
  const { store, clock, notifier } = deps;
  app.post('/apps', async (request, reply) => {
    const { enabled, ...registered } = parseBody(request, appSchema);
    store.saveApp({ ...registered, ...(enabled !== undefined && { enabled }) });
    return noContent(reply);
  });
  app.get('/apps', async () => ({ items: [...store.apps.values()].map(({ sdkId }) => ({ sdkId })) }));
  app.get('/sessions', async () => ({
    items: [...store.sessions.values()].map((session) => ({
      sessionId: session.id,
      sdkId: session.sdkId,
      state: stateOf(session, clock.now()),
      clientError: session.clientError,
      createdAt: new Date(session.createdAt).toISOString(),
      expiresAt: new Date(session.deadline).toISOString(),
    })),
  }));
  app.post('/clock', async (request) => {
    await deps.changeClock(parseBody(request, clockSchema));
    return { now: new Date(clock.now()).toISOString() };
  });
  app.get('/clock', async () => ({ now: new Date(clock.now()).toISOString() }));
  app.get('/scenarios', async () => ({ default: store.defaultScenario, items: SCENARIOS }));
  app.put('/scenario', async (request, reply) => {
    const { scenario, sessionId } = parseBody(request, scenarioSchema);
    setScenario(deps, scenario, sessionId === undefined ? 'default' : { sessionId });
    return noContent(reply);
  });
  app.get('/notifications', async () => ({ knobs: notifier.knobs, items: notifier.deliveries() }));
  app.put('/notifications', async (request, reply) => {
    const knobs = Object.fromEntries(
      Object.entries(parseBody(request, knobsSchema)).filter(([, value]) => value !== undefined),
    );
    notifier.knobs = { ...DEFAULT_KNOBS, ...knobs };
    return noContent(reply);
  });
}
