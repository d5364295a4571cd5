import { describe, expect, it } from '@jest/globals';
import { hostName, refusalOf } from './guard.js';

const source = { method: 'POST', host: '127.0.0.1:3001', origin: undefined, site: undefined };

describe('the guard of the control paths', () => {
  it.each([
    ['127.0.0.1:3001', '127.0.0.1'],
    ['LOCALHOST', 'localhost'],
    ['[::1]:3001', '::1'],
    ['2130706433', '127.0.0.1'],
    ['', undefined],
    ['a b', undefined],
    [undefined, undefined],
  ])('reads the host name of %s', (header, name) => {
    expect(hostName(header)).toBe(name);
  });

  it.each([
    ['127.0.0.1:3001', undefined],
    ['127.9.9.9', undefined],
    ['localhost:3001', undefined],
    ['[::1]:3001', undefined],
    ['simulator:3001', undefined],
    ['rebound.example', 'FORBIDDEN_HOST'],
    ['localhost.rebound.example:3001', 'FORBIDDEN_HOST'],
    ['127.0.0.1.rebound.example', 'FORBIDDEN_HOST'],
    ['10.0.0.5:3001', 'FORBIDDEN_HOST'],
    [undefined, 'FORBIDDEN_HOST'],
  ])('addressed as %s: %s', (host, code) => {
    for (const method of ['GET', 'POST']) {
      expect(refusalOf({ ...source, method, host }, ['simulator'])?.code).toBe(code);
    }
  });

  it.each([
    ['a program', undefined, undefined, undefined],
    ['its own page', 'http://127.0.0.1:3001', 'same-origin', undefined],
    ['a typed address', undefined, 'none', undefined],
    ['another site', 'https://site.example', 'cross-site', 'FORBIDDEN_ORIGIN'],
    ['an older browser on another site', 'https://site.example', undefined, 'FORBIDDEN_ORIGIN'],
    ['a sandboxed frame', 'null', 'cross-site', 'FORBIDDEN_ORIGIN'],
    ['another port of this machine', 'http://127.0.0.1:8080', 'same-site', 'FORBIDDEN_ORIGIN'],
    ['another name of this machine', 'http://localhost:3001', 'cross-site', 'FORBIDDEN_ORIGIN'],
    ['a form without an origin', undefined, 'cross-site', 'FORBIDDEN_ORIGIN'],
  ])('a change by %s', (_who, origin, site, code) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      expect(refusalOf({ ...source, method, origin, site }, [])?.code).toBe(code);
    }
    expect(refusalOf({ ...source, method: 'GET', origin, site }, [])).toBeUndefined();
  });
});
