import { describe, expect, it } from '@jest/globals';
import { checkPolicy, toPointer } from './check-policy.js';
import { policyDocumentSchema, starterDocument, type DecisionRules } from './policy.document.js';

type Rule = DecisionRules['rules'][number];

const allApproved: Rule['when'][number] = { fact: 'all_checks', is: 'APPROVE' };
const approves: Rule = { name: 'good', when: [allApproved], outcome: 'approve', reasonCodes: [] };

const checkRules = (...rules: Rule[]) =>
  checkPolicy({ ...starterDocument, decision: { rules, otherwise: 'review' } });

describe('checking a policy', () => {
  it('finds nothing wrong with the starter document', () => {
    expect(policyDocumentSchema.parse(starterDocument)).toEqual(starterDocument);
    expect(checkPolicy(starterDocument)).toEqual({ errors: [], warnings: [] });
  });

  it('finds nothing wrong with rules that can do what they say', () => {
    const rejects: Rule = {
      name: 'forged',
      when: [
        {
          fact: 'check',
          type: 'ID_DOCUMENT_AUTHENTICITY',
          recommendation: ['REJECT'],
          reason: ['COUNTERFEIT'],
        },
        { fact: 'sub_check', name: 'no_sign_of_forgery', result: 'FAIL' },
        { fact: 'session_state', is: 'COMPLETED' },
      ],
      outcome: 'reject',
      reasonCodes: ['forgery'],
    };
    const unreadable: Rule = {
      name: 'unreadable',
      when: [{ fact: 'check', type: 'ID_DOCUMENT_TEXT_DATA_CHECK', recommendation: ['NOT_AVAILABLE'] }],
      outcome: 'review',
      reasonCodes: [],
    };
    expect(checkRules(rejects, unreadable, approves)).toEqual({ errors: [], warnings: [] });
  });

  it.each<[string, Rule[], string[], string[]]>([
    ['two rules of one name', [approves, approves], ['/decision/rules/1/name'], []],
    [
      'a rule that approves what is not approved',
      [{ ...approves, when: [{ fact: 'sub_check', name: 'document_in_date', result: 'PASS' }] }],
      [],
      ['/decision/rules/0/when'],
    ],
    ['no rule that approves', [{ ...approves, outcome: 'review' }], [], ['/decision/rules']],
    [
      'a condition on a check that is not asked for',
      [
        {
          ...approves,
          when: [allApproved, { fact: 'check', type: 'FACE_COMPARISON', recommendation: ['APPROVE'] }],
        },
      ],
      [],
      ['/decision/rules/0/when/1/type'],
    ],
    [
      'a condition on an unknown sub-check',
      [{ ...approves, when: [allApproved, { fact: 'sub_check', name: 'tea_leaves', result: 'PASS' }] }],
      [],
      ['/decision/rules/0/when/1/name'],
    ],
  ])('finds %s', (_name, rules, errors, warnings) => {
    const found = checkRules(...rules);
    expect(found.errors.map(({ path }) => toPointer(path))).toEqual(errors);
    expect(found.warnings.map(({ path }) => toPointer(path))).toEqual(warnings);
  });

  it('escapes JSON pointers', () => {
    expect(toPointer(['a/b', 0, 'c~d'])).toBe('/a~1b/0/c~0d');
    expect(toPointer([])).toBe('');
  });
});
