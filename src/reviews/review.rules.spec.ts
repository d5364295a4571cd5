import { describe, expect, it } from '@jest/globals';
import { checkDecision } from './review.rules.js';

describe('checkDecision', () => {
  const mine = { status: 'open', claimedBy: 'me', version: 3 } as const;

  it.each([
    ['mine and unchanged', mine, null, null],
    ['mine at the version I read', mine, 3, null],
    ['changed since', mine, 2, 'version_mismatch'],
    ['decided', { ...mine, status: 'decided' as const }, null, 'review_decided'],
    ['claimed by another', { ...mine, claimedBy: 'other' }, null, 'review_claimed'],
    ['claimed by nobody', { ...mine, claimedBy: null }, null, 'review_not_claimed'],
  ])('%s', (_, review, version, refusal) => {
    expect(checkDecision(review, 'me', version)).toBe(refusal);
  });
});
