import { exampleIds } from '../http/example.ids.js';
import { mergeFields } from './fields/merge-fields.js';

const image = (id: string, time: string) => ({
  id,
  type: 'IMAGE',
  createdAt: `2026-03-04T${time}Z`,
  lastUpdatedAt: `2026-03-04T${time}Z`,
});

const passed = (subCheck: string) => ({
  subCheck,
  result: 'PASS',
  process: 'AUTOMATED',
  details: [] as { name: string; value: string }[],
});

const check = {
  state: 'DONE',
  recommendation: { value: 'APPROVE', reason: null, recoverySuggestion: null },
  watchlistSummary: null,
  generatedMedia: [],
  generatedProfile: null,
  scheme: null,
  createdAt: '2026-03-04T10:23:30Z',
  lastUpdatedAt: '2026-03-04T10:24:10Z',
  other: {},
};

const documentId = 'cb0aabac-34f9-4056-886d-a98e490c9b67';
const livenessId = 'eecd16d9-50b8-4b91-81e2-7683fc05cb76';
const documentFields = { ...image('bcdc0251-cd4e-44a9-8592-8605b49213bf', '10:22:19'), type: 'JSON' };

/** Data of a made-up passport for the API document. */
export const documentFieldsExample = {
  full_name: 'AMELIA ROSE HARTWELL',
  date_of_birth: '1991-08-17',
  nationality: 'GBR',
  given_names: 'AMELIA ROSE',
  family_name: 'HARTWELL',
  place_of_birth: 'LOWMERE',
  gender: 'FEMALE',
  document_type: 'PASSPORT',
  issuing_country: 'GBR',
  document_number: '900000000',
  expiration_date: '2031-05-11',
  date_of_issue: '2021-05-11',
  issuing_authority: 'SPECIMEN',
  mrz: {
    type: 2,
    line1: 'P<GBRHARTWELL<<AMELIA<ROSE<<<<<<<<<<<<<<<<<<',
    line2: '9000000003GBR9108172F3105113<<<<<<<<<<<<<<00',
  },
};

const capturedAt = '2026-03-04T10:21:34Z';

const authenticityId = '6f22a1b4-8c44-4d83-a7cb-5c6f0a3ad5f1';
const livenessCheckId = '0b5f8a3e-4f83-4c1c-93ce-6c0f6d3f6d02';
const faceMatchId = 'd2b1c7f0-9d1e-4a57-8a0a-2f5f8f1b7c03';

const resource = { source: { type: 'END_USER' }, counted: true };

/** What Yoti found in the session of the API document's examples. */
export const sessionResultExample = {
  yotiSessionId: 'e355ea34-3bf9-40bc-a572-9e97614e0a00',
  state: 'COMPLETED',
  userTrackingId: exampleIds.session,
  tokenTtlSeconds: null,
  clientTokenLive: false,
  biometricConsentAt: '2026-03-04T10:22:31Z',
  checks: [
    {
      ...check,
      id: authenticityId,
      type: 'ID_DOCUMENT_AUTHENTICITY',
      resourcesUsed: [documentId],
      breakdown: [passed('document_in_date'), passed('fraud_list_check'), passed('mrz_validation')],
    },
    {
      ...check,
      id: livenessCheckId,
      type: 'LIVENESS',
      resourcesUsed: [livenessId],
      breakdown: [
        passed('face_processing'),
        passed('liveness_auth'),
        passed('payload_signature_verification'),
      ],
    },
    {
      ...check,
      id: faceMatchId,
      type: 'ID_DOCUMENT_FACE_MATCH',
      resourcesUsed: [documentId, livenessId],
      recommendation: { value: 'NOT_AVAILABLE', reason: 'LARGE_AGE_GAP', recoverySuggestion: null },
      breakdown: [],
      lastUpdatedAt: '2026-03-04T10:24:58Z',
    },
  ],
  idDocuments: [
    {
      id: documentId,
      tasks: [
        {
          id: '240525e7-5a93-46af-a89a-b864586782f4',
          type: 'ID_DOCUMENT_TEXT_DATA_EXTRACTION',
          state: 'DONE',
          recommendation: null,
          generatedChecks: [],
          generatedMedia: [{ id: documentFields.id, type: documentFields.type }],
          createdAt: '2026-03-04T10:21:34Z',
          lastUpdatedAt: '2026-03-04T10:22:19Z',
          other: {},
        },
      ],
      ...resource,
      countedBy: [authenticityId, faceMatchId],
      createdAt: capturedAt,
      lastUpdatedAt: '2026-03-04T10:22:19Z',
      other: {},
      documentType: 'PASSPORT',
      issuingCountry: 'GBR',
      pages: [
        {
          captureMethod: 'CAMERA',
          media: image('99e8ce88-b8af-4db7-ac85-12f9d594c04b', '10:22:11'),
          frames: [],
          extractionImageIds: ['99e8ce88-b8af-4db7-ac85-12f9d594c04b'],
          other: {},
        },
      ],
      documentFields,
      fields: documentFieldsExample,
      ...mergeFields({ fields: documentFieldsExample, expandedFields: null, createdAt: capturedAt }),
      documentIdPhoto: image('67bc7d48-431b-4db1-8b5a-1c2ed98eef8f', '10:22:19'),
      expandedDocumentFields: null,
      expandedFields: null,
    },
  ],
  livenessCaptures: [
    {
      id: livenessId,
      tasks: [],
      ...resource,
      countedBy: [livenessCheckId, faceMatchId],
      createdAt: '2026-03-04T10:22:44Z',
      lastUpdatedAt: '2026-03-04T10:22:52Z',
      other: {},
      livenessType: 'STATIC',
      image: image('a8b084fe-a7b1-4daf-b644-b31be93e609a', '10:22:50'),
      frames: [],
      facemap: null,
    },
  ],
  supplementaryDocuments: [],
  faceCaptures: [],
  applicantProfiles: [],
  shareCodes: [],
  identityProfile: null,
  advancedIdentityProfile: null,
  identityProfilePreview: null,
  advancedIdentityProfilePreview: null,
  importToken: null,
  other: {},
};
