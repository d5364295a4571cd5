import { describe, expect, it } from '@jest/globals';
import { stateOf } from './page-data.js';
import { pageKind, type PageKind } from './page-kind.js';
import type { HostedSession } from '../sessions/hosted-sessions.js';

const table: [HostedSession['status'], HostedSession['progress'], PageKind, done: boolean][] = [
  ['creating', 'not_started', 'creating', false],
  ['ongoing', 'not_started', 'hosted', false],
  ['ongoing', 'capturing', 'hosted', false],
  ['ongoing', 'submitted', 'done', true],
  ['completed', 'submitted', 'done', true],
  ['expired', 'not_started', 'expired', true],
  ['cancelled', 'capturing', 'cancelled', true],
  ['failed', 'capturing', 'failed', true],
  ['erased', 'submitted', 'erased', true],
];

describe('the page of a session', () => {
  it.each(table)('%s and %s shows %s; done is %s', (status, progress, kind, done) => {
    const session = { status, progress, handOff: null } as HostedSession;
    expect(pageKind(session)).toBe(kind);
    expect(stateOf(session)).toEqual({ status, progress, done });
  });

  it('of a link that was revoked or replaced says so, and ends a page that is still open', () => {
    const session = { status: 'cancelled', progress: 'not_started', linkEnded: true } as HostedSession;
    expect(pageKind(session)).toBe('revoked');
    expect(stateOf(session).done).toBe(true);
  });

  it('is told with what the phone that took over told last', () => {
    const handOff = { step: 'opened', at: '2026-03-04T10:20:00.000Z' } as const;
    const session = { status: 'ongoing', progress: 'not_started', handOff } as HostedSession;
    expect(stateOf(session)).toMatchObject({ done: false, handOff });
  });

  it('of an unknown link tells nothing', () => {
    expect(pageKind(null)).toBe('unknown');
  });
});
