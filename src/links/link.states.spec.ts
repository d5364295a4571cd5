import { describe, expect, it } from '@jest/globals';
import { canReissue, linkState, type LinkFacts, type LinkState } from './link.states.js';

const now = Date.parse('2026-03-04T10:20:00Z');
const waiting: LinkFacts = {
  status: 'ongoing',
  progress: 'not_started',
  hasLink: true,
  expiresAt: new Date(now + 1),
};

const table: [string, Partial<LinkFacts>, LinkState, reissue: boolean][] = [
  ['waits for its person', {}, 'active', true],
  ['has a person who has begun', { progress: 'capturing' }, 'active', true],
  ['has no link any more', { hasLink: false }, 'revoked', true],
  ['has a person who has finished', { progress: 'submitted' }, 'used_up', false],
  ['has its results', { status: 'completed', progress: 'submitted' }, 'used_up', false],
  ['has its results and no link', { status: 'completed', hasLink: false }, 'used_up', false],
  ['has run out of time', { expiresAt: new Date(now) }, 'expired', false],
  ['has run out of time and has no link', { expiresAt: new Date(now), hasLink: false }, 'revoked', false],
  ['was ended for lack of time', { status: 'expired' }, 'expired', false],
  ['was cancelled', { status: 'cancelled' }, 'closed', false],
  ['has failed', { status: 'failed', expiresAt: null }, 'closed', false],
  ['was erased', { status: 'erased' }, 'closed', false],
  ['is being created', { status: 'creating', expiresAt: null }, 'creating', false],
];

describe('the link of a session that', () => {
  it.each(table)('%s %j is %s', (_, change, state, reissue) => {
    const facts = { ...waiting, ...change };
    expect(linkState(facts, now)).toBe(state);
    expect(canReissue(facts, now)).toBe(reissue);
  });
});
