import type { VirtualClock } from './clock.js';
import type { Engine } from './engine.js';
import { payloadValidation } from './errors.js';
import type { FaultBook } from './faults.js';
import { propertyErrors } from './http.js';
import { scenarioSchema, type ScenarioInput } from './scenario.schema.js';
import { findScenario } from './scenarios.js';
import type { ScenarioChoice } from './session.model.js';
import type { Store } from './store.js';

/** Whose scenario is set: one session's, one application's, or everybody's who has no other. */
export type ScenarioTarget = { sessionId: string } | { sdkId: string } | 'default';

/** What choosing a scenario works on. */
export interface ChoiceDependencies {
  engine: Engine;
  store: Store;
  clock: VirtualClock;
  faults: FaultBook;
  /** Lets everything happen that a moved clock has made due; what it announces is sent in the background. */
  catchUp: () => void;
}

/** The name of what was chosen. */
export const nameOf = (choice: ScenarioChoice) => (typeof choice === 'string' ? choice : choice.name);

/** A name that is known, or a document that is valid. @throws ServiceError 400 `PAYLOAD_VALIDATION` */
export function checkedChoice(choice: string | ScenarioInput): ScenarioChoice {
  if (typeof choice === 'string') {
    if (findScenario(choice)) return choice;
    throw payloadValidation([{ property: 'scenario', message: 'is not known' }]);
  }
  const parsed = scenarioSchema.safeParse(choice);
  if (parsed.success) return parsed.data;
  throw payloadValidation(propertyErrors(parsed.error.issues, ['scenario']));
}

/**
 * Sets a scenario by its name or as a document. It holds from the next step on: what is done stays. Its faults are
 * counted anew, and its clock, if it has one, is set at once.
 *
 * @throws ServiceError 400 `PAYLOAD_VALIDATION`, 404 `SESSION_NOT_FOUND` or `APP_NOT_FOUND`
 */
export function setScenario(
  deps: ChoiceDependencies,
  given: string | ScenarioInput,
  target: ScenarioTarget = 'default',
): void {
  const choice = checkedChoice(given);
  applyChoice(deps, choice, target);
  const change = (typeof choice === 'string' ? findScenario(choice) : choice)?.clock;
  if (!change) return;
  deps.clock.change(change);
  deps.catchUp();
}

/**
 * Sets a checked scenario, without its clock, or takes back what was set.
 *
 * @param choice undefined takes it back
 * @throws ServiceError 404 `SESSION_NOT_FOUND`
 */
export function applyChoice(
  { engine, store, faults }: Pick<ChoiceDependencies, 'engine' | 'store' | 'faults'>,
  choice: ScenarioChoice | undefined,
  target: ScenarioTarget,
): void {
  if (target === 'default') {
    store.setDefaultScenario(choice);
    faults.forget();
  } else if ('sdkId' in target) {
    store.setAppScenario(target.sdkId, choice);
    faults.forget(target.sdkId);
  } else {
    engine.apply(engine.find(target.sessionId), (session) => {
      const { scenario: _before, ...rest } = session;
      return { session: { ...rest, ...(choice !== undefined && { scenario: choice }) }, events: [] };
    });
    faults.forget(target.sessionId);
  }
}
