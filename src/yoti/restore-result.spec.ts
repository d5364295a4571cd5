import { describe, expect, it } from '@jest/globals';
import { contentPlaces } from './result-contents.js';
import { mapResult } from './map-result.js';
import { restoreResult } from './restore-result.js';
import { sessionResultSchema } from './result.js';

const media = (id: string) => ({ media: { id, type: 'JSON' } });

const wire = {
  session_id: 's',
  state: 'COMPLETED',
  resources: {
    id_documents: [
      { id: 'd', document_fields: media('fields'), expanded_document_fields: media('expanded') },
      { id: 'other', document_fields: {} },
    ],
    supplementary_documents: [{ id: 'b', document_fields: media('bill') }],
  },
  checks: [{ id: 'c', type: 'ID_DOCUMENT_AUTHENTICITY', resources_used: ['d'] }],
  identity_profile: { result: 'DONE', identity_profile_report: media('report') },
  advanced_identity_profile: { result: 'DONE', identity_profile_report: media('advanced') },
  identity_profile_preview: media('preview'),
  advanced_identity_profile_preview: media('advanced-preview'),
};

/** The content of an identity profile's report; every name of it is Yoti's. */
const report = {
  identity_assertion: { current_name: { full_name: 'AMELIA ROSE HARTWELL' } },
  verification_report: {
    report_id: 'r',
    timestamp: '2026-03-04T10:07:58Z',
    trust_framework: 'UK_TFIDA',
    schemes_compliance: [{ scheme: { type: 'DBS', objective: 'BASIC' }, requirements_met: true }],
    assurance_process: { level_of_assurance: 'MEDIUM', policy: 'GPG45', procedure: 'M1B', assurance: [] },
    evidence: { face: {}, documents: [{}], electronic_records: [] },
  },
  authentication_report: { report_id: 'a' },
  proof: 'c2lnbmF0dXJl',
};

describe('contentPlaces', () => {
  it('takes up the data of documents and the reports of profiles', () => {
    const result = mapResult(wire);
    const places = contentPlaces(result);
    expect(places.map((place) => place.media.id)).toEqual([
      'fields',
      'bill',
      'expanded',
      'report',
      'advanced',
      'preview',
      'advanced-preview',
    ]);
    for (const place of places) place.put({ is: place.media.id });
    expect(contentPlaces(result).map(({ content }) => content?.['is'])).toEqual(
      places.map((place) => place.media.id),
    );
    expect(result.idDocuments[1]?.fields).toBeNull();
  });
});

describe('restoreResult', () => {
  it('merges the fields and marks what counted', () => {
    const result = mapResult(wire);
    const contents: Record<string, Record<string, unknown>> = {
      fields: { family_name: 'HARTWELL' },
      expanded: { fields: [{ name: 'family_name', value: 'HARTWELI', source: 'VIZ', locale: 'la' }] },
      bill: { organisation: 'SPECIMEN UTILITIES' },
      report,
    };
    for (const place of contentPlaces(result)) place.put(contents[place.media.id] ?? null);
    const restored = restoreResult(JSON.parse(JSON.stringify(result)));
    expect(sessionResultSchema.parse(restored)).toEqual(restored);
    expect(restored.idDocuments[0]).toMatchObject({
      counted: true,
      countedBy: ['c'],
      fields: contents['fields'],
      expandedFields: contents['expanded'],
      extractedFields: [{ name: 'family_name', value: 'HARTWELL', agreement: 'disagreed' }],
    });
    expect(restored.idDocuments[1]).toMatchObject({ counted: false, countedBy: [], extractedFields: [] });
    expect(restored.supplementaryDocuments[0]?.extractedFields).toMatchObject([{ name: 'organisation' }]);
    expect(restored.identityProfile?.report?.content).toEqual(report);
  });

  it('reads results that version 0.1.0 stored', () => {
    const common = {
      tasks: [],
      createdAt: null,
      lastUpdatedAt: null,
      other: { source: { type: 'END_USER' } },
    };
    const stored = {
      yotiSessionId: 's',
      state: 'COMPLETED',
      tokenTtlSeconds: null,
      clientTokenLive: false,
      biometricConsentAt: null,
      checks: [
        {
          id: 'c',
          type: 'ID_DOCUMENT_AUTHENTICITY',
          state: 'DONE',
          resourcesUsed: ['d'],
          recommendation: { value: 'APPROVE', reason: null, recoverySuggestion: null },
          breakdown: [],
          generatedMedia: [],
          createdAt: null,
          lastUpdatedAt: null,
          other: {},
        },
      ],
      idDocuments: [
        {
          ...common,
          id: 'd',
          documentType: 'PASSPORT',
          issuingCountry: 'GBR',
          pages: [{ captureMethod: 'CAMERA', media: null, frames: [], other: {} }],
          documentFields: { id: 'm', type: 'JSON', createdAt: null, lastUpdatedAt: null },
          fields: { family_name: 'HARTWELL' },
          documentIdPhoto: null,
          expandedDocumentFields: null,
        },
      ],
      livenessCaptures: [
        { ...common, id: 'l', livenessType: 'STATIC', image: null, frames: [], facemap: null },
      ],
      supplementaryDocuments: [],
      faceCaptures: [],
      other: { share_codes: [] },
    };
    const restored = restoreResult(stored);
    expect(restored).toMatchObject(stored);
    expect(restored.idDocuments[0]).toMatchObject({
      counted: true,
      extractedFields: [{ name: 'family_name', agreement: 'single' }],
      machineReadableZone: null,
    });
    expect(restored.livenessCaptures[0]).toMatchObject({ counted: false, source: null });
  });

  it('refuses what is no stored result', () => {
    expect(() => restoreResult({ state: 'COMPLETED' })).toThrow();
  });
});
