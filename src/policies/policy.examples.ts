import { exampleIds } from '../http/example.ids.js';
import { fingerprintOf } from './fingerprint.js';
import { starterDocument } from './policy.document.js';

export const policyItemExample = {
  id: exampleIds.policy,
  slug: 'identity',
  name: 'Identity',
  description: 'For new customers',
  publishedVersion: 1,
  draftChanged: false,
  version: 2,
  createdAt: '2026-03-04T10:10:00.000Z',
  updatedAt: '2026-03-04T10:12:00.000Z',
};

export const policyExample = { ...policyItemExample, draft: starterDocument };

export const policyVersionItemExample = {
  policyId: exampleIds.policy,
  version: 1,
  fingerprint: fingerprintOf(starterDocument),
  publishedBy: `user:${exampleIds.admin}`,
  publishedAt: '2026-03-04T10:12:00.000Z',
};

export const policyVersionExample = { ...policyVersionItemExample, document: starterDocument };

/** What the starter document comes to at Yoti. */
export const policyPreviewExample = {
  specification: {
    client_session_token_ttl: 900,
    resources_ttl: 604_800,
    user_tracking_id: 'SESSION_ID',
    notifications: {
      auth_token: 'TOKEN',
      auth_type: 'BEARER',
      endpoint: 'https://verify.retail.example/hooks/yoti/OPAQUE',
      topics: [
        'RESOURCE_UPDATE',
        'TASK_COMPLETION',
        'CHECK_COMPLETION',
        'SESSION_COMPLETION',
        'CLIENT_SESSION_TOKEN_DELETED',
      ],
    },
    requested_checks: [
      { type: 'ID_DOCUMENT_AUTHENTICITY', config: { manual_check: 'FALLBACK' } },
      { type: 'LIVENESS', config: { max_retries: 3, liveness_type: 'STATIC' } },
      { type: 'ID_DOCUMENT_FACE_MATCH', config: { manual_check: 'FALLBACK' } },
    ],
    requested_tasks: [{ type: 'ID_DOCUMENT_TEXT_DATA_EXTRACTION', config: { manual_check: 'FALLBACK' } }],
    sdk_config: { allowed_capture_methods: 'CAMERA', allow_handoff: true },
    required_documents: [
      {
        type: 'ID_DOCUMENT',
        filter: {
          type: 'ORTHOGONAL_RESTRICTIONS',
          type_restriction: {
            inclusion: 'WHITELIST',
            document_types: ['PASSPORT', 'DRIVING_LICENCE', 'NATIONAL_ID'],
          },
          allow_expired_documents: false,
        },
      },
    ],
  },
  errors: [],
  warnings: [],
};
