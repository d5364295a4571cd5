import { countedChecks, profileNames, profilesOf, type ProfileJudgement } from '../yoti/result-facts.js';
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
  profiles: ProfileJudgement[];
  /** Identity profiles that were asked for and are not there. */
  missingProfiles: string[];
}

const outcomes = { approve: 'approved', reject: 'rejected', review: 'in_review' } as const;

/**
 * Decides a session: the first rule whose conditions all hold. Without rules, a completed session is approved when
 * every check is; for liveness one approved attempt is enough (Yoti: what each check's recommendation means). A check
 * that is missing, unfinished or recommends something unknown is never approved. An identity profile counts like a
 * check: it is approved when it is there and every requirement is met.
 *
 * @param requestedCheckTypes what the policy asked for, so that what is missing is noticed: types of checks, and
 *   IDENTITY_PROFILE or ADVANCED_IDENTITY_PROFILE
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
  const facts = unique([`session.state=${code(tree.state)}`, ...allFacts(tree)]);
  if (decision.rules.length === 0 && allApproved(tree)) {
    const reasonCodes = [tree.judgements.length > 0 ? 'ALL_CHECKS_APPROVED' : 'ALL_REQUIREMENTS_MET'];
    return { outcome: 'approved', rule: null, reasonCodes, facts };
  }
  return { outcome: outcomes[decision.otherwise], rule: null, reasonCodes: shortfalls(tree), facts };
}

function judge(result: SessionResult, requestedCheckTypes: readonly string[]): CheckTree {
  const profiles = profilesOf(result);
  const [requestedProfiles, requestedChecks] = partition(requestedCheckTypes, isProfile);
  const types = unique([...requestedChecks, ...result.checks.map(({ type }) => type)]);
  const allCounted = countedChecks(result);
  const judgements = types.map((type) => {
    const checks = result.checks.filter((check) => check.type === type);
    const counted = allCounted.filter((check) => check.type === type);
    return { type, checks, counted, approved: counted.length > 0 && counted.every(isApproved) };
  });
  const missingProfiles = requestedProfiles.filter((name) => !profiles.some((one) => one.name === name));
  return { state: result.state, judgements, profiles, missingProfiles };
}

const isProfile = (type: string) => profileNames.some((name) => name === type);

const partition = <T>(values: readonly T[], holds: (value: T) => boolean): [T[], T[]] => [
  values.filter(holds),
  values.filter((value) => !holds(value)),
];

function isApproved(check: CheckResult): boolean {
  return check.state === 'DONE' && check.recommendation?.value === 'APPROVE';
}

function allApproved({ state, judgements, profiles, missingProfiles }: CheckTree): boolean {
  const all = [...judgements, ...profiles];
  const nothingOpen = missingProfiles.length === 0 && all.every(({ approved }) => approved);
  return state === 'COMPLETED' && all.length > 0 && nothingOpen;
}

const allFacts = ({ judgements, profiles, missingProfiles }: CheckTree): string[] => [
  ...judgements.flatMap(describe),
  ...profiles.flatMap(describeProfile),
  ...missingProfiles.map((name) => `${name}=missing`),
];

/** The facts on which a condition holds; null when it doesn't. */
function factsOf(condition: Condition, tree: CheckTree): string[] | null {
  if (condition.fact === 'check') return checkFacts(condition, tree);
  if (condition.fact === 'sub_check') return subCheckFacts(condition, tree);
  if (condition.fact === 'session_state') {
    return tree.state === condition.is ? [`session.state=${condition.is}`] : null;
  }
  return allApproved(tree) ? allFacts(tree) : null;
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

function describeProfile({ name, result, reasonCode, schemes, met }: ProfileJudgement): string[] {
  return [
    `${name}.result=${code(result)}`,
    `${name}.requirements_met=${met} of ${schemes}`,
    ...(reasonCode === null ? [] : [`${name}.reason=${code(reasonCode)}`]),
  ];
}

/** A code for everything that was not approved, such as `ID_DOCUMENT_AUTHENTICITY:REJECT:COUNTERFEIT`. */
function shortfalls({ state, judgements, profiles, missingProfiles }: CheckTree): string[] {
  const codes = judgements
    .filter(({ approved }) => !approved)
    .flatMap(({ type, counted }) =>
      counted.length === 0
        ? [`${code(type)}:MISSING`]
        : counted.filter((check) => !isApproved(check)).map((check) => `${code(type)}:${shortfall(check)}`),
    );
  codes.push(...profiles.filter(({ approved }) => !approved).map(profileShortfall));
  codes.push(...missingProfiles.map((name) => `${name}:MISSING`));
  if (state !== 'COMPLETED') codes.unshift(`SESSION:${code(state)}`);
  if (judgements.length + profiles.length + missingProfiles.length === 0) codes.push('NO_CHECKS');
  return codes.length > 0 ? unique(codes) : ['NO_RULE_HOLDS'];
}

/** Such as `IDENTITY_PROFILE:ABORTED:FRAUD_DETECTED` or `IDENTITY_PROFILE:REQUIREMENTS_NOT_MET`. */
function profileShortfall({ name, result, reasonCode }: ProfileJudgement): string {
  const said = result === 'DONE' ? 'REQUIREMENTS_NOT_MET' : code(result);
  return reasonCode === null ? `${name}:${said}` : `${name}:${said}:${code(reasonCode)}`;
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
