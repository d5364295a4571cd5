import { describe, expect, it } from '@jest/globals';
import yoti from 'yoti';
import { compileSpecification, type SessionParameters } from './compile-specification.js';
import { type Specification, specificationSchema } from './specification.js';

const plain: Specification = {
  documents: [],
  checks: [{ type: 'LIVENESS', livenessType: 'STATIC' }],
  tasks: [],
  capture: { methods: 'CAMERA' },
  client: {},
  limits: { tokenTtlSeconds: 900, resourcesTtlSeconds: 604800 },
};

/** The JSON that Yoti gets, and the part of it that the base specification always gives. */
function compiled(change: Partial<Specification>, session: Partial<SessionParameters> = {}): unknown {
  const specification = specificationSchema.parse({ ...plain, ...change });
  return JSON.parse(
    JSON.stringify(compileSpecification(specification, { userTrackingId: 's-1', ...session })),
  );
}

const base = {
  client_session_token_ttl: 900,
  resources_ttl: 604800,
  user_tracking_id: 's-1',
  requested_checks: [{ type: 'LIVENESS', config: { liveness_type: 'STATIC', max_retries: 1 } }],
  requested_tasks: [],
  required_documents: [],
  sdk_config: { allowed_capture_methods: 'CAMERA' },
};

const document = (filter: object) => ({
  ...base,
  required_documents: [{ type: 'ID_DOCUMENT', filter }],
});

const table: [string, Partial<Specification>, Partial<SessionParameters>, unknown][] = [
  ['the least', {}, {}, base],
  [
    'notifications of every topic with a bearer token',
    {},
    { notifications: { endpoint: 'https://hooks.example.test/yoti/x', authToken: 'secret' } },
    {
      ...base,
      notifications: {
        endpoint: 'https://hooks.example.test/yoti/x',
        auth_type: 'BEARER',
        auth_token: 'secret',
        topics: [
          'RESOURCE_UPDATE',
          'TASK_COMPLETION',
          'CHECK_COMPLETION',
          'SESSION_COMPLETION',
          'CLIENT_SESSION_TOKEN_DELETED',
        ],
      },
    },
  ],
  [
    'a document without filter',
    { documents: [{ type: 'ID_DOCUMENT' }] },
    {},
    { ...base, required_documents: [{ type: 'ID_DOCUMENT' }] },
  ],
  [
    'countries and types included',
    {
      documents: [
        {
          type: 'ID_DOCUMENT',
          filter: {
            kind: 'ORTHOGONAL',
            countries: { inclusion: 'INCLUDE', codes: ['GBR', 'FRA'] },
            documentTypes: { inclusion: 'INCLUDE', types: ['PASSPORT'] },
            allowExpired: false,
            allowNonLatin: true,
          },
        },
      ],
    },
    {},
    document({
      type: 'ORTHOGONAL_RESTRICTIONS',
      country_restriction: { inclusion: 'WHITELIST', country_codes: ['GBR', 'FRA'] },
      type_restriction: { inclusion: 'WHITELIST', document_types: ['PASSPORT'] },
      allow_expired_documents: false,
      allow_non_latin_documents: true,
    }),
  ],
  [
    'countries and types excluded',
    {
      documents: [
        {
          type: 'ID_DOCUMENT',
          filter: {
            kind: 'ORTHOGONAL',
            countries: { inclusion: 'EXCLUDE', codes: ['GBR'] },
            documentTypes: { inclusion: 'EXCLUDE', types: ['PAN'] },
          },
        },
      ],
    },
    {},
    document({
      type: 'ORTHOGONAL_RESTRICTIONS',
      country_restriction: { inclusion: 'BLACKLIST', country_codes: ['GBR'] },
      type_restriction: { inclusion: 'BLACKLIST', document_types: ['PAN'] },
    }),
  ],
  [
    'combinations',
    {
      documents: [
        {
          type: 'ID_DOCUMENT',
          filter: {
            kind: 'DOCUMENTS',
            inclusion: 'INCLUDE',
            documents: [
              { countryCodes: ['GBR'], documentTypes: ['DRIVING_LICENCE'] },
              { documentTypes: ['PASSPORT'] },
            ],
            allowExpired: true,
          },
        },
      ],
    },
    {},
    document({
      type: 'DOCUMENT_RESTRICTIONS',
      inclusion: 'WHITELIST',
      documents: [
        { country_codes: ['GBR'], document_types: ['DRIVING_LICENCE'] },
        { document_types: ['PASSPORT'] },
      ],
      allow_expired_documents: true,
    }),
  ],
  [
    'combinations excluded',
    {
      documents: [
        {
          type: 'ID_DOCUMENT',
          filter: { kind: 'DOCUMENTS', inclusion: 'EXCLUDE', documents: [{ countryCodes: ['PRK'] }] },
        },
      ],
    },
    {},
    document({
      type: 'DOCUMENT_RESTRICTIONS',
      inclusion: 'BLACKLIST',
      documents: [{ country_codes: ['PRK'] }],
    }),
  ],
  [
    'every setting of capture and client, the session before the policy',
    {
      capture: {
        methods: 'CAMERA_AND_UPLOAD',
        allowHandoff: true,
        biometricConsentFlow: 'EARLY',
        genericRetries: 3,
        reclassificationRetries: 2,
      },
      client: {
        locale: 'de',
        primaryColour: '#2d9fff',
        privacyPolicyUrl: 'https://privacy.example.test',
        brandId: 'brand',
        suppressedScreens: ['FLOW_COMPLETION'],
      },
    },
    {
      locale: 'fr',
      presetCountry: 'FRA',
      successUrl: 'https://app.example.test/ok',
      errorUrl: 'https://app.example.test/no',
    },
    {
      ...base,
      sdk_config: {
        allowed_capture_methods: 'CAMERA_AND_UPLOAD',
        allow_handoff: true,
        biometric_consent_flow: 'EARLY',
        attempts_configuration: {
          ID_DOCUMENT_TEXT_DATA_EXTRACTION: { GENERIC: 3, RECLASSIFICATION: 2 },
        },
        locale: 'fr',
        primary_colour: '#2d9fff',
        privacy_policy_url: 'https://privacy.example.test',
        brand_id: 'brand',
        suppressed_screens: ['FLOW_COMPLETION'],
        preset_issuing_country: 'FRA',
        success_url: 'https://app.example.test/ok',
        error_url: 'https://app.example.test/no',
      },
    },
  ],
];

describe('compileSpecification', () => {
  it.each(table)('%s', (_name, change, session, expected) => {
    expect(compiled(change, session)).toEqual(expected);
  });

  it('gives what the SDK builds from the same wishes', () => {
    const expected = new yoti.SessionSpecificationBuilder()
      .withClientSessionTokenTtl(900)
      .withResourcesTtl(604800)
      .withUserTrackingId('s-1')
      .withRequestedCheck(
        new yoti.RequestedDocumentAuthenticityCheckBuilder().withManualCheckFallback().build(),
      )
      .withRequestedCheck(
        new yoti.RequestedLivenessCheckBuilder().forZoomLiveness().withMaxRetries(3).build(),
      )
      .withRequestedCheck(new yoti.RequestedFaceMatchCheckBuilder().withManualCheckNever().build())
      .withRequestedTask(
        new yoti.RequestedTextExtractionTaskBuilder().withManualCheckAlways().withChipDataDesired().build(),
      )
      .withSdkConfig(new yoti.SdkConfigBuilder().withAllowsCamera().withAllowHandoff(true).build())
      .withRequiredDocument(
        new yoti.RequiredIdDocumentBuilder()
          .withFilter(
            new yoti.OrthogonalRestrictionsFilterBuilder().withWhitelistedCountries(['GBR']).build(),
          )
          .build(),
      )
      .build();
    const specification: Specification = {
      documents: [
        {
          type: 'ID_DOCUMENT',
          filter: { kind: 'ORTHOGONAL', countries: { inclusion: 'INCLUDE', codes: ['GBR'] } },
        },
      ],
      checks: [
        { type: 'ID_DOCUMENT_AUTHENTICITY', manualCheck: 'FALLBACK' },
        { type: 'LIVENESS', livenessType: 'ZOOM', maxRetries: 3 },
        { type: 'ID_DOCUMENT_FACE_MATCH', manualCheck: 'NEVER' },
      ],
      tasks: [{ type: 'ID_DOCUMENT_TEXT_DATA_EXTRACTION', manualCheck: 'ALWAYS', chipData: 'DESIRED' }],
      capture: { methods: 'CAMERA', allowHandoff: true },
      client: {},
      limits: { tokenTtlSeconds: 900, resourcesTtlSeconds: 604800 },
    };
    const ours = compileSpecification(specification, { userTrackingId: 's-1' });
    expect(JSON.stringify(ours)).toBe(JSON.stringify(expected));
  });
});
