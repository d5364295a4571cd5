import { countedChecks } from '../yoti/result-facts.js';
import type { CheckResult, SessionResult } from '../yoti/result.js';
import type { Condition, DecisionRules } from './policy.document.js';

/** What the rules came to, and why. Codes and counts only, no personal data. */
export interface Evaluation {
  outcome: 'approved' | 'rejected' | 'in_review';
  /** Name of the rule that decided; null when none did. */
  rule: string | null;
  reasonCodes: string[];
  /** What it was decided on, such as `ID_DOCUMENT_AUTHENTICITY.recommendation=REJECT`. */
  facts: string[];
}

/** All checks of one type. */
interface Judgement {
  type: string;
  checks: CheckResult[];
  /** Those that matter: of several attempts at liveness only one does. */
  counted: CheckResult[];
  approved: boolean;
}

interface CheckTree {
  state: string;
  judgements: Judgement[];
}

const outcomes = { approve: 'approved', reject: 'rejected', review: 'in_review' } as const;

/**
 * Decides a session: the first rule whose conditions all hold. Without rules, a completed session is approved when
 * every check is; for liveness one approved attempt is enough (Yoti: what each check's recommendation means). A check
 * that is missing, unfinished or recommends something unknown is never approved.
 *
 * @param requestedCheckTypes what the policy asked for, so that a missing check is noticed
 */
export function evaluateRules(
  decision: DecisionRules,
  result: SessionResult,
  requestedCheckTypes: readonly string[],
): Evaluation {
  const tree = judge(result, requestedCheckTypes);
  for (const { name, when, outcome, reasonCodes } of decision.rules) {
    const facts = when.map((condition) => factsOf(condition, tree));
    if (facts.every((found) => found !== null)) {
      return {
        outcome: outcomes[outcome],
        rule: name,
        reasonCodes: [...reasonCodes],
        facts: unique(facts.flat()),
      };
    }
  }
  const facts = unique([`session.state=${code(tree.state)}`, ...tree.judgements.flatMap(describe)]);
  if (decision.rules.length === 0 && allApproved(tree)) {
    return { outcome: 'approved', rule: null, reasonCodes: ['ALL_CHECKS_APPROVED'], facts };
  }
  return { outcome: outcomes[decision.otherwise], rule: null, reasonCodes: shortfalls(tree), facts };
}

function judge(result: SessionResult, requestedCheckTypes: readonly string[]): CheckTree {
  const types = unique([...requestedCheckTypes, ...result.checks.map(({ type }) => type)]);
  const allCounted = countedChecks(result);
  const judgements = types.map((type) => {
    const checks = result.checks.filter((check) => check.type === type);
    const counted = allCounted.filter((check) => check.type === type);
    return { type, checks, counted, approved: counted.length > 0 && counted.every(isApproved) };
  });
  return { state: result.state, judgements };
}

function isApproved(check: CheckResult): boolean {
  return check.state === 'DONE' && check.recommendation?.value === 'APPROVE';
}

function allApproved({ state, judgements }: CheckTree): boolean {
  return state === 'COMPLETED' && judgements.length > 0 && judgements.every(({ approved }) => approved);
}

/** The facts on which a condition holds; null when it doesn't. */
function factsOf(condition: Condition, tree: CheckTree): string[] | null {
  if (condition.fact === 'check') return checkFacts(condition, tree);
  if (condition.fact === 'sub_check') return subCheckFacts(condition, tree);
  if (condition.fact === 'session_state') {
    return tree.state === condition.is ? [`session.state=${condition.is}`] : null;
  }
  return allApproved(tree) ? tree.judgements.flatMap(describe) : null;
}

function checkFacts(condition: Extract<Condition, { fact: 'check' }>, tree: CheckTree): string[] | null {
  const judgement = tree.judgements.find(({ type }) => type === condition.type);
  if (!judgement) return null;
  // One of several documents being approved is no approval while another is not.
  const deciding = judgement.approved
    ? judgement.counted
    : judgement.counted.filter((check) => !isApproved(check));
  const matching = deciding.filter(
    ({ state, recommendation }) =>
      state === 'DONE' &&
      recommendation !== null &&
      (condition.recommendation as string[]).includes(recommendation.value) &&
      (condition.reason === undefined || condition.reason.includes(recommendation.reason ?? '')),
  );
  return matching.length > 0 ? describe({ ...judgement, counted: matching }) : null;
}

function subCheckFacts({ name, result }: Extract<Condition, { fact: 'sub_check' }>, tree: CheckTree) {
  const lines = tree.judgements.flatMap(({ type, counted }) =>
    counted
      .filter(({ state }) => state === 'DONE')
      .flatMap(({ breakdown }) => breakdown.filter(({ subCheck }) => subCheck === name))
      .map((line) => ({ type, result: line.result })),
  );
  const matching = lines.filter((line) => line.result === result);
  const holds = matching.length > 0 && (result === 'FAIL' || matching.length === lines.length);
  return holds ? matching.map(({ type }) => `${code(type)}.${code(name)}=${result}`) : null;
}

function describe({ type, checks, counted }: Judgement): string[] {
  const name = code(type);
  if (counted.length === 0) return [`${name}=missing`];
  if (type === 'LIVENESS')
    return [`${name}.approved=${checks.filter(isApproved).length} of ${checks.length}`];
  return counted.flatMap(({ state, recommendation }) => {
    if (state !== 'DONE' || recommendation === null) return [`${name}.state=${code(state)}`];
    const { value, reason } = recommendation;
    return [
      `${name}.recommendation=${code(value)}`,
      ...(reason === null ? [] : [`${name}.reason=${code(reason)}`]),
    ];
  });
}

/** A code for everything that was not approved, such as `ID_DOCUMENT_AUTHENTICITY:REJECT:COUNTERFEIT`. */
function shortfalls({ state, judgements }: CheckTree): string[] {
  const codes = judgements
    .filter(({ approved }) => !approved)
    .flatMap(({ type, counted }) =>
      counted.length === 0
        ? [`${code(type)}:MISSING`]
        : counted.filter((check) => !isApproved(check)).map((check) => `${code(type)}:${shortfall(check)}`),
    );
  if (state !== 'COMPLETED') codes.unshift(`SESSION:${code(state)}`);
  if (judgements.length === 0) codes.push('NO_CHECKS');
  return codes.length > 0 ? unique(codes) : ['NO_RULE_HOLDS'];
}

function shortfall({ state, recommendation }: CheckResult): string {
  if (state !== 'DONE') return code(state);
  if (recommendation === null) return 'NO_RECOMMENDATION';
  const { value, reason } = recommendation;
  return reason === null ? code(value) : `${code(value)}:${code(reason)}`;
}

/** What Yoti sends is stored as a code only if it is one; free text could hold anything. */
function code(text: string): string {
  return /^[A-Za-z0-9_.-]{1,64}$/.test(text) ? text : 'UNRECOGNISED';
}

const unique = <T>(values: T[]): T[] => [...new Set(values)];
