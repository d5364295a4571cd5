import { describe, expect, it } from '@jest/globals';
import type { Credential, CredentialStatus } from './credential.entity.js';
import type { Diagnosis } from '../yoti/probe.js';
import { activation, nextLook, retirement, verdictOn } from './credential.states.js';

type LastCheck = Credential['lastCheck'];

const at = '2026-01-01T00:00:00.000Z';
const good: LastCheck = { ok: true, diagnosis: 'OK', message: '', clockSkewSeconds: 0, at };
const bad: LastCheck = { ok: false, diagnosis: 'WRONG_KEY', message: '', clockSkewSeconds: 0, at };

describe('activating a credential', () => {
  it.each<[CredentialStatus, LastCheck, unknown]>([
    ['pending', good, { to: 'active' }],
    ['pending', bad, { refused: expect.stringContaining('WRONG_KEY') }],
    ['pending', null, { refused: expect.stringContaining('run check') }],
    ['active', good, 'unchanged'],
    ['active', bad, 'unchanged'],
    ['retiring', good, { refused: expect.stringContaining('retiring') }],
    ['retired', good, { refused: expect.stringContaining('retired') }],
  ])('%s with the check %j', (status, lastCheck, expected) => {
    expect(activation({ status, lastCheck })).toEqual(expected);
  });
});

describe('retiring a credential', () => {
  it.each<[CredentialStatus, boolean, unknown]>([
    ['pending', false, { to: 'retired' }],
    ['active', false, { to: 'retired' }],
    ['active', true, { to: 'retiring' }],
    ['retiring', true, 'unchanged'],
    ['retiring', false, { to: 'retired' }],
    ['retired', false, 'unchanged'],
    ['retired', true, 'unchanged'],
  ])('%s, open sessions: %s', (status, open, expected) => {
    expect(retirement({ status }, open)).toEqual(expected);
  });
});

describe('what an examination changes', () => {
  const since = new Date();
  it.each<[CredentialStatus, Date | null, Diagnosis, ReturnType<typeof verdictOn>]>([
    ['active', null, 'OK', 'unchanged'],
    ['active', null, 'WRONG_KEY', 'suspect'],
    ['active', null, 'CLOCK_SKEW', 'suspect'],
    ['active', null, 'UNKNOWN_APP', 'suspect'],
    ['active', null, 'NO_PERMISSION', 'suspect'],
    ['active', null, 'WRONG_APP', 'suspect'],
    ['active', null, 'UNREADABLE_KEY', 'suspect'],
    ['retiring', null, 'UNUSABLE_PUBLIC_KEY', 'suspect'],
    ['active', null, 'UNREACHABLE', 'unchanged'],
    ['active', null, 'TIMEOUT', 'unchanged'],
    ['active', null, 'NOT_YOTI', 'unchanged'],
    ['active', null, 'REFUSED', 'unchanged'],
    ['pending', null, 'WRONG_KEY', 'unchanged'],
    ['retired', null, 'WRONG_KEY', 'unchanged'],
    ['active', since, 'OK', 'recovered'],
    ['retiring', since, 'OK', 'recovered'],
    ['active', since, 'WRONG_KEY', 'unchanged'],
    ['active', since, 'UNREACHABLE', 'unchanged'],
  ])('%s, suspect since %s, found %s', (status, suspectSince, diagnosis, verdict) => {
    expect(verdictOn({ status, suspectSince }, diagnosis)).toBe(verdict);
  });
});

describe('when the worker looks again', () => {
  const sound = { retiring: false, suspect: false, unclear: false };
  it.each([
    ['never at a sound one', sound, 1, null, false],
    ['soon at one that ends', { ...sound, retiring: true }, 1, 20, false],
    ['at a suspect one', { ...sound, suspect: true }, 1, 30, false],
    ['later at one that stays suspect', { ...sound, suspect: true }, 3, 120, false],
    ['after ten minutes at the latest', { ...sound, suspect: true }, 99, 600, false],
    ['at a suspect one that ends', { ...sound, suspect: true, retiring: true }, 2, 60, false],
    ['soon at an unexplained refusal', { ...sound, unclear: true }, 1, 5, true],
    ['not for ever, so that the next refusal is looked into', { ...sound, unclear: true }, 8, null, false],
    ['but at its end', { ...sound, unclear: true, retiring: true }, 8, 20, false],
  ])('%s', (_, state, attempts, seconds, unclear) => {
    expect(nextLook(state, attempts)).toEqual({ seconds, unclear });
  });
});
