import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type Comparable, compareValues } from './compare-values.js';

const told = (value: unknown, more: Partial<Comparable> = {}): Comparable => ({
  value,
  locale: null,
  nonLatin: false,
  fromZone: false,
  cut: false,
  ...more,
});

type Row = [name: string, one: unknown, other: unknown, expected: boolean | null];

const rows: Row[] = [
  ['family_name', 'Müller', 'MUELLER', true],
  ['family_name', 'MÜLLER', 'MULLER', true],
  ['family_name', 'Groß', 'GROSS', true],
  ['family_name', 'Ångström', 'AANGSTROEM', true],
  ['family_name', 'Łukasiewicz', 'LUKASIEWICZ', true],
  ['family_name', "O'Connor", 'OCONNOR', true],
  ['family_name', 'HARTWELL', 'HARTWELI', false],
  ['given_names', 'Anne-Marie', 'ANNE MARIE', true],
  ['given_names', 'AMELIA ROSE', 'AMELIA', false],
  ['full_name', 'HARTWELL AMELIA ROSE', 'AMELIA ROSE HARTWELL', true],
  ['full_name', 'JAN VAN DER BERG', 'JAN VANDERBERG', true],
  ['full_name', '-', 'AMELIA', null],
  ['date_of_birth', '1991-07-14', '14/07/1991', true],
  ['date_of_birth', '1991-07-04', '07/04/1991', true],
  ['date_of_birth', '1991-07-14', '14 JUL /JUIL 91', true],
  ['date_of_birth', '1991-07', '1991-07-14', true],
  ['date_of_birth', '1991', '1992-01-01', false],
  ['date_of_birth', '1991-07-14', '1991-07-15', false],
  ['date_of_birth', '1991-07-14', 'unreadable', null],
  ['expiration_date', '2025-01-01', '2035-01-01', false],
  ['gender', 'FEMALE', 'f', true],
  ['gender', 'MALE', 'F', false],
  ['nationality', 'GBR', 'gbr', true],
  ['nationality', 'GBR', 'FRA', false],
  ['nationality', 'GBR', 'BRITISH CITIZEN', null],
  ['document_number', 'AB 12-34', 'AB1234', true],
  ['document_number', '925601847', '925601848', false],
  ['place_of_birth', 'Norwich', 'NORWICH', true],
  ['place_of_birth', 'Norwich', 'IPSWICH', false],
  ['height', 183, '183', true],
  ['structured_postal_address', { a: 1 }, { a: 1 }, null],
  ['place_of_birth', null, 'NORWICH', null],
];

describe('compareValues', () => {
  it.each(rows)('%s: %j against %j is %s', (name, one, other, expected) => {
    expect(compareValues(name, told(one), told(other))).toBe(expected);
    expect(compareValues(name, told(other), told(one))).toBe(expected);
  });

  it('compares two-digit years of the zone, and names that the zone cut', () => {
    const zone = { fromZone: true };
    expect(compareValues('date_of_birth', told('1920-01-02'), told('2020-01-02', zone))).toBe(true);
    const cut = told('NILAVADHANANANDA CHAYAPA DEJTHAMRONG KRASUANG', { ...zone, cut: true });
    expect(
      compareValues('full_name', told('NILAVADHANANANDA CHAYAPA DEJTHAMRONG KRASUANGSAK SOMSAK'), cut),
    ).toBe(true);
    expect(compareValues('full_name', told('NILAVADHANANANDA SOMSAK'), cut)).toBe(false);
  });

  it('does not compare other scripts, nor words of different languages', () => {
    expect(compareValues('full_name', told('日本花子', { nonLatin: true }), told('HANAKO NIHON'))).toBeNull();
    const [french, english] = [told('BLEU', { locale: 'fr-CA' }), told('BLUE', { locale: 'la' })];
    expect(compareValues('eye_color', french, english)).toBeNull();
  });

  it('never throws, and is the same both ways', () => {
    const names = fc.constantFrom(...rows.map(([name]) => name), '__proto__', '');
    const values = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.jsonValue(),
      fc.constantFrom(...rows.map((row) => row[1])),
    );
    fc.assert(
      fc.property(names, values, values, (name, one, other) => {
        expect(compareValues(name, told(one), told(other))).toBe(compareValues(name, told(other), told(one)));
      }),
    );
  });
});
