import { describe, expect, it } from '@jest/globals';
import { ApiError } from './api-error.js';
import { parseJson } from './json-body.js';

describe('parseJson', () => {
  it('reads JSON', () => {
    expect(parseJson(Buffer.from('{"a":[1,"ü",null]}'))).toEqual({ a: [1, 'ü', null] });
  });

  it.each([
    ['broken JSON', Buffer.from('{"a":')],
    ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['NUL in a value', Buffer.from('{"a":"\\u0000"}')],
    ['NUL in a key', Buffer.from('{"\\u0000":1}')],
    ['a lone surrogate', Buffer.from('"\\ud800"')],
    ['a prototype key', Buffer.from('{"__proto__":{"admin":true}}')],
    ['40,000 levels', Buffer.from('['.repeat(40_000) + ']'.repeat(40_000))],
    ['33 levels', Buffer.from('['.repeat(33) + '1' + ']'.repeat(33))],
    ['too many values', Buffer.from(JSON.stringify(Array.from({ length: 10_001 }, () => 0)))],
  ])('refuses %s', (_, body) => {
    expect(() => parseJson(body)).toThrow(ApiError);
  });
});
