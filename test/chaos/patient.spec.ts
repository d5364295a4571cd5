import { describe, expect, it } from '@jest/globals';
import { surpriseOf } from './patient.js';

describe('an answer under faults', () => {
  it.each<[status: number, retryAfter: string | null, isSurprise: boolean]>([
    [201, null, false],
    [409, null, false],
    [429, '1', false],
    [429, null, true],
    [500, null, true],
    [500, '2', true],
    [502, null, false],
    [503, '2', false],
    [503, null, true],
    [504, '2', true],
  ])('%d with Retry-After %s: a surprise is %s', (status, retryAfter, isSurprise) => {
    const headers = new Headers(retryAfter === null ? {} : { 'retry-after': retryAfter });
    expect(surpriseOf({ status, headers, body: { code: 'some_code' } }) !== null).toBe(isSurprise);
  });
});
