import { describe, expect, it } from '@jest/globals';
import { scenarioSchema, type ScenarioInput } from './scenario.schema.js';
import type { SimulatedSession } from './session.model.js';
import { documentStep, interruptionOf, livenessOutcome, visitSteps } from './user-steps.js';

const scenario = (user?: ScenarioInput['user']) =>
  scenarioSchema.parse({ name: 'steps', title: 'Steps', description: '', ...(user && { user }) });

describe('outcomes by attempt', () => {
  const twice = scenario([
    { step: 'present_document', outcome: 'wrong_type' },
    { step: 'liveness', outcome: 'rejected' },
    { step: 'present_document' },
  ]);

  it.each([
    [0, 'wrong_type', 'rejected'],
    [1, 'ok', 'rejected'],
    [7, 'ok', 'rejected'],
  ])('attempt %i: %s and %s, the last step repeating', (attempt, document, face) => {
    expect(documentStep(twice, attempt)?.outcome).toBe(document);
    expect(livenessOutcome(twice, attempt)).toBe(face);
  });

  it('all is well without steps', () => {
    expect(documentStep(scenario(), 0)).toBeUndefined();
    expect(livenessOutcome(scenario([]), 0)).toBe('ok');
  });
});

describe('the steps of a visit', () => {
  it.each<[ScenarioInput['user'], string[]]>([
    [undefined, ['open', 'finish']],
    [[{ step: 'liveness' }], ['open', 'liveness', 'finish']],
    [
      [{ step: 'open' }, { step: 'abandon' }, { step: 'liveness' }],
      ['open', 'abandon'],
    ],
    [[{ step: 'cancel' }], ['open', 'cancel']],
  ])('%j', (user, steps) => {
    expect(visitSteps(scenario(user)).map(({ step }) => step)).toEqual(steps);
  });
});

describe('how a visit in a browser ends', () => {
  const session = (documents: number, attempts: number, consented = true) =>
    ({
      spec: {},
      requirements: [{ type: 'ID_DOCUMENT' }, { type: 'LIVENESS' }],
      documents: Array.from({ length: documents }),
      liveness: Array.from({ length: attempts }),
      ...(consented && { consentAt: 1 }),
    }) as unknown as SimulatedSession;
  const user = [
    { step: 'open' },
    { step: 'consent' },
    { step: 'present_document' },
    { step: 'liveness' },
    { step: 'client_error', code: 5010 },
  ] satisfies ScenarioInput['user'];

  it.each<[ScenarioInput['user'], SimulatedSession, unknown]>([
    [undefined, session(5, 5), null],
    [user, session(0, 0, false), null],
    [user, session(0, 0), null],
    [user, session(1, 0), null],
    [user, session(1, 1), 5010],
    [[{ step: 'abandon' }], session(0, 0, false), 'abandoned'],
    [[{ step: 'finish' }, { step: 'cancel' }], session(3, 3), null],
    [[{ step: 'cancel' }], session(0, 0), 1000],
  ])('%j', (steps, found, end) => {
    expect(interruptionOf(scenario(steps), found)).toBe(end);
  });
});
