import type { Specification } from './specification.js';

/** A specification that nothing is wrong with, for tests to change. */
export const specificationExample: Specification = {
  documents: [{ type: 'ID_DOCUMENT' }],
  checks: [
    { type: 'ID_DOCUMENT_AUTHENTICITY', manualCheck: 'FALLBACK' },
    { type: 'LIVENESS', livenessType: 'ZOOM', maxRetries: 3 },
    { type: 'ID_DOCUMENT_FACE_MATCH', manualCheck: 'FALLBACK' },
  ],
  tasks: [{ type: 'ID_DOCUMENT_TEXT_DATA_EXTRACTION', manualCheck: 'FALLBACK' }],
  capture: { methods: 'CAMERA', genericRetries: 1, reclassificationRetries: 1 },
  client: { locale: 'en-GB', primaryColour: '#2d9fff', privacyPolicyUrl: 'https://privacy.example.test' },
  limits: { tokenTtlSeconds: 900, resourcesTtlSeconds: 604_800 },
};
