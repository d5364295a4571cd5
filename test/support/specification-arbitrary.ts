import fc, { type Arbitrary } from 'fast-check';
import type { DocumentFilter } from '../../src/yoti/checks/document-filter.js';
import type { RequiredDocument, Specification } from '../../src/yoti/specification.js';

/** An object with some of the parts. */
const some = <T extends object>(parts: { [K in keyof T]: Arbitrary<T[K]> }) =>
  fc.record(parts, { requiredKeys: [] }) as Arbitrary<Partial<T>>;

/** Mostly a good value, now and then a bad one, so that both sides of each rule are met. */
const mostly = <T>(good: Arbitrary<T>, bad: Arbitrary<T>) =>
  fc.oneof({ weight: 29, arbitrary: good }, { weight: 1, arbitrary: bad });

const manualCheck = fc.constantFrom('ALWAYS' as const, 'FALLBACK' as const, 'NEVER' as const);
const inclusion = fc.constantFrom('INCLUDE' as const, 'EXCLUDE' as const);
const flag = fc.boolean();
const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });

const country = mostly<string>(
  fc.constantFrom('GBR', 'FRA', 'CUB', 'CHN', 'ABW', 'XKX'),
  fc.constantFrom('GB', 'gbr', ' '),
);
const documentType = mostly(
  fc.constantFrom('PASSPORT', 'DRIVING_LICENCE', 'NATIONAL_ID', 'AADHAAR', 'MYKAD', 'STATE_ID'),
  text,
);
const countries = mostly(fc.array(country, { minLength: 1, maxLength: 3 }), fc.constant<string[]>([]));
const types = mostly(fc.array(documentType, { minLength: 1, maxLength: 3 }), fc.constant<string[]>([]));
const allowances = { allowExpired: flag, allowNonLatin: flag };

const filter = fc.oneof(
  fc.record(
    {
      kind: fc.constant('ORTHOGONAL' as const),
      countries: fc.record({ inclusion, codes: countries }),
      documentTypes: fc.record({ inclusion, types }),
      ...allowances,
    },
    { requiredKeys: ['kind'] },
  ),
  fc.record(
    {
      kind: fc.constant('DOCUMENTS' as const),
      inclusion,
      documents: fc.array(some({ countryCodes: countries, documentTypes: types }), { maxLength: 3 }),
      ...allowances,
    },
    { requiredKeys: ['kind', 'inclusion', 'documents'] },
  ),
) as Arbitrary<DocumentFilter>;

const required = fc.oneof(
  fc.record({ type: fc.constant('ID_DOCUMENT' as const), filter }, { requiredKeys: ['type'] }),
  fc.record(
    {
      type: fc.constant('SUPPLEMENTARY_DOCUMENT' as const),
      objective: fc.constant('PROOF_OF_ADDRESS' as const),
      documentTypes: types,
      countryCodes: countries,
    },
    { requiredKeys: ['type', 'objective'] },
  ),
) as Arbitrary<RequiredDocument>;

type Check = Specification['checks'][number];

/** A check of the type, with the settings it needs and some of the others. */
function check(type: Check['type'], needed: object = {}, others: object = {}): Arbitrary<Check> {
  const fields: Record<string, Arbitrary<unknown>> = { type: fc.constant(type), ...needed, ...others };
  const requiredKeys = ['type', ...Object.keys(needed)];
  return fc.record(fields, { requiredKeys }) as unknown as Arbitrary<Check>;
}

const sources = fc.oneof(
  fc.record({
    kind: fc.constant('TYPE_LIST'),
    types: fc.array(mostly(fc.constant('pep'), text), { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('PROFILE'), searchProfile: text }),
);
const matching = fc.oneof(
  fc.record({ kind: fc.constant('EXACT') }),
  fc.record(
    { kind: fc.constant('FUZZY'), fuzziness: fc.double({ min: 0, max: 1, noNaN: true }) },
    { requiredKeys: ['kind'] },
  ),
);
const customAccount = fc.record(
  {
    apiKeySecret: fc.constantFrom('ca-key', 'other.key'),
    clientRef: text,
    monitoring: flag,
    tags: fc.dictionary(text, fc.string({ maxLength: 20 }), { maxKeys: 2 }),
  },
  { requiredKeys: ['apiKeySecret', 'clientRef'] },
);
const never = fc.constant('NEVER');

const anyCheck = fc.oneof(
  check(
    'ID_DOCUMENT_AUTHENTICITY',
    {},
    {
      manualCheck,
      issuingAuthoritySubCheck: fc.record({ requested: flag, filter }, { requiredKeys: ['requested'] }),
    },
  ),
  {
    weight: 3,
    arbitrary: check(
      'LIVENESS',
      { livenessType: fc.constantFrom('ZOOM', 'STATIC') },
      { maxRetries: fc.integer({ min: 1, max: 100 }) },
    ),
  },
  check('ID_DOCUMENT_FACE_MATCH', { manualCheck }),
  check('FACE_COMPARISON'),
  check('ID_DOCUMENT_COMPARISON'),
  check('THIRD_PARTY_IDENTITY', {}, { manualCheck: never }),
  check(
    'WATCHLIST_SCREENING',
    { categories: fc.array(mostly(fc.constantFrom('SANCTIONS', 'ADVERSE-MEDIA'), text), { maxLength: 3 }) },
    { manualCheck: never },
  ),
  check(
    'WATCHLIST_ADVANCED_CA',
    {},
    { removeDeceased: flag, shareUrl: flag, sources, matching, customAccount },
  ),
);

const task = fc.oneof(
  fc.record(
    {
      type: fc.constant('ID_DOCUMENT_TEXT_DATA_EXTRACTION' as const),
      manualCheck,
      chipData: fc.constantFrom('DESIRED' as const, 'IGNORE' as const),
      expandedFields: flag,
    },
    { requiredKeys: ['type', 'manualCheck'] },
  ),
  fc.record({ type: fc.constant('SUPPLEMENTARY_DOCUMENT_TEXT_DATA_EXTRACTION' as const), manualCheck }),
);

const retries = mostly(fc.integer({ min: 1, max: 100 }), fc.integer({ min: -5, max: 0 }));
const colour = mostly(
  fc.constantFrom('#fff', '#2d9fff', '#ABCDEF'),
  fc.constantFrom('blue', '#ff', '#12345g', ''),
);
const address = mostly(
  fc.oneof(
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.constant('HTTPS://app.example.test'),
  ),
  fc.oneof(fc.constantFrom('/x', 'ftp://x', 'https://', 'http:x', 'https://a b'), text),
);

const capture = fc.record(
  {
    methods: fc.constantFrom('CAMERA' as const, 'CAMERA_AND_UPLOAD' as const),
    allowHandoff: flag,
    biometricConsentFlow: fc.constantFrom('EARLY' as const, 'JUST_IN_TIME' as const),
    blockBiometricConsent: flag,
    genericRetries: retries,
    reclassificationRetries: retries,
    categoryRetries: fc.dictionary(fc.oneof(fc.constant('GENERIC'), text), retries, { maxKeys: 2 }),
  },
  { requiredKeys: ['methods'] },
);

const client = some({
  locale: fc.oneof(fc.constant('de'), text),
  primaryColour: colour,
  secondaryColour: colour,
  fontColour: colour,
  darkMode: fc.constantFrom('ON' as const, 'OFF' as const, 'AUTO' as const),
  primaryColourDarkMode: colour,
  hideLogo: flag,
  presetCountry: country,
  privacyPolicyUrl: address,
  brandId: text,
  suppressedScreens: mostly(fc.array(text, { minLength: 1, maxLength: 2 }), fc.constant<string[]>([])),
});

const limits = fc.oneof(
  fc.record({
    tokenTtlSeconds: mostly(fc.integer({ min: 301, max: 100_000 }), fc.integer({ max: 300 })),
    resourcesTtlSeconds: mostly(fc.integer({ min: 186_400, max: 10_000_000 }), fc.integer()),
  }),
  fc.record({
    deadlineSeconds: fc.integer({ min: 1, max: 31_536_000 }),
    resourcesTtlSeconds: fc.integer({ min: 20_000_000, max: 40_000_000 }),
  }),
  mostly(
    fc.constant({ tokenTtlSeconds: 900, resourcesTtlSeconds: 604_800 }),
    fc.constant({ tokenTtlSeconds: 900, deadlineSeconds: 900, resourcesTtlSeconds: 604_800 }),
  ),
  fc.constant({ resourcesTtlSeconds: 604_800 }),
);

const level = fc.constantFrom('BASIC' as const, 'STANDARD' as const, 'ENHANCED' as const);
const identityProfile = fc.record({
  trustFramework: fc.constant('UK_TFIDA' as const),
  scheme: fc.record(
    {
      type: fc.constantFrom('DBS' as const, 'RTW' as const, 'RTR' as const, 'DBS_RTW' as const),
      objective: level,
    },
    { requiredKeys: ['type'] },
  ),
});
const advancedIdentityProfiles = fc.array(
  fc.record({
    trustFramework: fc.constantFrom('UK_TFIDA' as const, 'YOTI_GLOBAL' as const),
    schemes: fc.array(
      fc.record(
        { type: fc.oneof(fc.constantFrom('DBS', 'IDENTITY'), text), label: text, objective: level, filter },
        { requiredKeys: ['type', 'label'] },
      ),
      { minLength: 1, maxLength: 2 },
    ),
  }),
  { minLength: 1, maxLength: 2 },
);

/** Specifications of every shape, right and wrong, all of the form that the schema asks for or nearly. */
export const anySpecification = fc.record(
  {
    documents: fc.array(required, { maxLength: 3 }),
    checks: mostly(
      fc.uniqueArray(anyCheck, { minLength: 1, maxLength: 5, selector: ({ type }) => type }),
      fc.array(anyCheck, { maxLength: 3 }),
    ),
    tasks: fc.uniqueArray(task, { maxLength: 2, selector: ({ type }) => type }),
    capture,
    client,
    limits,
    identityProfile,
    advancedIdentityProfiles,
    identityProfilePreview: flag,
    importToken: fc.record({ ttlSeconds: fc.integer({ min: 1 }) }),
    ephemeralMedia: flag,
  },
  { requiredKeys: ['documents', 'checks', 'tasks', 'capture', 'client', 'limits'] },
);
