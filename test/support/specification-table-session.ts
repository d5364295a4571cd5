import yoti from 'yoti';
import type { Specification } from '../../src/yoti/specification.js';
import type { FieldRow } from './specification-fields.js';

type SdkConfigBuilder = InstanceType<typeof yoti.SdkConfigBuilder>;
type SpecificationBuilder = InstanceType<typeof yoti.SessionSpecificationBuilder>;

/** The least policy of the table: what it leaves out is not in the body. */
export const leastPolicy: Specification = {
  documents: [],
  checks: [],
  tasks: [],
  capture: { methods: 'CAMERA' },
  client: {},
  limits: { resourcesTtlSeconds: 604_800 },
};

/** The body of the least policy and more, as the SDK's builders make it. */
export const whole = (add: (builder: SpecificationBuilder) => unknown): [string, object] => {
  const builder = new yoti.SessionSpecificationBuilder()
    .withResourcesTtl(604_800)
    .withUserTrackingId('s-1')
    .withSdkConfig(new yoti.SdkConfigBuilder().withAllowsCamera().build());
  add(builder);
  return ['', builder.build()];
};

const camera = { methods: 'CAMERA' } as const;
const resourcesTtlSeconds = 604_800;
const now = new Date('2026-03-04T10:00:00.000Z');
const endpoint = 'https://hooks.example.test/yoti/x';
const topics = [
  'RESOURCE_UPDATE',
  'TASK_COMPLETION',
  'CHECK_COMPLETION',
  'SESSION_COMPLETION',
  'CLIENT_SESSION_TOKEN_DELETED',
];

const notifications = (field: string, value: unknown): FieldRow => ({
  field: `notifications.${field}`,
  session: { notifications: { endpoint, authToken: 'token' } },
  value,
  sdk: [
    'notifications',
    new yoti.NotificationConfigBuilder()
      .withAuthTypeBearer()
      .withAuthToken('token')
      .withEndpoint(endpoint)
      .forResourceUpdate()
      .forTaskCompletion()
      .forCheckCompletion()
      .forSessionCompletion()
      .withTopic('CLIENT_SESSION_TOKEN_DELETED')
      .build(),
  ],
});

const topLevel: FieldRow[] = [
  {
    field: 'client_session_token_ttl',
    policy: { limits: { tokenTtlSeconds: 900, resourcesTtlSeconds } },
    value: 900,
    sdk: whole((builder) => builder.withClientSessionTokenTtl(900)),
  },
  {
    field: 'session_deadline',
    policy: { limits: { deadlineSeconds: 86_400, resourcesTtlSeconds } },
    session: { now },
    value: '2026-03-05T10:00:00.000Z',
    sdk: whole((builder) => builder.withSessionDeadline(new Date('2026-03-05T10:00:00Z'))),
  },
  {
    field: 'resources_ttl',
    policy: { limits: { resourcesTtlSeconds: 90_000 } },
    value: 90_000,
    sdk: whole((builder) => builder.withResourcesTtl(90_000)),
  },
  {
    field: 'user_tracking_id',
    session: { userTrackingId: 's-2' },
    value: 's-2',
    sdk: whole((builder) => builder.withUserTrackingId('s-2')),
  },
  ...[true, false].map((block) => ({
    field: 'block_biometric_consent',
    policy: { capture: { ...camera, blockBiometricConsent: block } },
    value: block,
    sdk: whole((builder) => builder.withBlockBiometricConsent(block)),
  })),
  {
    field: 'subject.subject_id',
    session: { subjectId: 'customer-7' },
    value: 'customer-7',
    sdk: whole((builder) => builder.withSubject({ subject_id: 'customer-7' })),
  },
  { field: 'import_token.ttl', policy: { importToken: { ttlSeconds: 3600 } }, value: 3600 },
  { field: 'create_identity_profile_preview', policy: { identityProfilePreview: true }, value: true },
  { field: 'ephemeral_media', policy: { ephemeralMedia: false }, value: false },
  notifications('endpoint', endpoint),
  notifications('topics', topics),
  notifications('auth_token', 'token'),
  notifications('auth_type', 'BEARER'),
];

function client(
  field: string,
  value: unknown,
  said: Pick<FieldRow, 'session'> & Partial<Pick<Specification, 'client' | 'capture'>>,
  add?: (builder: SdkConfigBuilder) => unknown,
): FieldRow {
  const { session, ...policy } = said;
  const row = { field: `sdk_config.${field}`, policy, value, ...(session && { session }) };
  if (add === undefined) return row;
  const builder = new yoti.SdkConfigBuilder().withAllowsCamera();
  add(builder);
  return { ...row, sdk: ['sdk_config', builder.build()] };
}

const attempts = 'attempts_configuration.ID_DOCUMENT_TEXT_DATA_EXTRACTION';
const url = 'https://app.example.test/x';

const clientRows: FieldRow[] = [
  client('allowed_capture_methods', 'CAMERA', { capture: camera }, () => undefined),
  client('allowed_capture_methods', 'CAMERA_AND_UPLOAD', { capture: { methods: 'CAMERA_AND_UPLOAD' } }, (b) =>
    b.withAllowsCameraAndUpload(),
  ),
  client('primary_colour', '#2d9fff', { client: { primaryColour: '#2d9fff' } }, (b) =>
    b.withPrimaryColour('#2d9fff'),
  ),
  client('secondary_colour', '#fff', { client: { secondaryColour: '#fff' } }, (b) =>
    b.withSecondaryColour('#fff'),
  ),
  client('font_colour', '#000', { client: { fontColour: '#000' } }, (b) => b.withFontColour('#000')),
  client('locale', 'de', { client: { locale: 'de' } }, (b) => b.withLocale('de')),
  client('locale', 'fr', { client: { locale: 'de' }, session: { locale: 'fr' } }, (b) => b.withLocale('fr')),
  client('preset_issuing_country', 'GBR', { client: { presetCountry: 'GBR' } }, (b) =>
    b.withPresetIssuingCountry('GBR'),
  ),
  client(
    'preset_issuing_country',
    'FRA',
    { client: { presetCountry: 'GBR' }, session: { presetCountry: 'FRA' } },
    (b) => b.withPresetIssuingCountry('FRA'),
  ),
  client('success_url', url, { session: { successUrl: url } }, (b) => b.withSuccessUrl(url)),
  client('error_url', url, { session: { errorUrl: url } }, (b) => b.withErrorUrl(url)),
  client('privacy_policy_url', url, { client: { privacyPolicyUrl: url } }, (b) =>
    b.withPrivacyPolicyUrl(url),
  ),
  client('biometric_consent_flow', 'EARLY', { capture: { ...camera, biometricConsentFlow: 'EARLY' } }, (b) =>
    b.withEarlyBiometricConsentFlow(),
  ),
  client(
    'biometric_consent_flow',
    'JUST_IN_TIME',
    { capture: { ...camera, biometricConsentFlow: 'JUST_IN_TIME' } },
    (b) => b.withJustInTimeBiometricConsentFlow(),
  ),
  client('allow_handoff', true, { capture: { ...camera, allowHandoff: true } }, (b) =>
    b.withAllowHandoff(true),
  ),
  client(`${attempts}.GENERIC`, 3, { capture: { ...camera, genericRetries: 3 } }, (b) =>
    b.withIdDocumentTextExtractionGenericRetries(3),
  ),
  client(`${attempts}.RECLASSIFICATION`, 2, { capture: { ...camera, reclassificationRetries: 2 } }, (b) =>
    b.withIdDocumentTextExtractionReclassificationRetries(2),
  ),
  client(
    `${attempts}.GENERIC`,
    4,
    { capture: { ...camera, categoryRetries: { GENERIC: 4, OTHER: 1 } } },
    (b) =>
      b
        .withIdDocumentTextExtractionCategoryRetries('GENERIC', 4)
        .withIdDocumentTextExtractionCategoryRetries('OTHER', 1),
  ),
  client('brand_id', 'brand', { client: { brandId: 'brand' } }, (b) => b.withBrandId('brand')),
  client(
    'suppressed_screens',
    ['FLOW_COMPLETION'],
    { client: { suppressedScreens: ['FLOW_COMPLETION'] } },
    (b) => b.withSuppressedScreens(['FLOW_COMPLETION']),
  ),
  ...(['ON', 'OFF', 'AUTO'] as const).map((darkMode) =>
    client('dark_mode', darkMode, { client: { darkMode } }),
  ),
  client('primary_colour_dark_mode', '#abc', { client: { primaryColourDarkMode: '#abc' } }),
  client('hide_logo', true, { client: { hideLogo: true } }),
];

/** Rows for the top level, `notifications` and `sdk_config`. */
export const sessionRows: FieldRow[] = [...topLevel, ...clientRows];
