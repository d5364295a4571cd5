import { describe, expect, it } from '@jest/globals';
import { fill, textsFor } from './texts.js';

describe('textsFor', () => {
  it.each(['en', 'en-GB', 'es-419', 'xx', '', null])('answers for %s', (locale) => {
    expect(textsFor(locale).language).toBe('en');
  });
});

describe('fill', () => {
  it('puts values in, once', () => {
    expect(fill('{tenant} and {tenant}, {other}', { tenant: '{other} & $1' })).toBe(
      '{other} & $1 and {other} & $1, {other}',
    );
  });
});
