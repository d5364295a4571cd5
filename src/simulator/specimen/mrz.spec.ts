import { describe, expect, it } from '@jest/globals';
import { checkDigit, td1, td3, transliterate } from './mrz.js';

const eriksson = {
  issuer: 'UTO',
  nationality: 'UTO',
  familyName: 'Eriksson',
  givenNames: 'Anna Maria',
  dateOfBirth: '1974-08-12',
  sex: 'F' as const,
  expires: '2012-04-15',
};

describe('machine-readable zone', () => {
  it('matches the passport example of ICAO Doc 9303 part 4', () => {
    expect(
      td3({ ...eriksson, documentCode: 'P', documentNumber: 'L898902C3', optional: 'ZE184226B' }),
    ).toEqual([
      'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
      'L898902C36UTO7408122F1204159ZE184226B<<<<<10',
    ]);
  });

  it('matches the card example of ICAO Doc 9303 part 5', () => {
    expect(td1({ ...eriksson, documentCode: 'I', documentNumber: 'D23145890' })).toEqual([
      'I<UTOD231458907<<<<<<<<<<<<<<<',
      '7408122F1204159UTO<<<<<<<<<<<6',
      'ERIKSSON<<ANNA<MARIA<<<<<<<<<<',
    ]);
  });

  it('matches a British passport without a personal number', () => {
    expect(
      td3({
        documentCode: 'P',
        issuer: 'GBR',
        nationality: 'GBR',
        familyName: 'HARTWELL',
        givenNames: 'AMELIA ROSE',
        documentNumber: '925601847',
        dateOfBirth: '1991-07-14',
        sex: 'F',
        expires: '2031-05-22',
      }),
    ).toEqual([
      'P<GBRHARTWELL<<AMELIA<ROSE<<<<<<<<<<<<<<<<<<',
      '9256018472GBR9107142F3105227<<<<<<<<<<<<<<02',
    ]);
  });

  it('computes check digits with weights 7, 3, 1', () => {
    expect(checkDigit('520727')).toBe('3');
    expect(checkDigit('AB2134<<<')).toBe('5');
  });

  it.each([
    ['Zoë', 'ZOE'],
    ['Brönte-Söderström', 'BROENTE<SOEDERSTROEM'],
    ["O'Farrell", 'OFARRELL'],
    ['Strauß', 'STRAUSS'],
    ['Núñez', 'NUNEZ'],
  ])('writes %s as %s', (name, zone) => expect(transliterate(name)).toBe(zone));

  it('keeps its length whatever the names are', () => {
    const long = { ...eriksson, familyName: 'Wolfeschlegelsteinhausenbergerdorff', documentCode: 'P' };
    expect(td3({ ...long, documentNumber: '1' }).map((line) => line.length)).toEqual([44, 44]);
    expect(td1({ ...long, documentNumber: '1' }).map((line) => line.length)).toEqual([30, 30, 30]);
  });
});
