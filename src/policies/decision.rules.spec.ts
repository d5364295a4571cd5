import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { sessionResultSchema, type CheckResult, type SessionResult } from '../yoti/result.js';
import { evaluateRules } from './decision.rules.js';
import type { Condition, DecisionRules } from './policy.document.js';

const AUTHENTICITY = 'ID_DOCUMENT_AUTHENTICITY';
const FACE_MATCH = 'ID_DOCUMENT_FACE_MATCH';
const requested = [AUTHENTICITY, 'LIVENESS', FACE_MATCH];
const byDefault: DecisionRules = { rules: [], otherwise: 'review' };

let made = 0;
/** `check('LIVENESS', 'REJECT')`, `check(AUTHENTICITY, 'REJECT', { reason: 'COUNTERFEIT' })` */
function check(
  type: string,
  value: string | null,
  more: { reason?: string; state?: string; lines?: Record<string, string> } = {},
): CheckResult {
  made += 1;
  return {
    id: `check-${made}`,
    type,
    state: more.state ?? 'DONE',
    resourcesUsed: [],
    recommendation: value === null ? null : { value, reason: more.reason ?? null, recoverySuggestion: null },
    breakdown: Object.entries(more.lines ?? {}).map(([subCheck, result]) => ({
      subCheck,
      result,
      process: 'AUTOMATED',
      details: [],
    })),
    watchlistSummary: null,
    generatedMedia: [],
    generatedProfile: null,
    scheme: null,
    createdAt: new Date(made * 1000).toISOString(),
    lastUpdatedAt: null,
    other: {},
  };
}

const resultOf = (checks: CheckResult[], state = 'COMPLETED'): SessionResult =>
  sessionResultSchema.parse({
    yotiSessionId: 'y',
    state,
    tokenTtlSeconds: null,
    clientTokenLive: false,
    biometricConsentAt: null,
    checks,
    idDocuments: [],
    livenessCaptures: [],
    supplementaryDocuments: [],
    faceCaptures: [],
    other: {},
  });

const passed = [check(AUTHENTICITY, 'APPROVE'), check('LIVENESS', 'APPROVE'), check(FACE_MATCH, 'APPROVE')];
const without = (type: string, ...others: CheckResult[]) => [
  ...passed.filter((one) => one.type !== type),
  ...others,
];

const only = (condition: Condition): DecisionRules => ({
  rules: [{ name: 'the rule', when: [condition], outcome: 'reject', reasonCodes: ['mine'] }],
  otherwise: 'review',
});

const subCheck = (name: string, result: 'PASS' | 'FAIL'): Condition => ({ fact: 'sub_check', name, result });

const isApproved = ({ state, recommendation }: CheckResult) =>
  state === 'DONE' && recommendation?.value === 'APPROVE';

describe('the default decision', () => {
  it('approves a completed session whose checks are all approved, and says on what', () => {
    expect(evaluateRules(byDefault, resultOf(passed), requested)).toEqual({
      outcome: 'approved',
      rule: null,
      reasonCodes: ['ALL_CHECKS_APPROVED'],
      facts: [
        'session.state=COMPLETED',
        'ID_DOCUMENT_AUTHENTICITY.recommendation=APPROVE',
        'LIVENESS.approved=1 of 1',
        'ID_DOCUMENT_FACE_MATCH.recommendation=APPROVE',
      ],
    });
  });

  it('needs one approved attempt at liveness among several', () => {
    const attempts = [check('LIVENESS', 'REJECT'), check('LIVENESS', 'APPROVE'), check('LIVENESS', 'REJECT')];
    const evaluation = evaluateRules(byDefault, resultOf(without('LIVENESS', ...attempts)), requested);
    expect(evaluation.outcome).toBe('approved');
    expect(evaluation.facts).toContain('LIVENESS.approved=1 of 3');
  });

  const forged = check(AUTHENTICITY, 'REJECT', { reason: 'COUNTERFEIT' });
  const genuine = check(AUTHENTICITY, 'APPROVE');
  const rejections = [check('LIVENESS', 'REJECT'), check('LIVENESS', 'REJECT')];
  it.each<[string, CheckResult[], string[]]>([
    ['a rejected check', without(AUTHENTICITY, forged), ['ID_DOCUMENT_AUTHENTICITY:REJECT:COUNTERFEIT']],
    [
      'one of two documents',
      without(AUTHENTICITY, genuine, forged),
      ['ID_DOCUMENT_AUTHENTICITY:REJECT:COUNTERFEIT'],
    ],
    ['no approved attempt at liveness', without('LIVENESS', ...rejections), ['LIVENESS:REJECT']],
    ['a missing check', without(FACE_MATCH), ['ID_DOCUMENT_FACE_MATCH:MISSING']],
    [
      'an unfinished check',
      without(FACE_MATCH, check(FACE_MATCH, null, { state: 'PENDING' })),
      ['ID_DOCUMENT_FACE_MATCH:PENDING'],
    ],
    [
      'a check that is approved but not done',
      without(FACE_MATCH, check(FACE_MATCH, 'APPROVE', { state: 'PENDING' })),
      ['ID_DOCUMENT_FACE_MATCH:PENDING'],
    ],
    [
      'a check that failed at Yoti',
      without(FACE_MATCH, check(FACE_MATCH, null, { state: 'INTERNAL_ERROR' })),
      ['ID_DOCUMENT_FACE_MATCH:INTERNAL_ERROR'],
    ],
    [
      'a finished check without a report',
      without(FACE_MATCH, check(FACE_MATCH, null)),
      ['ID_DOCUMENT_FACE_MATCH:NO_RECOMMENDATION'],
    ],
    [
      'an unknown recommendation',
      without(FACE_MATCH, check(FACE_MATCH, 'MAYBE')),
      ['ID_DOCUMENT_FACE_MATCH:MAYBE'],
    ],
    ['a check nobody asked for', [...passed, check('TEA_LEAVES', 'REJECT')], ['TEA_LEAVES:REJECT']],
  ])('sends to review: %s', (_name, checks, reasonCodes) => {
    expect(evaluateRules(byDefault, resultOf(checks), requested)).toMatchObject({
      outcome: 'in_review',
      rule: null,
      reasonCodes,
    });
  });

  it('says everything that was not approved, each once', () => {
    expect(evaluateRules(byDefault, resultOf([forged, forged]), requested).reasonCodes).toEqual([
      'ID_DOCUMENT_AUTHENTICITY:REJECT:COUNTERFEIT',
      'LIVENESS:MISSING',
      'ID_DOCUMENT_FACE_MATCH:MISSING',
    ]);
  });

  it('does not approve a session that has not completed, and one without checks', () => {
    expect(evaluateRules(byDefault, resultOf(passed, 'EXPIRED'), requested)).toMatchObject({
      outcome: 'in_review',
      reasonCodes: ['SESSION:EXPIRED'],
    });
    expect(evaluateRules(byDefault, resultOf([]), [])).toMatchObject({
      outcome: 'in_review',
      reasonCodes: ['NO_CHECKS'],
    });
  });

  it('rejects instead of reviewing when the policy says so', () => {
    const strict: DecisionRules = { rules: [], otherwise: 'reject' };
    expect(evaluateRules(strict, resultOf(without(FACE_MATCH)), requested).outcome).toBe('rejected');
    expect(evaluateRules(strict, resultOf(passed), requested).outcome).toBe('approved');
  });

  it('keeps free text from Yoti out of codes and facts', () => {
    const odd = check(AUTHENTICITY, 'REJECT', { reason: 'belongs to Jane Doe, born 1990' });
    const { reasonCodes, facts } = evaluateRules(byDefault, resultOf(without(AUTHENTICITY, odd)), requested);
    expect(reasonCodes).toEqual(['ID_DOCUMENT_AUTHENTICITY:REJECT:UNRECOGNISED']);
    expect(facts.join()).not.toContain('Jane');
  });
});

describe('rules', () => {
  const holds = (condition: Condition, checks: CheckResult[], state?: string) => {
    const evaluation = evaluateRules(only(condition), resultOf(checks, state), requested);
    return evaluation.rule === null ? null : evaluation.facts;
  };
  const forged = check(AUTHENTICITY, 'REJECT', {
    reason: 'COUNTERFEIT',
    lines: { no_sign_of_forgery: 'FAIL', document_in_date: 'PASS' },
  });
  const genuine = check(AUTHENTICITY, 'APPROVE', { lines: { no_sign_of_forgery: 'PASS' } });
  const attempts = [
    check('LIVENESS', 'REJECT', { lines: { liveness_auth: 'FAIL' } }),
    check('LIVENESS', 'APPROVE', { lines: { liveness_auth: 'PASS' } }),
  ];
  const rejected: Condition = { fact: 'check', type: AUTHENTICITY, recommendation: ['REJECT'] };
  const approved: Condition = { fact: 'check', type: AUTHENTICITY, recommendation: ['APPROVE'] };
  const livenessRejected: Condition = { fact: 'check', type: 'LIVENESS', recommendation: ['REJECT'] };
  const isForged = [`${AUTHENTICITY}.recommendation=REJECT`, `${AUTHENTICITY}.reason=COUNTERFEIT`];

  it.each<[string, Condition, CheckResult[], string[] | null]>([
    [
      'all checks approved',
      { fact: 'all_checks', is: 'APPROVE' },
      without('LIVENESS', ...attempts),
      [
        `${AUTHENTICITY}.recommendation=APPROVE`,
        'LIVENESS.approved=1 of 2',
        `${FACE_MATCH}.recommendation=APPROVE`,
      ],
    ],
    ['not all checks approved', { fact: 'all_checks', is: 'APPROVE' }, without(FACE_MATCH), null],
    ['recommendation', rejected, [forged], isForged],
    ['other recommendation', rejected, [genuine], null],
    [
      'one of the recommendations',
      { ...rejected, recommendation: ['CONSIDER', 'REJECT'] },
      [forged],
      isForged,
    ],
    ['reason', { ...rejected, reason: ['TAMPERED', 'COUNTERFEIT'] }, [forged], isForged],
    ['other reason', { ...rejected, reason: ['TAMPERED'] }, [forged], null],
    ['one of two documents rejected', rejected, [genuine, forged], isForged],
    ['one of two documents approved', approved, [genuine, forged], null],
    ['both documents approved', approved, [genuine, genuine], [`${AUTHENTICITY}.recommendation=APPROVE`]],
    ['missing check', rejected, [], null],
    ['unfinished check', rejected, [check(AUTHENTICITY, 'REJECT', { state: 'PENDING' })], null],
    ['liveness rejected, then approved', livenessRejected, attempts, null],
    ['liveness rejected', livenessRejected, attempts.slice(0, 1), ['LIVENESS.approved=0 of 1']],
    [
      'failed sub-check',
      subCheck('no_sign_of_forgery', 'FAIL'),
      [genuine, forged],
      [`${AUTHENTICITY}.no_sign_of_forgery=FAIL`],
    ],
    ['sub-check passed once, failed once', subCheck('no_sign_of_forgery', 'PASS'), [genuine, forged], null],
    [
      'passed sub-check',
      subCheck('document_in_date', 'PASS'),
      [forged],
      [`${AUTHENTICITY}.document_in_date=PASS`],
    ],
    ['sub-check that was not attempted', subCheck('hologram', 'PASS'), [forged], null],
    ['sub-check of an attempt that does not count', subCheck('liveness_auth', 'FAIL'), attempts, null],
    ['state', { fact: 'session_state', is: 'COMPLETED' }, [], ['session.state=COMPLETED']],
    ['other state', { fact: 'session_state', is: 'EXPIRED' }, [], null],
  ])('%s', (_name, condition, checks, facts) => {
    expect(holds(condition, checks)).toEqual(facts);
  });

  it('decide in order, and by all of their conditions', () => {
    const decision: DecisionRules = {
      rules: [
        { name: 'never', when: [rejected, approved], outcome: 'approve', reasonCodes: [] },
        { name: 'forged', when: [rejected], outcome: 'reject', reasonCodes: ['forgery'] },
        { name: 'too late', when: [rejected], outcome: 'review', reasonCodes: [] },
      ],
      otherwise: 'review',
    };
    expect(evaluateRules(decision, resultOf([forged]), requested)).toEqual({
      outcome: 'rejected',
      rule: 'forged',
      reasonCodes: ['forgery'],
      facts: isForged,
    });
  });

  it('approve alone: when there are rules and none holds, nothing else approves', () => {
    expect(evaluateRules(only(rejected), resultOf(passed), requested)).toMatchObject({
      outcome: 'in_review',
      rule: null,
      reasonCodes: ['NO_RULE_HOLDS'],
    });
  });
});

describe('properties', () => {
  const types = fc.constantFrom(...requested, 'TEA_LEAVES');
  const values = fc.constantFrom('APPROVE', 'REJECT', 'NOT_AVAILABLE', 'CONSIDER', 'MAYBE', null);
  const states = fc.constantFrom('DONE', 'DONE', 'DONE', 'PENDING', 'INTERNAL_ERROR', 'DREAMING');
  const checks = fc
    .array(fc.record({ type: types, value: values, state: states }), { maxLength: 8 })
    .map((items) => items.map(({ type, value, state }) => check(type, value, { state })));

  it('the default approves exactly when every type that was asked for or came is approved, and says why', () => {
    fc.assert(
      fc.property(fc.uniqueArray(types), checks, (asked, found) => {
        const seen = [...new Set([...asked, ...found.map(({ type }) => type)])];
        const expected =
          seen.length > 0 &&
          seen.every((type) => {
            const own = found.filter((one) => one.type === type);
            return type === 'LIVENESS' ? own.some(isApproved) : own.length > 0 && own.every(isApproved);
          });
        // Yoti documents no attempt that recommends before it is done: either reading of one is right.
        fc.pre(
          !found.some(
            (one) => one.type === 'LIVENESS' && one.state !== 'DONE' && one.recommendation !== null,
          ),
        );
        const { outcome, reasonCodes, facts } = evaluateRules(byDefault, resultOf(found), asked);
        expect(outcome).toBe(expected ? 'approved' : 'in_review');
        expect(reasonCodes).not.toEqual([]);
        expect(facts).not.toEqual([]);
      }),
    );
  });
});
