import { describe, expect, it } from '@jest/globals';
import { checkEntryFor, isFor, responseConfigSchema, taskEntryFor } from './response-config.js';

const passport = { documentType: 'PASSPORT', country: 'GBR' };
const licence = { documentType: 'DRIVING_LICENCE', country: 'FRA' };

describe('document filters', () => {
  it.each([
    [undefined, passport, true],
    [undefined, undefined, true],
    [{ document_types: ['PASSPORT'] }, undefined, false],
    [{ document_types: ['PASSPORT'], country_codes: [] }, passport, true],
    [{ document_types: [], country_codes: ['GBR'] }, licence, false],
    [{ document_types: ['PASSPORT'], country_codes: ['GBR'] }, passport, true],
    [{ document_types: ['PASSPORT'] }, licence, false],
  ])('%j for %j: %s', (filter, document, fits) => {
    expect(isFor(filter, document)).toBe(fits);
  });
});

const saying = (value: string) => ({ result: { report: { recommendation: { value } } } });
const config = responseConfigSchema.parse({
  check_reports: {
    ID_DOCUMENT_AUTHENTICITY: [
      { document_filter: { country_codes: ['FRA'] }, ...saying('FRENCH') },
      saying('FIRST'),
      saying('SECOND'),
    ],
    ID_DOCUMENT_COMPARISON: [
      { secondary_document_filter: { document_types: ['DRIVING_LICENCE'] }, ...saying('LICENCE') },
    ],
    LIVENESS: [
      { liveness_type: 'ZOOM', ...saying('ZOOM') },
      { liveness_type: 'STATIC', ...saying('STATIC 1') },
      saying('EITHER'),
    ],
    THIRD_PARTY_IDENTITY: saying('ALONE'),
    async_report_delay: 5,
  },
  task_results: {
    ID_DOCUMENT_TEXT_DATA_EXTRACTION: [
      { result: { document_fields: { attempt: 1 } } },
      { result: { document_fields: { attempt: 2 } } },
    ],
  },
});

describe('the entry for a check', () => {
  const subject = (type: string, more: object = {}) => ({ type, attempt: 0, ...more });

  it.each([
    [subject('ID_DOCUMENT_AUTHENTICITY', { document: licence }), 'FRENCH'],
    [subject('ID_DOCUMENT_AUTHENTICITY', { document: passport }), 'FIRST'],
    [subject('ID_DOCUMENT_AUTHENTICITY', { document: passport, attempt: 3 }), 'FIRST'],
    [subject('ID_DOCUMENT_COMPARISON', { secondaryDocument: licence }), 'LICENCE'],
    [subject('ID_DOCUMENT_COMPARISON', { secondaryDocument: passport }), undefined],
    [subject('LIVENESS', { livenessType: 'STATIC' }), 'STATIC 1'],
    [subject('LIVENESS', { livenessType: 'STATIC', attempt: 1 }), 'EITHER'],
    [subject('LIVENESS', { livenessType: 'STATIC', attempt: 9 }), 'EITHER'],
    [subject('LIVENESS', { livenessType: 'ZOOM' }), 'ZOOM'],
    [subject('THIRD_PARTY_IDENTITY'), 'ALONE'],
    [subject('async_report_delay'), undefined],
    [subject('WATCHLIST_SCREENING'), undefined],
  ])('%j: %s', (wanted, value) => {
    const result = checkEntryFor(config, wanted)?.result;
    expect(result && 'report' in result ? result.report : undefined).toEqual(
      value === undefined ? undefined : { recommendation: { value } },
    );
  });
});

describe('the entry for a text extraction', () => {
  it.each([
    [0, 1],
    [1, 2],
    [5, 2],
  ])('attempt %i takes entry %i', (attempt, expected) => {
    const subject = { type: 'ID_DOCUMENT_TEXT_DATA_EXTRACTION', attempt, document: passport };
    expect(taskEntryFor(config, subject)?.result.document_fields).toEqual({ attempt: expected });
  });
});
