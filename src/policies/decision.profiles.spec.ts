import { describe, expect, it } from '@jest/globals';
import { mapResult } from '../yoti/map-result.js';
import { evaluateRules } from './decision.rules.js';
import type { DecisionRules } from './policy.document.js';

const byDefault: DecisionRules = { rules: [], otherwise: 'review' };

const report = (...met: boolean[]) => ({
  trust_framework: 'UK_TFIDA',
  schemes_compliance: met.map((requirements_met) => ({ scheme: { type: 'DBS' }, requirements_met })),
});
const done = (...met: boolean[]) => ({ result: 'DONE', identity_profile_report: report(...met) });
const aborted = { result: 'ABORTED', failure_reason: { reason_code: 'MISSING_LIVENESS' } };
const liveness = (value: string) => ({
  id: 'l',
  type: 'LIVENESS',
  state: 'DONE',
  report: { recommendation: { value } },
});

const decide = (parts: Record<string, unknown>, asked: string[] = [], state = 'COMPLETED') =>
  evaluateRules(byDefault, mapResult({ session_id: 's', state, ...parts }), asked);

describe('the default decision with identity profiles', () => {
  it('approves a profile whose requirements are all met, without any check', () => {
    expect(decide({ identity_profile: done(true, true) }, ['IDENTITY_PROFILE'])).toEqual({
      outcome: 'approved',
      rule: null,
      reasonCodes: ['ALL_REQUIREMENTS_MET'],
      facts: [
        'session.state=COMPLETED',
        'IDENTITY_PROFILE.result=DONE',
        'IDENTITY_PROFILE.requirements_met=2 of 2',
      ],
    });
    const advanced = { result: 'DONE', identity_profile_report: { compliance: [report(true)] } };
    expect(decide({ advanced_identity_profile: advanced }).outcome).toBe('approved');
  });

  it.each([
    ['an aborted profile', { identity_profile: aborted }, [], ['IDENTITY_PROFILE:ABORTED:MISSING_LIVENESS']],
    [
      'a requirement not met',
      { identity_profile: done(true, false) },
      [],
      ['IDENTITY_PROFILE:REQUIREMENTS_NOT_MET'],
    ],
    [
      'a profile without a report',
      { identity_profile: { result: 'DONE' } },
      [],
      ['IDENTITY_PROFILE:REQUIREMENTS_NOT_MET'],
    ],
    [
      'a profile that is missing',
      { checks: [liveness('APPROVE')] },
      ['LIVENESS', 'IDENTITY_PROFILE'],
      ['IDENTITY_PROFILE:MISSING'],
    ],
    [
      'one of two profiles',
      { identity_profile: done(true), advanced_identity_profile: aborted },
      [],
      ['ADVANCED_IDENTITY_PROFILE:ABORTED:MISSING_LIVENESS'],
    ],
    [
      'a check beside a good profile',
      { identity_profile: done(true), checks: [liveness('REJECT')] },
      [],
      ['LIVENESS:REJECT'],
    ],
    ['neither checks nor profiles', {}, [], ['NO_CHECKS']],
  ])('sends to review: %s', (_name, parts, asked, reasonCodes) => {
    expect(decide(parts, asked)).toMatchObject({ outcome: 'in_review', rule: null, reasonCodes });
  });

  it('lets rules of their own wait for everything', () => {
    const rules: DecisionRules = {
      rules: [
        {
          name: 'all good',
          when: [{ fact: 'all_checks', is: 'APPROVE' }],
          outcome: 'approve',
          reasonCodes: ['ok'],
        },
      ],
      otherwise: 'reject',
    };
    const profile = (found: unknown) =>
      evaluateRules(rules, mapResult({ session_id: 's', state: 'COMPLETED', identity_profile: found }), []);
    expect(profile(done(true))).toMatchObject({ outcome: 'approved', rule: 'all good' });
    expect(profile(aborted).outcome).toBe('rejected');
  });

  it('approves nothing before the session is completed', () => {
    expect(decide({ identity_profile: done(true) }, [], 'EXPIRED').outcome).toBe('in_review');
  });
});
