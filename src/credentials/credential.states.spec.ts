import { describe, expect, it } from '@jest/globals';
import type { Credential, CredentialStatus } from './credential.entity.js';
import { activation, retirement } from './credential.states.js';

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
