import { describe, expect, it } from '@jest/globals';
import { parseSpec, propertyPath, type SpecRules } from './spec.js';

const rules: SpecRules = { allowHttpNotifications: false, now: Date.parse('2026-03-04T10:00:00Z') };

/** The complete example of Yoti's documentation, with a fictional endpoint. */
const example = {
  client_session_token_ttl: 900,
  resources_ttl: 604_800,
  user_tracking_id: 'applicant-7f31c2',
  notifications: {
    auth_token: 'n_8c1f',
    auth_type: 'BEARER',
    endpoint: 'https://hooks.example.test/yoti/t_42',
    topics: ['RESOURCE_UPDATE', 'session_completion'],
  },
  requested_checks: [
    { type: 'ID_DOCUMENT_AUTHENTICITY', config: { manual_check: 'FALLBACK' } },
    { type: 'LIVENESS', config: { max_retries: 3, liveness_type: 'ZOOM' } },
    { type: 'ID_DOCUMENT_FACE_MATCH', config: { manual_check: 'FALLBACK' } },
  ],
  requested_tasks: [{ type: 'ID_DOCUMENT_TEXT_DATA_EXTRACTION', config: { manual_check: 'FALLBACK' } }],
  sdk_config: {
    allowed_capture_methods: 'CAMERA',
    preset_issuing_country: 'GBR',
    success_url: 'https://app.example.test/done',
    attempts_configuration: { ID_DOCUMENT_TEXT_DATA_EXTRACTION: { GENERIC: 3, RECLASSIFICATION: 2 } },
  },
  required_documents: [
    {
      type: 'ID_DOCUMENT',
      filter: {
        type: 'ORTHOGONAL_RESTRICTIONS',
        country_restriction: { inclusion: 'WHITELIST', country_codes: ['GBR'] },
        type_restriction: { inclusion: 'WHITELIST', document_types: ['PASSPORT', 'DRIVING_LICENCE'] },
      },
    },
  ],
};

const properties = (body: unknown) => {
  const outcome = parseSpec(body, rules);
  return 'errors' in outcome ? outcome.errors.map(({ property }) => property) : [];
};
const filter = (value: object) => ({
  ...example,
  required_documents: [{ type: 'ID_DOCUMENT', filter: { type: 'ORTHOGONAL_RESTRICTIONS', ...value } }],
});

describe('session specification', () => {
  it('accepts the documented example, and fields it does not know', () => {
    expect(properties(example)).toEqual([]);
    expect(properties({ ...example, ephemeral_media: true })).toEqual([]);
  });

  it.each<[string, unknown, string[]]>([
    ['not an object', 'text', ['']],
    ['a null', { ...example, user_tracking_id: null }, ['user_tracking_id']],
    [
      'an unknown check',
      { ...example, requested_checks: [{ type: 'PALMISTRY' }] },
      ['requested_checks[0].type'],
    ],
    [
      'a face match without manual_check',
      {
        ...example,
        requested_checks: [example.requested_checks[1], { type: 'ID_DOCUMENT_FACE_MATCH', config: {} }],
      },
      ['requested_checks[1].config.manual_check'],
    ],
    [
      'an empty filter',
      filter({ country_restriction: { inclusion: 'INCLUDE', country_codes: [] } }),
      ['required_documents[0].filter'],
    ],
    [
      'an http endpoint',
      { ...example, notifications: { endpoint: 'http://127.0.0.1/hook' } },
      ['notifications.endpoint'],
    ],
    [
      'retention that ends with the token',
      { ...example, client_session_token_ttl: 3600, resources_ttl: 86_400 },
      ['resources_ttl'],
    ],
    [
      'a deadline in the past',
      { ...example, client_session_token_ttl: undefined, session_deadline: '2026-03-04T09:00:00Z' },
      ['session_deadline'],
    ],
    [
      'a comparison of one document',
      { ...example, requested_checks: [{ type: 'ID_DOCUMENT_COMPARISON', config: {} }] },
      ['requested_checks[0]'],
    ],
    [
      'a document check without an identity document',
      {
        ...example,
        required_documents: [{ type: 'SUPPLEMENTARY_DOCUMENT', objective: { type: 'PROOF_OF_ADDRESS' } }],
      },
      ['requested_checks[0]', 'requested_checks[2]'],
    ],
    ['a relative URL', { ...example, sdk_config: { success_url: '/done' } }, ['sdk_config.success_url']],
  ])('refuses %s', (_name, body, expected) => expect(properties(body)).toEqual(expected));

  it.each(['WHITELIST', 'include', 'BLACKLIST', 'Exclude'])('takes %s in any case', (inclusion) => {
    expect(properties(filter({ country_restriction: { inclusion, country_codes: ['GBR'] } }))).toEqual([]);
  });

  it('writes paths as the service does', () => {
    expect(propertyPath(['requested_checks', 1, 'config', 'manual_check'])).toBe(
      'requested_checks[1].config.manual_check',
    );
  });
});
