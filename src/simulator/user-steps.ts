import type { Scenario, UserStep } from './scenario.schema.js';
import type { SimulatedSession, VisitEnd } from './session.model.js';

type StepOf<Name extends UserStep['step']> = Extract<UserStep, { step: Name }>;

const stepsOf = <Name extends UserStep['step']>({ user = [] }: Scenario, name: Name): StepOf<Name>[] =>
  user.filter((one): one is StepOf<Name> => one.step === name);

/** The step that a capture follows: the first capture the first step, and beyond the last step the last one again. */
const nth = <Step>(steps: Step[], attempt: number): Step | undefined =>
  steps[Math.min(attempt, steps.length - 1)];

/** How the capture of a document goes, whoever makes it; `attempt` counts the captures before it in the session. */
export const documentStep = (scenario: Scenario, attempt: number) =>
  nth(stepsOf(scenario, 'present_document'), attempt);

/** How a liveness attempt goes; `attempt` counts those before it. */
export const livenessOutcome = (scenario: Scenario, attempt: number): StepOf<'liveness'>['outcome'] =>
  nth(stepsOf(scenario, 'liveness'), attempt)?.outcome ?? 'ok';

const ENDS = new Set<UserStep['step']>(['finish', 'abandon', 'cancel', 'client_error']);

/** The steps of a visit without a browser: what the scenario says, opened first and finished where it doesn't say how it ends. */
export function visitSteps({ user = [] }: Scenario): UserStep[] {
  const end = user.findIndex(({ step }) => ENDS.has(step));
  const steps = end < 0 ? user : user.slice(0, end + 1);
  return [
    ...(steps[0]?.step === 'open' ? [] : [{ step: 'open' as const }]),
    ...steps,
    ...(end < 0 ? [{ step: 'finish' as const }] : []),
  ];
}

/** How a step ends a visit; undefined when it doesn't, or when it ends it well. */
export function endOf(step: UserStep): VisitEnd | undefined {
  if (step.step === 'abandon') return 'abandoned';
  if (step.step === 'cancel') return 1000;
  return step.step === 'client_error' ? step.code : undefined;
}

/** How the scenario ends the visit of a person in a browser, who has come as far as the session tells; null while it goes on. */
export function interruptionOf(scenario: Scenario, session: SimulatedSession): VisitEnd | null {
  let documents = session.documents.length;
  let attempts = session.liveness.length;
  for (const step of scenario.user ?? []) {
    const end = endOf(step);
    if (end !== undefined) return end;
    if (step.step === 'finish') return null;
    if (step.step === 'consent' && asksConsent(session) && session.consentAt === undefined) return null;
    if (step.step === 'present_document' && has(session, 'DOCUMENT') && (documents -= 1) < 0) return null;
    if (step.step === 'liveness' && has(session, 'LIVENESS') && (attempts -= 1) < 0) return null;
  }
  return null;
}

const has = (session: SimulatedSession, type: string) =>
  session.requirements.some((requirement) => requirement.type.endsWith(type));

/** Whether the client asks for the consent to use biometric data. */
export const asksConsent = (session: SimulatedSession) =>
  session.spec.block_biometric_consent !== true &&
  session.requirements.some(({ type }) => type === 'LIVENESS' || type === 'FACE_CAPTURE');
