import type { ScenarioInput } from '../../src/simulator/scenario.schema.js';
import { findScenario } from '../../src/simulator/scenarios.js';
import type { Dice } from './dice.js';

/** What a session is meant to come to, and what has to be told of it. */
export interface Kind {
  /** Out of a hundred. */
  weight: number;
  /** The simulator's ready-made scenario; null when the integrator cancels. */
  scenario: string | null;
  status: 'completed' | 'expired' | 'cancelled';
  outcome: 'approved' | 'rejected' | null;
  /** What a reviewer decides, where one has to. */
  review?: { decision: 'approved' | 'rejected'; reasonCode: string };
}

export const KINDS = {
  approved: { weight: 40, scenario: 'happy', status: 'completed', outcome: 'approved' },
  'approved at the second try': {
    weight: 10,
    scenario: 'liveness_second_try',
    status: 'completed',
    outcome: 'approved',
  },
  'rejected by a rule': {
    weight: 15,
    scenario: 'face_mismatch',
    status: 'completed',
    outcome: 'rejected',
  },
  'approved in review': {
    weight: 10,
    scenario: 'blurred_not_available',
    status: 'completed',
    outcome: 'approved',
    review: { decision: 'approved', reasonCode: 'known_customer' },
  },
  'rejected in review': {
    weight: 10,
    scenario: 'forged_document',
    status: 'completed',
    outcome: 'rejected',
    review: { decision: 'rejected', reasonCode: 'document_not_genuine' },
  },
  expired: { weight: 10, scenario: 'user_abandons', status: 'expired', outcome: null },
  cancelled: { weight: 5, scenario: null, status: 'cancelled', outcome: null },
} as const satisfies Record<string, Kind>;
export type KindName = keyof typeof KINDS;

/** A session of the run: which tenant's, what is to become of it, and whether its notifications come late. */
export interface PlannedSession {
  /** The integrator's reference, and its idempotency key. */
  reference: string;
  tenant: number;
  kind: KindName;
  /** Seconds from the start until it is created. */
  startsAfter: number;
  /** Seconds that the person takes before the visit. */
  thinks: number;
  scenario: ScenarioInput | null;
}

/** Of all sessions. */
const REORDERED = 0.5;
const DELAYED = 0.3;
const weights = Object.fromEntries(
  Object.entries(KINDS).map(([name, { weight }]) => [name, weight]),
) as Record<KindName, number>;

/** Everything that is to happen to the sessions; the same for the same seed and size. */
export function planSessions(
  dice: Dice,
  size: { sessions: number; tenants: number; seconds: number },
): PlannedSession[] {
  return Array.from({ length: size.sessions }, (_, index) => {
    const kind = dice.pick(weights, 'kind', index);
    return {
      reference: `order-${index + 1}`,
      tenant: index % size.tenants,
      kind,
      startsAfter: (index / size.sessions) * size.seconds,
      thinks: dice.throw('thinks', index) * 4,
      scenario: scenarioOf(dice, index, KINDS[kind].scenario),
    };
  });
}

function scenarioOf(dice: Dice, index: number, name: string | null): ScenarioInput | null {
  if (name === null) return null;
  const scenario = findScenario(name);
  if (!scenario) throw new Error(`The simulator has no scenario ${name}.`);
  const delayed = dice.throw('delayed', index) < DELAYED;
  return {
    ...scenario,
    notifications: {
      reorder: dice.throw('reordered', index) < REORDERED,
      ...(delayed && { delay: dice.throw('delay', index) * 5 }),
    },
  };
}
