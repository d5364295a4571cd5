import { addDocument, attemptsRemaining } from './capture-document.js';
import { addLiveness, livenessRemaining, needsLiveness } from './capture-liveness.js';
import { choicesFor, consent, open } from './capture.js';
import { ServiceError } from './errors.js';
import { advance, finish, nextDue, satisfied } from './progress.js';
import type { Plan } from './reports.js';
import type { UserStep } from './scenario.schema.js';
import type {
  AgentDocument,
  Context,
  Requirement,
  SessionEvent,
  SimulatedSession,
  Transition,
  VisitEnd,
  Visitor,
} from './session.model.js';
import { addShareCode } from './share-code.js';
import { documentStep, endOf, visitSteps } from './user-steps.js';

/** What the agent brings along. */
export interface AgentResources {
  id_documents?: AgentDocument[] | undefined;
  supplementary_documents?: AgentDocument[] | undefined;
}

type Walk = { session: SimulatedSession; events: SessionEvent[] };

function take(walk: Walk, transition: Transition): undefined {
  walk.session = transition.session;
  walk.events.push(...transition.events);
}

const seconds = ({ think = 0 }: UserStep) => think * 1000;

/**
 * A person without a browser starts on the scenario's steps, and takes those that are due. Think times and a delay of
 * text extraction that the scenario names make them wait; the rest follows with `passTime`.
 */
export function visit(
  session: SimulatedSession,
  plan: Plan,
  resources: AgentResources,
  ctx: Context,
): Transition {
  const steps = visitSteps(plan.scenario);
  const visitor: Visitor = {
    steps,
    next: 0,
    dueAt: ctx.now + (steps[0] ? seconds(steps[0]) : 0),
    documents: {
      ID_DOCUMENT: [...(resources.id_documents ?? [])],
      SUPPLEMENTARY_DOCUMENT: [...(resources.supplementary_documents ?? [])],
    },
  };
  return walkOn({ ...session, visitor }, plan, ctx);
}

/** When something happens by itself next, the visitor's steps included; undefined when nothing will. */
export function nextChange(session: SimulatedSession): number | undefined {
  const times = [nextDue(session), session.visitor?.dueAt].filter((time) => time !== undefined);
  return times.length ? Math.min(...times) : undefined;
}

/** Lets everything happen that is due until now, each at its own time and in order. */
export function passTime(session: SimulatedSession, plan: Plan, ctx: Context): Transition {
  const walk: Walk = { session, events: [] };
  for (let due = nextChange(session); due !== undefined && due <= ctx.now; due = nextChange(walk.session)) {
    const then = { ...ctx, now: due };
    take(walk, advance(walk.session, plan, then));
    try {
      take(walk, walkOn(walk.session, plan, then));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      leave(walk, REFUSALS[error.code] ?? 5004);
    }
  }
  return walk;
}

/** What the client makes of a refusal. */
const REFUSALS: Record<string, number> = { BAD_TOKEN: 2000, SESSION_EXPIRED: 2002 };

/** Takes the visitor's steps that are due. */
function walkOn(session: SimulatedSession, plan: Plan, ctx: Context): Transition {
  const walk: Walk = { session, events: [] };
  const patient = { ...plan, timing: { ...plan.timing, extractionDelay: delayOf(plan) } };
  while (walk.session.visitor && walk.session.visitor.dueAt <= ctx.now) {
    takeStep(walk, structuredClone(walk.session.visitor), patient, ctx);
  }
  return walk;
}

/** Without a browser text is there at once, unless the scenario says otherwise. */
const delayOf = ({ scenario }: Plan) => scenario.timing?.extraction_delay ?? 0;

function leave(walk: Walk, end: VisitEnd): void {
  const { visitor: _gone, ...session } = walk.session;
  walk.session = { ...session, visitEnd: end, ...(typeof end === 'number' && { clientError: end }) };
}

function takeStep(walk: Walk, visitor: Visitor, plan: Plan, ctx: Context): void {
  const step = visitor.steps[visitor.next] ?? { step: 'finish' };
  const end = endOf(step) ?? act(walk, visitor, step, plan, ctx);
  if (end !== undefined) {
    leave(walk, end);
    if (end === 'finished') take(walk, advance(walk.session, plan, ctx));
    return;
  }
  take(walk, advance(walk.session, plan, ctx));
  // `finish` is taken again and again, until nothing is missing.
  const next = step.step === 'finish' ? visitor.next : visitor.next + 1;
  const following = visitor.steps[next];
  const reading = [...walk.session.documents, ...walk.session.shareCodes].flatMap(({ task }) =>
    task?.state === 'PENDING' ? [task.dueAt] : [],
  );
  const dueAt = Math.max(ctx.now, ...reading) + (following && next > visitor.next ? seconds(following) : 0);
  walk.session = { ...walk.session, visitor: { ...visitor, next, dueAt } };
}

/** Does what a step says. @returns how that ends the visit, if it does */
function act(walk: Walk, visitor: Visitor, step: UserStep, plan: Plan, ctx: Context): VisitEnd | undefined {
  switch (step.step) {
    case 'open':
      return take(walk, open(walk.session, ctx));
    case 'consent':
      return agree(walk, ctx);
    case 'present_document':
      return present(walk, visitor, plan, ctx);
    case 'liveness':
      return live(walk, plan, ctx);
    default:
      return supplyNext(walk, visitor, plan, ctx);
  }
}

/** The first thing that is still missing; the end of the visit when nothing is. */
function supplyNext(walk: Walk, visitor: Visitor, plan: Plan, ctx: Context): VisitEnd | undefined {
  agree(walk, ctx);
  const missing = walk.session.requirements.find((requirement) => !satisfied(walk.session, requirement));
  if (missing?.type === 'SHARE_CODE') return take(walk, addShareCode(walk.session, plan, ctx));
  if (missing?.type === 'LIVENESS') return live(walk, plan, ctx);
  if (missing && 'index' in missing) return present(walk, visitor, plan, ctx);
  take(walk, finish(walk.session, plan, ctx));
  return 'finished';
}

function agree(walk: Walk, ctx: Context): undefined {
  if (walk.session.spec.block_biometric_consent === true) return undefined;
  return take(walk, consent(walk.session, ctx));
}

/** One liveness attempt, if one is open. @returns 5002 when that was the last and none was approved */
function live(walk: Walk, plan: Plan, ctx: Context): VisitEnd | undefined {
  if (!needsLiveness(walk.session)) return undefined;
  agree(walk, ctx);
  if (livenessRemaining(walk.session) > 0) take(walk, addLiveness(walk.session, plan, ctx));
  return needsLiveness(walk.session) && livenessRemaining(walk.session) === 0 ? 5002 : undefined;
}

type DocumentRequirement = Extract<Requirement, { index: number }>;

/** One capture of the next document that is missing. @returns 4001 when that was the last attempt */
function present(walk: Walk, visitor: Visitor, plan: Plan, ctx: Context): VisitEnd | undefined {
  const requirement = walk.session.requirements.find(
    (one): one is DocumentRequirement => 'index' in one && !satisfied(walk.session, one),
  );
  if (!requirement) return undefined;
  const document = chooseDocument(walk.session, requirement, visitor, plan);
  if (attemptsRemaining(walk.session, requirement.id) > 0) {
    take(walk, addDocument(walk.session, document, plan, ctx));
  }
  const over = attemptsRemaining(walk.session, requirement.id) === 0;
  if (satisfied(walk.session, requirement)) visitor.documents[requirement.type].shift();
  else if (over) return 4001;
  return undefined;
}

/** What the agent brought, else what the scenario says where it's allowed, else the first document that is. */
function chooseDocument(
  session: SimulatedSession,
  { id, type }: DocumentRequirement,
  visitor: Visitor,
  plan: Plan,
) {
  const { countries } = choicesFor(session, id);
  const [brought = {}] = visitor.documents[type];
  const step = type === 'ID_DOCUMENT' ? documentStep(plan.scenario, session.documents.length) : undefined;
  const issuing = (code: string | undefined) => countries.find((country) => country.code === code);
  const offers = (country: (typeof countries)[number] | undefined) =>
    country?.supported_documents.some((one) => one.type === step?.type) === true;
  const preferred =
    issuing(brought.issuing_country ?? step?.country) ??
    issuing(session.spec.sdk_config?.preset_issuing_country);
  const fitting = step?.country === undefined && !offers(preferred) ? countries.find(offers) : undefined;
  const country = fitting ?? preferred ?? countries[0];
  return {
    requirementId: id,
    country: brought.issuing_country ?? country?.code ?? 'GBR',
    documentType:
      brought.document_type ??
      (offers(country) ? step?.type : undefined) ??
      country?.supported_documents[0]?.type ??
      'PASSPORT',
    captureMethod: brought.capture_method ?? step?.capture_method ?? ('CAMERA' as const),
    documentNumber: brought.document_number,
  };
}
