import {
  addDocument,
  addLiveness,
  attemptsRemaining,
  choicesFor,
  consent,
  livenessApproved,
  livenessRemaining,
} from './capture.js';
import { advance, finish, satisfied } from './progress.js';
import type { Plan } from './reports.js';
import type { Context, Requirement, SessionEvent, SimulatedSession, Transition } from './session.model.js';

/** A document the agent presents; what is left out is chosen among what the session allows. */
export interface AgentDocument {
  issuing_country?: string | undefined;
  document_type?: string | undefined;
  capture_method?: 'CAMERA' | 'UPLOAD' | undefined;
}

export interface AgentResources {
  id_documents?: AgentDocument[] | undefined;
  supplementary_documents?: AgentDocument[] | undefined;
}

/** How the person's visit ended. The numbers are the client's error codes. */
export type VisitEnd = 'finished' | 'abandoned' | 4001 | 5002;

type Visit = { session: SimulatedSession; events: SessionEvent[] };

function step(walk: Visit, transition: Transition): void {
  walk.session = transition.session;
  walk.events.push(...transition.events);
}

/** Walks a session to its end as the person would, without a browser; the scenario decides how it goes. */
export function visit(
  session: SimulatedSession,
  plan: Plan,
  resources: AgentResources,
  ctx: Context,
): Transition & { end: VisitEnd } {
  const instant = { ...plan, timing: { ...plan.timing, extractionDelay: 0 } };
  const walk: Visit = { session, events: [] };
  const end = walkThrough(walk, instant, resources, ctx);
  if (end !== 'finished' && end !== 'abandoned') walk.session = { ...walk.session, clientError: end };
  return { ...walk, end };
}

function walkThrough(walk: Visit, plan: Plan, resources: AgentResources, ctx: Context): VisitEnd {
  if (!walk.session.spec.block_biometric_consent) step(walk, consent(walk.session, ctx));
  const presented = {
    ID_DOCUMENT: [...(resources.id_documents ?? [])],
    SUPPLEMENTARY_DOCUMENT: [...(resources.supplementary_documents ?? [])],
  };
  for (const requirement of walk.session.requirements) {
    if (requirement.type !== 'ID_DOCUMENT' && requirement.type !== 'SUPPLEMENTARY_DOCUMENT') continue;
    if (satisfied(walk.session, requirement)) continue;
    if (!present(walk, plan, requirement, presented[requirement.type].shift() ?? {}, ctx)) return 4001;
  }
  if (plan.scenario.abandons) return 'abandoned';
  while (livenessRemaining(walk.session) > 0 && needsLiveness(walk.session)) {
    step(walk, addLiveness(walk.session, plan, ctx));
  }
  if (needsLiveness(walk.session)) return 5002;
  step(walk, finish(walk.session, plan, ctx));
  step(walk, advance(walk.session, plan, ctx));
  return 'finished';
}

const needsLiveness = (session: SimulatedSession) =>
  session.requirements.some(({ type }) => type === 'LIVENESS') && !livenessApproved(session);

/** Presents a document until it's accepted; false when the attempts run out. */
function present(
  walk: Visit,
  plan: Plan,
  requirement: Requirement,
  wanted: AgentDocument,
  ctx: Context,
): boolean {
  const { countries } = choicesFor(walk.session, requirement.id);
  const preset = wanted.issuing_country ?? walk.session.spec.sdk_config?.preset_issuing_country;
  const country = countries.find(({ code }) => code === preset) ?? countries[0];
  const document = {
    requirementId: requirement.id,
    country: wanted.issuing_country ?? country?.code ?? 'GBR',
    documentType: wanted.document_type ?? country?.supported_documents[0]?.type ?? 'PASSPORT',
    captureMethod: wanted.capture_method ?? ('CAMERA' as const),
  };
  while (attemptsRemaining(walk.session, requirement.id) > 0) {
    step(walk, addDocument(walk.session, document, plan, ctx));
    step(walk, advance(walk.session, plan, ctx));
    if (satisfied(walk.session, requirement)) return true;
  }
  return false;
}
