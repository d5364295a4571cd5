import { describe, expect, it } from '@jest/globals';
import {
  clientErrorCodes,
  clientErrorKind,
  clientErrorRules,
  explainClientEvent,
  type Retry,
} from './client-errors.js';

const documented: [number, Retry][] = [
  [1000, 'same_session'],
  [2000, 'new_session'],
  [2001, 'new_session'],
  [2002, 'new_session'],
  [2003, 'new_session'],
  [2004, 'new_session'],
  [3000, 'same_session'],
  [3001, 'same_session'],
  [3002, 'same_session'],
  [3003, 'same_session'],
  [4000, 'same_session'],
  [4001, 'new_session'],
  [5000, 'no'],
  [5001, 'no'],
  [5002, 'same_session'],
  [5003, 'no'],
  [5004, 'no'],
  [5005, 'no'],
  [5006, 'no'],
  [5007, 'no'],
  [5008, 'no'],
  [5009, 'no'],
  [5010, 'no'],
  [5011, 'no'],
  [6000, 'no'],
  [6001, 'no'],
  [6002, 'no'],
  [6003, 'no'],
  [7000, 'no'],
];

describe('client errors', () => {
  it.each(documented)('code %d can be tried again: %s', (code, retry) => {
    expect(clientErrorRules[clientErrorKind(code)].retry).toBe(retry);
  });

  it('has exactly the documented codes', () => {
    expect([...clientErrorCodes.keys()]).toEqual(documented.map(([code]) => code));
  });

  it.each([-1, 999, 2005, 5012, 8000, 2 ** 31])('takes the undocumented code %d', (code) => {
    expect(clientErrorKind(code)).toBe('unknown');
  });

  it.each(documented)('explains code %d', (code, retry) => {
    const { kind, meaning, ...rest } = explainClientEvent({ type: 'error', code });
    expect(rest).toEqual({ retry });
    expect(kind).toBe(clientErrorKind(code));
    expect(meaning).toMatch(/^[A-Z].*\w.*\.$/);
  });

  it.each([null, 4321])('says of the error %s only that it is unknown', (code) => {
    expect(explainClientEvent({ type: 'error', code })).toMatchObject({
      kind: 'unknown',
      retry: 'same_session',
    });
  });

  it.each(['opened', 'started', 'success'])('has nothing to explain about %s', (type) => {
    expect(explainClientEvent({ type, code: null })).toEqual({ kind: null, meaning: null, retry: null });
  });
});
