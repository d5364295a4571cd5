import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { z } from 'zod';
import { extractedFieldSchema, machineReadableZoneSchema } from '../result-fields.js';
import { type DocumentData, mergeFields } from './merge-fields.js';

const passport = {
  full_name: 'AMELIA ROSE HARTWELL',
  date_of_birth: '1991-07-14',
  nationality: 'GBR',
  given_names: 'AMELIA ROSE',
  family_name: 'HARTWELL',
  gender: 'FEMALE',
  issuing_country: 'GBR',
  document_number: '925601847',
  expiration_date: '2031-05-22',
  mrz: {
    type: 2,
    line1: 'P<GBRHARTWELL<<AMELIA<ROSE<<<<<<<<<<<<<<<<<<',
    line2: '9256018472GBR9107142F3105227<<<<<<<<<<<<<<02',
  },
};

const merged = (
  fields: DocumentData['fields'],
  expanded: unknown[] | null = null,
  createdAt: string | null = null,
) => mergeFields({ fields, expandedFields: expanded && { fields: expanded }, createdAt });

const field = (result: ReturnType<typeof merged>, name: string) =>
  result.extractedFields.find((one) => one.name === name);

/** Every name of Yoti's document fields. */
const documentFieldNames =
  `full_name date_of_birth nationality given_names first_name middle_name family_name place_of_birth country_of_birth
   gender name_prefix name_suffix first_name_alias middle_name_alias family_name_alias weight height eye_color
   document_type issuing_country document_number expiration_date date_of_issue issuing_authority organisation
   personal_identification_number parent_name place_of_issue driving_licence_class driving_licence_restriction_code`
    .split(/\s+/)
    .map((name): [string, unknown] => [name, 'A value']);

const address = {
  address_format: 1,
  building_number: '7',
  building: 'b',
  sub_building: 'c',
  street: 's',
  landmark: 'l',
  address_line1: '1',
  address_line2: '2',
  address_line3: '3',
  address_line4: '4',
  address_line5: '5',
  address_line6: '6',
  locality: 'o',
  town_city: 't',
  subdistrict: 'u',
  district: 'd',
  state: 'e',
  postal_code: 'p',
  post_office: 'f',
  country_iso: 'GBR',
  country: 'United Kingdom',
  udprn: '12',
  care_of: 'r',
  formatted_address: '7 S\nT',
};

describe('mergeFields', () => {
  it.each([
    ...documentFieldNames,
    ['structured_postal_address', address] as [string, unknown],
    ['document_template', { front_page_name: 'f', back_page_name: 'b' }] as [string, unknown],
    ['never_heard_of', ['x']] as [string, unknown],
  ])('takes %s from the document fields', (name, value) => {
    expect(merged({ [name]: value }).extractedFields).toEqual([
      {
        name,
        value,
        agreement: 'single',
        sources: [
          {
            source: 'DOCUMENT_FIELDS',
            readBy: 'yoti',
            value,
            locale: null,
            nonLatin: false,
            transliteration: false,
            agrees: true,
          },
        ],
      },
    ]);
  });

  it('takes every part of an expanded field', () => {
    const expanded = {
      name: 'full_name',
      value: 'HANAKO NIHON',
      locale: 'la',
      source: 'BARCODE',
      is_non_latin: false,
      is_transliteration: true,
    };
    expect(field(merged({}, [expanded]), 'full_name')).toEqual({
      name: 'full_name',
      value: 'HANAKO NIHON',
      agreement: 'single',
      sources: [
        {
          source: 'BARCODE',
          readBy: 'yoti',
          value: 'HANAKO NIHON',
          locale: 'la',
          nonLatin: false,
          transliteration: true,
          agrees: true,
        },
      ],
    });
  });

  it('finds a sound passport in agreement with its zone', () => {
    const result = merged(passport, null, '2026-03-04T10:01:34Z');
    expect(result.machineReadableZone).toMatchObject({ format: 'TD3', valid: true });
    expect(new Set(result.extractedFields.map(({ agreement }) => agreement))).toEqual(new Set(['agreed']));
    expect(result.extractedFields).toHaveLength(9);
    expect(field(result, 'full_name')?.sources.map(({ source, readBy }) => [source, readBy])).toEqual([
      ['DOCUMENT_FIELDS', 'yoti'],
      ['MRZ', 'countersign'],
    ]);
  });

  it('marks what the sources tell differently, and which of them', () => {
    const result = merged({ ...passport, expiration_date: '2035-01-01' }, [
      { name: 'expiration_date', value: '2035-01-01', locale: 'la', source: 'VIZ' },
      { name: 'expiration_date', value: '2025-01-01', locale: 'la', source: 'MRZ' },
    ]);
    expect(field(result, 'expiration_date')).toMatchObject({ value: '2035-01-01', agreement: 'disagreed' });
    expect(field(result, 'expiration_date')?.sources.map(({ source, value }) => [source, value])).toEqual([
      ['DOCUMENT_FIELDS', '2035-01-01'],
      ['VIZ', '2035-01-01'],
      ['MRZ', '2025-01-01'],
      ['MRZ', '2031-05-22'],
    ]);
    const differing = field(result, 'expiration_date')?.sources.map(({ agrees }) => agrees);
    expect(differing).toEqual([true, true, false, false]);
    expect(field(result, 'family_name')?.agreement).toBe('agreed');
  });

  it('prefers Latin script, and does not compare scripts', () => {
    const result = merged({ full_name: '日本花子' }, [
      { name: 'full_name', value: '日本花子', locale: 'ja-JP', source: 'VIZ', is_non_latin: true },
      { name: 'full_name', value: 'HANAKO NIHON', locale: 'la', source: 'VIZ', is_transliteration: true },
    ]);
    expect(field(result, 'full_name')).toMatchObject({ value: 'HANAKO NIHON', agreement: 'agreed' });
    expect(field(result, 'full_name')?.sources.map(({ agrees }) => agrees)).toEqual([null, null, true]);
    const apart = merged({ full_name: '日本花子' }, [
      { name: 'full_name', value: 'HANAKO NIHON', source: 'VIZ' },
    ]);
    expect(field(apart, 'full_name')?.agreement).toBe('incomparable');
  });

  it('compares the printed address with the structured one', () => {
    const fields = { structured_postal_address: address };
    const result = merged(fields, [{ name: 'postal_address', value: '7 s, t', source: 'VIZ', locale: 'la' }]);
    expect(field(result, 'postal_address')).toMatchObject({ value: '7 S\nT', agreement: 'agreed' });
  });

  it('never throws on whatever Yoti may send, and its fields fit the API document', () => {
    const entry = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          name: fc.oneof(fc.constantFrom(...Object.keys(passport)), fc.string()),
          value: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
          locale: fc.jsonValue(),
          source: fc.oneof(fc.constantFrom('VIZ', 'MRZ', 'BARCODE', 'CHIP'), fc.jsonValue()),
          is_non_latin: fc.jsonValue(),
          is_transliteration: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    );
    const fields = fc.oneof(
      fc.constant(null),
      fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(passport)), fc.string()), fc.jsonValue()),
    );
    const expanded = fc.oneof(
      fc.constant(null),
      fc.record({ fields: fc.oneof(fc.array(entry), fc.jsonValue()) }),
    );
    const schema = z.object({
      extractedFields: z.array(extractedFieldSchema),
      machineReadableZone: machineReadableZoneSchema.nullable(),
    });
    fc.assert(
      fc.property(fields, expanded, fc.oneof(fc.string(), fc.constant(null)), (told, more, createdAt) => {
        const result = mergeFields({
          fields: told,
          expandedFields: more,
          createdAt,
        });
        expect(schema.parse(result)).toEqual(result);
      }),
    );
  });

  it('copes with very many fields and very long values', () => {
    const many = Array.from({ length: 50_000 }, (_, index) => ({
      name: 'family_name',
      value: `NAME ${index}`,
      source: 'VIZ',
    }));
    const result = merged({ ...passport, place_of_birth: 'x'.repeat(1_000_000) }, many);
    expect(field(result, 'family_name')?.sources).toHaveLength(50_002);
  });
});
