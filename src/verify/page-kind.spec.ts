import { describe, expect, it } from '@jest/globals';
import type { HostedSession } from '../sessions/hosted-sessions.js';
import { stateOf } from './page-data.js';
import { pageKind, type PageKind } from './page-kind.js';

const now = new Date('2026-03-04T10:30:00.000Z');
const later = '2026-03-04T10:30:00.001Z';
const past = '2026-03-04T10:30:00.000Z';

type Row = [
  HostedSession['status'],
  HostedSession['progress'],
  expiresAt: string | null,
  linkRevoked: boolean,
  PageKind,
  done: boolean,
];
const table: Row[] = [
  ['creating', 'not_started', null, false, 'creating', false],
  ['ongoing', 'not_started', later, false, 'hosted', false],
  ['ongoing', 'not_started', null, false, 'hosted', false],
  ['ongoing', 'capturing', later, false, 'hosted', false],
  ['ongoing', 'capturing', past, false, 'expired', true],
  ['ongoing', 'submitted', past, false, 'done', true],
  ['completed', 'submitted', past, false, 'done', true],
  ['expired', 'not_started', past, false, 'expired', true],
  ['cancelled', 'capturing', later, false, 'cancelled', true],
  ['failed', 'capturing', later, false, 'failed', true],
  ['erased', 'submitted', later, false, 'erased', true],
  ['erased', 'submitted', later, true, 'erased', true],
  ['ongoing', 'capturing', later, true, 'revoked', true],
  ['completed', 'submitted', past, true, 'revoked', true],
];

describe('the page of a session', () => {
  it.each(table)(
    '%s and %s until %s, revoked %s, shows %s; done is %s',
    (status, progress, expiresAt, linkRevoked, kind, done) => {
      const session = { status, progress, expiresAt, linkRevoked, handOff: null } as HostedSession;
      expect(pageKind(session, now)).toBe(kind);
      expect(stateOf(session, now)).toEqual({ finished: kind === 'done', done, progress, handOff: null });
    },
  );

  it('of an unknown link tells nothing', () => {
    expect(pageKind(null, now)).toBe('unknown');
  });
});
