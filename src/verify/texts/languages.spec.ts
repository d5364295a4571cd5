import { describe, expect, it } from '@jest/globals';
import { english } from './en.js';
import { acceptedLanguages, languages, textsFor } from './languages.js';
import { fill } from '../texts.js';

const wishes = (locale: string | null, accepted?: string, chosen?: string) => ({ locale, accepted, chosen });

describe('textsFor', () => {
  it.each([
    [wishes('en-GB'), 'en'],
    [wishes('es-419'), 'es'],
    [wishes('ar'), 'ar'],
    [wishes('de-AT', 'fr'), 'de'],
    [wishes('de', 'fr', 'ar'), 'ar'],
    [wishes('de', 'fr', 'xx'), 'de'],
    [wishes(null, 'fr-CH, fr;q=0.9, en;q=0.8'), 'fr'],
    [wishes(null, 'nl, en;q=0.5, es;q=0.7'), 'es'],
    [wishes('el-GR', 'de'), 'de'],
    [wishes('xx', 'yy'), 'en'],
    [wishes('', '', ''), 'en'],
    [wishes(null), 'en'],
  ])('for %j is in %s', (given, language) => {
    expect(textsFor(given).language).toBe(language);
  });
});

describe('acceptedLanguages', () => {
  it.each([
    ['de', ['de']],
    ['en;q=0.5, DE-de , fr;q=0.8', ['DE-de', 'fr', 'en']],
    ['de;q=0, fr;q=2, es;q=x, *, <a>, ;', []],
    [Array.from({ length: 100 }, () => 'xx').join(',') + ',de', Array.from({ length: 20 }, () => 'xx')],
    [undefined, []],
  ])('of %j are %j', (header, expected) => {
    expect(acceptedLanguages(header)).toEqual(expected);
  });
});

/** Every text with its place. */
function flatten(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(value as object).flatMap(([name, inner]) => flatten(inner, `${path}.${name}`));
}

const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g))].toSorted();

describe.each(languages.map((texts) => [texts.name, texts] as const))('%s', (_name, texts) => {
  const said = new Map(flatten(texts));

  it('is told apart by its tag, and has its direction', () => {
    expect(languages.filter(({ language }) => language === texts.language)).toEqual([texts]);
    expect(texts.direction).toBe(new Set(['ar', 'he', 'fa', 'ur']).has(texts.language) ? 'rtl' : 'ltr');
  });

  it('says everything, with the same values filled in as in English', () => {
    for (const [path, text] of flatten(english)) {
      const own = said.get(path) ?? '';
      expect([path, own]).toEqual([path, expect.stringMatching(/\S/)]);
      expect([path, placeholders(own)]).toEqual([path, placeholders(text)]);
    }
    expect(said.size).toBe(flatten(english).length);
  });

  it('is translated, not copied', () => {
    if (texts === english) return;
    // Words that languages share, such as "Code {code}".
    const copied = flatten(english).filter(([path, text]) => text.length > 20 && said.get(path) === text);
    expect(copied).toEqual([]);
  });
});

describe('fill', () => {
  it('puts values in, once', () => {
    expect(fill('{tenant} and {tenant}, {other}', { tenant: '{other} & $1' })).toBe(
      '{other} & $1 and {other} & $1, {other}',
    );
  });
});
