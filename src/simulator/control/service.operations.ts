import type { z } from 'zod';
import { notFound } from '../errors.js';
import { applyChoice, setScenario, type ScenarioTarget } from '../scenario-choice.js';
import { SCENARIOS } from '../scenarios.js';
import type { ControlDependencies } from './dependencies.js';
import { operation, type Operation } from './operation.js';
import {
  clockAnswerSchema,
  clockChangeSchema,
  resetSchema,
  scenarioChoiceSchema,
  scenarioListSchema,
  scenarioTargetSchema,
  type ClockAnswer,
} from './schemas.js';

/** Whom a choice is for. @throws ServiceError 404 `APP_NOT_FOUND` */
function targetOf(
  { store }: ControlDependencies,
  { sessionId, sdkId }: z.infer<typeof scenarioTargetSchema>,
): ScenarioTarget {
  if (sessionId !== undefined) return { sessionId };
  if (sdkId === undefined) return 'default';
  if (!store.apps.has(sdkId)) throw notFound('APP_NOT_FOUND', 'The application');
  return { sdkId };
}

/** Scenarios: the ready-made ones, and which acts for whom. */
export const scenarioOperations = (deps: ControlDependencies): Operation[] => [
  operation({
    method: 'GET',
    path: '/scenarios',
    id: 'listScenarios',
    tag: 'Scenarios',
    summary: 'List the ready-made scenarios, and name the default one',
    answer: scenarioListSchema,
    run: () => ({ default: deps.store.defaultScenario, items: [...SCENARIOS] }),
  }),
  operation({
    method: 'PUT',
    path: '/scenario',
    id: 'setScenario',
    tag: 'Scenarios',
    summary: 'Set the scenario of a session, of an application, or of everybody else, from now on',
    body: scenarioChoiceSchema,
    fails: { 404: ['SESSION_NOT_FOUND', 'APP_NOT_FOUND'] },
    run: ({ body: { scenario, ...target } }) => {
      setScenario(deps, scenario, targetOf(deps, target));
    },
  }),
  operation({
    method: 'DELETE',
    path: '/scenario',
    id: 'resetScenario',
    tag: 'Scenarios',
    summary: 'Take a scenario back: of a session, of an application, or the default one',
    query: scenarioTargetSchema,
    fails: { 404: ['SESSION_NOT_FOUND', 'APP_NOT_FOUND'] },
    run: ({ query }) => {
      applyChoice(deps, undefined, targetOf(deps, query));
    },
  }),
];

function clockAnswer({ clock }: ControlDependencies): ClockAnswer {
  return {
    now: new Date(clock.now()).toISOString(),
    aheadSeconds: Math.round(clock.offset / 100) / 10,
    frozen: clock.frozen,
  };
}

function reset(
  { store, engine, notifier, faults, requests, clock }: ControlDependencies,
  keepApps: boolean,
): void {
  store.clear(keepApps);
  engine.reset();
  notifier.reset();
  faults.setCommon([]);
  faults.forget();
  requests.clear();
  clock.reset();
}

/** The clock, and the way back to an untouched simulator. */
export const serviceOperations = (deps: ControlDependencies): Operation[] => [
  operation({
    method: 'GET',
    path: '/clock',
    id: 'getClock',
    tag: 'Clock',
    summary: "Read the simulator's clock",
    answer: clockAnswerSchema,
    run: () => clockAnswer(deps),
  }),
  operation({
    method: 'POST',
    path: '/clock',
    id: 'changeClock',
    tag: 'Clock',
    summary:
      'Skip time, stop it, or let it run; answers when everything due by then has happened and was announced',
    body: clockChangeSchema,
    answer: clockAnswerSchema,
    run: async ({ body }) => {
      await deps.changeClock(body);
      return clockAnswer(deps);
    },
  }),
  operation({
    method: 'POST',
    path: '/reset',
    id: 'reset',
    tag: 'Clock',
    summary: 'Forget sessions, notifications, requests, scenarios and faults, and run by real time again',
    body: resetSchema,
    bodyOptional: true,
    run: ({ body: { keepApps } }) => reset(deps, keepApps),
  }),
];
