import { describe, expect, it } from '@jest/globals';
import { HIDDEN, redact } from './redact.js';

describe('what the control paths hide', () => {
  it.each([
    [
      { notifications: { auth_token: 'n_secret', auth_type: 'BASIC' } },
      { notifications: { auth_token: HIDDEN, auth_type: 'BASIC' } },
    ],
    [
      { client_session_token: 'abc', client_session_token_ttl: 900 },
      { client_session_token: HIDDEN, client_session_token_ttl: 900 },
    ],
    [
      { requested_checks: [{ config: { api_key: 'k', monitoring: true } }] },
      { requested_checks: [{ config: { api_key: HIDDEN, monitoring: true } }] },
    ],
    [{ import_token: { ttl: 5 } }, { import_token: { ttl: 5 } }],
    ['plain', 'plain'],
    [null, null],
  ])('%j', (given, shown) => {
    expect(redact(given)).toEqual(shown);
  });
});
