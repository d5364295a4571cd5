import { describe, expect, it } from '@jest/globals';
import type { Environment } from './environment.js';
import { notificationFinding, type SelfCall } from './notification-address.js';

const url = 'https://verify.example';
const heard = new Date('2026-03-04T10:00:00.000Z');

describe('whether notifications reach us', () => {
  it.each<[string, Environment, string, Date | null, SelfCall, boolean | null]>([
    ['one came', 'live', url, heard, 'silent', true],
    ['one came, in spite of all', 'simulator', 'http://127.0.0.1', heard, 'private', true],
    ['a simulator', 'simulator', 'http://127.0.0.1', null, 'silent', null],
    ['no https', 'live', 'http://verify.example', null, 'silent', false],
    ['a private address', 'sandbox', url, null, 'private', false],
    ['an answer', 'live', url, null, 'answered', true],
    ['no answer', 'live', url, null, 'silent', null],
  ])('%s', (_, environment, publicUrl, heardAt, call, ok) => {
    const finding = notificationFinding(environment, publicUrl, heardAt, call);
    expect(finding.ok).toBe(ok);
    expect(finding.message).not.toBe('');
    if (ok === false) expect(finding.fix).toContain('PUBLIC_URL');
  });
});
