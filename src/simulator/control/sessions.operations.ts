import { play } from '../engine.js';
import { sessionConfiguration, sessionResult, trackedDevices } from '../result.js';
import { stateOf, type SimulatedSession } from '../session.model.js';
import type { ControlDependencies } from './dependencies.js';
import { operation, type Operation } from './operation.js';
import { redact } from './redact.js';
import {
  journeyEndSchema,
  journeySchema,
  sessionListSchema,
  sessionQuerySchema,
  sessionSchema,
  type SessionDetail,
  type SessionSummary,
} from './schemas.js';
import { timelineOf } from './timeline.js';

const iso = (ms: number) => new Date(ms).toISOString();
const isoOrNull = (ms: number | undefined) => (ms === undefined ? null : iso(ms));

function personOf({ finishedAt, devices, documents, liveness }: SimulatedSession): SessionSummary['person'] {
  if (finishedAt !== undefined) return 'finished';
  return devices.length || documents.length || liveness.length ? 'capturing' : 'not_started';
}

function summary(session: SimulatedSession, { engine, clock }: ControlDependencies): SessionSummary {
  const { scenario, source } = engine.scopeOf(session.sdkId, session);
  return {
    sessionId: session.id,
    sdkId: session.sdkId,
    userTrackingId: session.spec.user_tracking_id ?? null,
    state: stateOf(session, clock.now()),
    person: personOf(session),
    scenario: scenario.name,
    scenarioSource: source,
    clientError: session.clientError ?? null,
    createdAt: iso(session.createdAt),
    expiresAt: iso(session.deadline),
  };
}

function detail(session: SimulatedSession, deps: ControlDependencies): SessionDetail {
  const now = deps.clock.now();
  const deliveries = deps.notifier.deliveries().filter(({ sessionId }) => sessionId === session.id);
  return {
    ...summary(session, deps),
    finishedAt: isoOrNull(session.finishedAt),
    completedAt: isoOrNull(session.completedAt),
    retainedUntil: iso(session.retainUntil),
    specification: redact(session.received) as Record<string, unknown>,
    result: redact(sessionResult(session, now)) as Record<string, unknown>,
    configuration: sessionConfiguration(session, now),
    trackedDevices: trackedDevices(session),
    timeline: timelineOf(session, deliveries).map((step) => ({ ...step, at: iso(step.at) })),
    scenarioDocument: deps.engine.scopeOf(session.sdkId, session).scenario,
  };
}

/** Sessions: what was asked for, what happened, what comes back; and the person's journey in one call. */
export const sessionOperations = (deps: ControlDependencies): Operation[] => [
  operation({
    method: 'GET',
    path: '/sessions',
    id: 'listSessions',
    tag: 'Sessions',
    summary: 'List sessions, newest first',
    query: sessionQuerySchema,
    answer: sessionListSchema,
    run: ({ query: { sdkId, state, text, limit } }) => ({
      items: [...deps.store.sessions.values()]
        .toReversed()
        .map((session) => summary(session, deps))
        .filter((one) => sdkId === undefined || one.sdkId === sdkId)
        .filter((one) => state === undefined || one.state === state)
        .filter((one) => !text || one.sessionId.includes(text) || one.userTrackingId?.includes(text))
        .slice(0, limit),
    }),
  }),
  operation({
    method: 'GET',
    path: '/sessions/{sessionId}',
    id: 'getSession',
    tag: 'Sessions',
    summary: 'One session: what was asked for, what happened, what comes back',
    answer: sessionSchema,
    fails: { 404: ['SESSION_NOT_FOUND'] },
    run: ({ param }) => detail(deps.engine.find(param('sessionId')), deps),
  }),
  operation({
    method: 'POST',
    path: '/sessions/{sessionId}/journey',
    id: 'playJourney',
    tag: 'Sessions',
    summary: 'Play the whole visit of the person, as the scenario has it',
    body: journeySchema,
    bodyOptional: true,
    answer: journeyEndSchema,
    fails: {
      401: ['BAD_TOKEN'],
      404: ['SESSION_NOT_FOUND'],
      409: ['SESSION_EXPIRED', 'INCOMPLETE'],
    },
    run: ({ param, body: { documents } }) => {
      const id_documents = documents?.map(({ country, type, captureMethod }) => ({
        issuing_country: country,
        document_type: type,
        capture_method: captureMethod,
      }));
      play(deps.engine, param('sessionId'), { id_documents });
      const session = deps.engine.find(param('sessionId'));
      return { end: session.visitEnd ?? null, session: summary(session, deps) };
    },
  }),
];
