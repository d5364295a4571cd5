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
  generatedMedia: [],
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
};

/** What Yoti found in the session of the API document's examples. */
export const sessionResultExample = {
  yotiSessionId: 'e355ea34-3bf9-40bc-a572-9e97614e0a00',
  state: 'COMPLETED',
  tokenTtlSeconds: null,
  clientTokenLive: false,
  biometricConsentAt: '2026-03-04T10:22:31Z',
  checks: [
    {
      ...check,
      id: '6f22a1b4-8c44-4d83-a7cb-5c6f0a3ad5f1',
      type: 'ID_DOCUMENT_AUTHENTICITY',
      resourcesUsed: [documentId],
      breakdown: [passed('document_in_date'), passed('fraud_list_check'), passed('mrz_validation')],
    },
    {
      ...check,
      id: '0b5f8a3e-4f83-4c1c-93ce-6c0f6d3f6d02',
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
      id: 'd2b1c7f0-9d1e-4a57-8a0a-2f5f8f1b7c03',
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
      createdAt: '2026-03-04T10:21:34Z',
      lastUpdatedAt: '2026-03-04T10:22:19Z',
      other: {},
      documentType: 'PASSPORT',
      issuingCountry: 'GBR',
      pages: [
        {
          captureMethod: 'CAMERA',
          media: image('99e8ce88-b8af-4db7-ac85-12f9d594c04b', '10:22:11'),
          frames: [],
          other: {},
        },
      ],
      documentFields,
      fields: documentFieldsExample,
      documentIdPhoto: image('67bc7d48-431b-4db1-8b5a-1c2ed98eef8f', '10:22:19'),
      expandedDocumentFields: null,
    },
  ],
  livenessCaptures: [
    {
      id: livenessId,
      tasks: [],
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
  other: {},
};
