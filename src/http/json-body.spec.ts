import { describe, expect, it } from '@jest/globals';
import { ApiError } from './api-error.js';
import { parseJson } from './json-body.js';

describe('parseJson', () => {
  it('reads JSON', () => {
    expect(parseJson(Buffer.from('{"a":[1,"ü",null]}'))).toEqual({ a: [1, 'ü', null] });
  });

  const deep = (levels: number, opening: string, closing: string) =>
    Buffer.from(opening.repeat(levels) + '1' + closing.repeat(levels));

  it.each([
    ['broken JSON', Buffer.from('{"a":'), 'not valid JSON'],
    ['no JSON at all', Buffer.from('csk'), 'not valid JSON'],
    ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'not valid UTF-8'],
    ['NUL in a value', Buffer.from('{"a":"\\u0000"}'), 'NUL'],
    ['NUL in a key', Buffer.from('{"\\u0000":1}'), 'NUL'],
    ['a lone surrogate', Buffer.from('"\\ud800"'), 'lone surrogates'],
    ['a prototype key', Buffer.from('{"__proto__":{"admin":true}}'), 'key that is not allowed'],
    ['a prototype key that is spelt out', Buffer.from('[{"__\\u0070roto__":1}]'), 'key that is not allowed'],
    ['40,000 lists in each other', deep(40_000, '[', ']'), 'nested deeper than 32 levels'],
    ['40,000 objects in each other', deep(40_000, '{"a":', '}'), 'nested deeper than 32 levels'],
    ['33 levels', deep(33, '[', ']'), 'nested deeper than 32 levels'],
    [
      'too many values',
      Buffer.from(JSON.stringify(Array.from({ length: 10_001 }, () => 0))),
      'more than 10000',
    ],
  ])('refuses %s', (_, body, detail) => {
    expect(() => parseJson(body)).toThrow(ApiError);
    expect(() => parseJson(body)).toThrow(detail);
  });
});
