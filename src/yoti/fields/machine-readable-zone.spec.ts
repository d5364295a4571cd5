import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { machineReadableZoneSchema } from '../result-fields.js';
import { readZone } from './machine-readable-zone.js';

const passport = {
  type: 2,
  line1: 'P<GBRHARTWELL<<AMELIA<ROSE<<<<<<<<<<<<<<<<<<',
  line2: '9256018472GBR9107142F3105227<<<<<<<<<<<<<<02',
};
/** The specimens of ICAO Doc 9303 parts 4 to 6. */
const td3 = {
  line1: 'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
  line2: 'L898902C36UTO7408122F1204159ZE184226B<<<<<10',
};
const td2 = {
  line1: 'I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<',
  line2: 'D231458907UTO7408122F1204159<<<<<<<6',
};
const td1 = {
  line1: 'I<UTOD231458907<<<<<<<<<<<<<<<',
  line2: '7408122F1204159UTO<<<<<<<<<<<6',
  line3: 'ERIKSSON<<ANNA<MARIA<<<<<<<<<<',
};

const digits = (mrz: unknown) =>
  readZone(mrz, null)?.zone.checkDigits.map(({ name, digit, valid }) => `${name} ${digit} ${valid}`);

describe('readZone', () => {
  it.each([
    ['TD3', td3, ['document_number', 'date_of_birth', 'expiration_date', 'personal_number', 'composite']],
    ['TD2', td2, ['document_number', 'date_of_birth', 'expiration_date', 'composite']],
    ['TD1', td1, ['document_number', 'date_of_birth', 'expiration_date', 'composite']],
  ])('verifies %s digit by digit', (format, mrz, names) => {
    const read = readZone(mrz, null);
    expect(read?.zone).toMatchObject({ format, valid: true });
    expect(read?.zone.checkDigits.map(({ name }) => name)).toEqual(names);
    expect(read?.zone.checkDigits.every(({ valid }) => valid)).toBe(true);
  });

  it('says which digit is wrong', () => {
    const altered = { ...passport, line2: passport.line2.replace('9107142', '9207142') };
    expect(digits(altered)).toEqual([
      'document_number 2 true',
      'date_of_birth 2 false',
      'expiration_date 7 true',
      'personal_number 0 true',
      'composite 2 false',
    ]);
    expect(readZone(altered, null)?.zone.valid).toBe(false);
  });

  it('asks visas for the digits that they have', () => {
    const visa = {
      line1: 'V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
      line2: 'L8988901C4XXX4009078F96121096ZE184226B<<<<<<',
    };
    expect(digits(visa)).toEqual([
      'document_number 4 true',
      'date_of_birth 8 true',
      'expiration_date 9 true',
    ]);
  });

  it('tells what the zone says under Yoti’s names', () => {
    const told = Object.fromEntries(
      readZone(passport, '2026-03-04T10:01:34Z')?.readings.map(({ name, value }) => [name, value]) ?? [],
    );
    expect(told).toEqual({
      family_name: 'HARTWELL',
      given_names: 'AMELIA ROSE',
      full_name: 'AMELIA ROSE HARTWELL',
      document_number: '925601847',
      nationality: 'GBR',
      issuing_country: 'GBR',
      date_of_birth: '1991-07-14',
      gender: 'FEMALE',
      expiration_date: '2031-05-22',
    });
  });

  it.each([
    ['140302', '2026-03-04T10:01:34Z', '2014-03-02'],
    ['260303', '2026-03-04T10:01:34Z', '2026-03-03'],
    ['260305', '2026-03-04T10:01:34Z', '1926-03-05'],
    ['910714', null, '1991-07-14'],
    ['91<<<<', null, '1991'],
    ['9107<<', null, '1991-07'],
  ])('dates %s, captured on %s, as %s', (short, capturedOn, expected) => {
    const line2 = passport.line2.replace('910714', short);
    const birth = readZone({ ...passport, line2 }, capturedOn)?.readings.find(
      ({ name }) => name === 'date_of_birth',
    );
    expect(birth?.value).toBe(expected);
  });

  it('knows Germany by its own code, and names that the zone has no room for', () => {
    const line1 = 'P<D<<NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K';
    const read = readZone({ ...passport, line1 }, null);
    expect(read?.readings.filter(({ cut }) => cut).map(({ name }) => name)).toContain('given_names');
    const german = readZone({ ...passport, line1: passport.line1.replace('GBR', 'D<<') }, null);
    expect(german?.readings).toContainEqual({ name: 'issuing_country', value: 'DEU', cut: false });
  });

  it.each([
    ['nothing', null],
    ['a text', 'P<GBR'],
    ['no lines', { type: 2 }],
    ['lines of another type', { line1: 1, line2: null }],
  ])('has no zone for %s', (_name, mrz) => {
    expect(readZone(mrz, null)).toBeNull();
  });

  it.each([
    ['characters of no zone', { ...passport, line2: passport.line2.replace('G', 'ß') }],
    ['lower case', { ...passport, line1: passport.line1.toLowerCase() }],
    ['a line that is cut off', { ...passport, line2: '92560' }],
    ['one line', { line1: passport.line1 }],
    ['a huge line', { line1: '<'.repeat(1_000_000) }],
  ])('keeps lines without a verdict for %s', (_name, mrz) => {
    expect(readZone(mrz, null)?.zone).toMatchObject({ format: null, valid: null, checkDigits: [] });
  });

  it('never throws, and never calls a zone with a wrong digit valid', () => {
    const line = (length: number) =>
      fc.string({
        unit: fc.constantFrom(...'<ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'.split('')),
        minLength: length,
        maxLength: length,
      });
    const zones = fc.oneof(
      fc.record({ line1: line(44), line2: line(44) }),
      fc.record({ line1: line(36), line2: line(36) }),
      fc.record({ line1: line(30), line2: line(30), line3: line(30) }),
      fc.record({ line1: fc.string({ unit: 'binary' }), line2: fc.jsonValue() }),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(zones, fc.oneof(fc.string(), fc.constant(null)), (mrz, capturedOn) => {
        const read = readZone(mrz, capturedOn);
        if (read === null) return;
        expect(machineReadableZoneSchema.parse(read.zone)).toEqual(read.zone);
        const wrong = read.zone.checkDigits.some(({ valid }) => !valid);
        expect(read.zone.valid === true && wrong).toBe(false);
      }),
    );
  });

  it('finds any single wrong digit in a date or number', () => {
    const places = fc.constantFrom(...Array(9).keys(), 13, 14, 15, 16, 17, 18, 21, 22, 23, 24, 25, 26);
    fc.assert(
      fc.property(places, fc.integer({ min: 0, max: 9 }), (place, digit) => {
        fc.pre(passport.line2[place] !== String(digit));
        const line2 = passport.line2.slice(0, place) + String(digit) + passport.line2.slice(place + 1);
        expect(readZone({ ...passport, line2 }, null)?.zone.valid).toBe(false);
      }),
    );
  });
});
