import { describe, expect, it } from '@jest/globals';
import type { Diagnosis } from '../yoti/probe.js';
import { type CreationAttempt, findingCodes, findingsOf, overallOf } from './credential.findings.js';

const made: CreationAttempt = { made: true };
const forbidden: CreationAttempt = {
  made: false,
  diagnosis: 'NO_PERMISSION',
  code: 'INSUFFICIENT_PERMISSION',
};
const invalid: CreationAttempt = { made: false, diagnosis: 'REFUSED', code: 'PAYLOAD_VALIDATION' };
const late: CreationAttempt = { made: false, diagnosis: 'TIMEOUT', code: 'YOTI_TIMEOUT' };

const pointsOf = (diagnosis: Diagnosis, skew: number | null, creation: CreationAttempt | null) =>
  Object.fromEntries(findingsOf(diagnosis, skew, creation).map(({ code, ok }) => [code, ok]));

describe('the findings of a check', () => {
  it('are all there, in order, and say what to do about what is wrong', () => {
    for (const diagnosis of ['OK', 'WRONG_KEY', 'UNREADABLE_KEY', 'ADDRESS_NOT_ALLOWED', 'BUSY'] as const) {
      const findings = findingsOf(diagnosis, 90, null);
      expect(findings.map(({ code }) => code)).toEqual(findingCodes.slice(0, -1));
      for (const { ok, fix } of findings) expect(ok === false).toBe(fix !== null);
    }
  });

  it.each<[string, CreationAttempt | null, boolean | null, boolean | null]>([
    ['not tried', null, null, null],
    ['made', made, true, true],
    ['forbidden', forbidden, false, false],
    ['refused for its content', invalid, null, null],
    ['not answered', late, null, null],
  ])('tell of a session that was %s', (_, creation, permission, allowed) => {
    expect(pointsOf('OK', 0, creation)).toMatchObject({
      permission_granted: permission,
      session_creation_allowed: allowed,
    });
  });

  it.each([
    [null, null],
    [0, true],
    [-10, true],
    [11, false],
    [-300, false],
  ])('judge a skew of %s s as %s', (skew, right) => {
    expect(pointsOf('OK', skew, made)).toMatchObject({ clock_right: right });
  });
});

describe('what a check comes to', () => {
  it.each<[Diagnosis, CreationAttempt | null, Diagnosis]>([
    ['OK', null, 'OK'],
    ['OK', made, 'OK'],
    ['OK', forbidden, 'NO_PERMISSION'],
    ['OK', invalid, 'OK'],
    ['OK', late, 'TIMEOUT'],
    ['WRONG_KEY', null, 'WRONG_KEY'],
  ])('%s with the session %j is %s', (diagnosis, creation, overall) => {
    expect(overallOf(diagnosis, creation)).toBe(overall);
  });
});
