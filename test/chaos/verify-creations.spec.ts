import { describe, expect, it } from '@jest/globals';
import { verifyCreations, type StoredSession } from './verify-creations.js';

const session = (status: string, failureCode: string | null = null): StoredSession => ({
  id: 'one',
  tenantId: 'tenant',
  reference: 'order-1',
  status,
  outcome: null,
  failureCode,
});
const completed = session('completed');
const failed = session('failed', 'yoti_timeout');

describe('the creations of a run', () => {
  it.each([
    ['none failed', [completed], { spoiled: 0, made: 1, interrupted: 0 }],
    ['one failed that Yoti spoiled', [completed, failed], { spoiled: 1, made: 1, interrupted: 0 }],
    ['one failed that a kill met', [completed, failed], { spoiled: 0, made: 2, interrupted: 1 }],
  ])('are in order: %s', (_, sessions, troubles) => {
    expect(verifyCreations(sessions, troubles)).toEqual([]);
  });

  it.each([
    ['2 creations failed', [failed, failed], { spoiled: 1, made: 0, interrupted: 0 }],
    ['2 sessions at Yoti, 1 of ours', [completed], { spoiled: 0, made: 2, interrupted: 0 }],
    [
      'failed with no_such_code',
      [session('failed', 'no_such_code')],
      { spoiled: 1, made: 0, interrupted: 0 },
    ],
  ])('are not: %s', (violation, sessions, troubles) => {
    expect(verifyCreations(sessions, troubles)).toEqual([expect.stringContaining(violation)]);
  });
});
