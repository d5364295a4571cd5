import yoti from 'yoti';
import type { DocumentFilter } from '../../src/yoti/checks/document-filter.js';
import type { Specification } from '../../src/yoti/specification.js';
import type { FieldRow } from './specification-fields.js';

type Check = Specification['checks'][number];
type Task = Specification['tasks'][number];
type AdvancedCheck = Omit<Extract<Check, { type: 'WATCHLIST_ADVANCED_CA' }>, 'type'>;

/** A check alone, and what a builder makes of it. */
const check = (requested: Check, field: string, value: unknown, built?: object): FieldRow => {
  const unit = `requested_checks[${requested.type}]`;
  return {
    field: `${unit}${field}`,
    policy: { checks: [requested] },
    session: { secrets: { 'ca-key': 'value of ca-key' } },
    value,
    ...(built && { sdk: [unit, built] }),
  };
};

const task = (requested: Task, field: string, value: unknown, built: object): FieldRow => {
  const unit = `requested_tasks[${requested.type}]`;
  return { field: `${unit}.config.${field}`, policy: { tasks: [requested] }, value, sdk: [unit, built] };
};

const authenticity = () => new yoti.RequestedDocumentAuthenticityCheckBuilder();
const liveness = () => new yoti.RequestedLivenessCheckBuilder();
const faceMatch = () => new yoti.RequestedFaceMatchCheckBuilder();
const screening = () => new yoti.RequestedWatchlistScreeningCheckBuilder();
const yotiAccount = () => new yoti.RequestedYotiAccountWatchlistAdvancedCaConfigBuilder();
const customAccount = () =>
  new yoti.RequestedCustomAccountWatchlistAdvancedCaConfigBuilder()
    .withApiKey('value of ca-key')
    .withClientRef('unit-1');

type AdvancedConfig = ReturnType<ReturnType<typeof yotiAccount>['build']>;
const advanced = (settings: AdvancedCheck, field: string, value: unknown, config: AdvancedConfig): FieldRow =>
  check(
    { type: 'WATCHLIST_ADVANCED_CA', ...settings },
    `.config${field}`,
    value,
    new yoti.RequestedWatchlistAdvancedCaCheckBuilder().withConfig(config).build(),
  );

const ours = { apiKeySecret: 'ca-key', clientRef: 'unit-1' };
const exact = new yoti.RequestedExactMatchingStrategyBuilder().build();
const fuzzy = () => new yoti.RequestedFuzzyMatchingStrategyBuilder();

const watchlists: FieldRow[] = [
  check(
    { type: 'WATCHLIST_SCREENING', categories: ['SANCTIONS', 'ADVERSE-MEDIA', 'SANCTIONS'] },
    '.config.categories',
    ['SANCTIONS', 'ADVERSE-MEDIA'],
    screening().withSanctionsCategory().withAdverseMediaCategory().build(),
  ),
  check({ type: 'WATCHLIST_SCREENING', categories: [] }, '.config.categories', [], screening().build()),
  check(
    { type: 'WATCHLIST_SCREENING', categories: [], manualCheck: 'NEVER' },
    '.config.manual_check',
    'NEVER',
  ),
  advanced(
    {},
    '[WITH_YOTI_ACCOUNT]',
    {
      type: 'WITH_YOTI_ACCOUNT',
      remove_deceased: false,
      share_url: false,
      sources: { type: 'TYPE_LIST', types: [] },
      matching_strategy: { type: 'EXACT' },
    },
    yotiAccount().build(),
  ),
  advanced(
    { customAccount: ours },
    '[WITH_CUSTOM_ACCOUNT]',
    {
      type: 'WITH_CUSTOM_ACCOUNT',
      api_key: 'value of ca-key',
      monitoring: false,
      client_ref: 'unit-1',
      remove_deceased: false,
      share_url: false,
      sources: { type: 'TYPE_LIST', types: [] },
      matching_strategy: { type: 'EXACT' },
    },
    customAccount().build(),
  ),
  advanced(
    { removeDeceased: true },
    '.remove_deceased',
    true,
    yotiAccount().withRemoveDeceased(true).build(),
  ),
  advanced({ shareUrl: true }, '.share_url', true, yotiAccount().withShareUrl(true).build()),
  advanced(
    { sources: { kind: 'TYPE_LIST', types: ['sanction', 'pep-class-1'] } },
    '.sources[TYPE_LIST].types',
    ['sanction', 'pep-class-1'],
    yotiAccount()
      .withSources(new yoti.RequestedTypeListSourcesBuilder().withTypes(['sanction', 'pep-class-1']).build())
      .build(),
  ),
  advanced(
    { sources: { kind: 'PROFILE', searchProfile: 'ours' }, customAccount: ours },
    '.sources[PROFILE].search_profile',
    'ours',
    customAccount()
      .withSources(new yoti.RequestedSearchProfileSourcesBuilder().withSearchProfile('ours').build())
      .build(),
  ),
  advanced(
    { matching: { kind: 'EXACT' } },
    '.matching_strategy[EXACT]',
    { type: 'EXACT' },
    yotiAccount().withMatchingStrategy(exact).build(),
  ),
  advanced(
    { matching: { kind: 'FUZZY' } },
    '.matching_strategy[FUZZY].fuzziness',
    0.5,
    yotiAccount().withMatchingStrategy(fuzzy().build()).build(),
  ),
  advanced(
    { matching: { kind: 'FUZZY', fuzziness: 0 } },
    '.matching_strategy[FUZZY].fuzziness',
    0,
    yotiAccount().withMatchingStrategy(fuzzy().withFuzziness(0).build()).build(),
  ),
  advanced({ customAccount: ours }, '.api_key', 'value of ca-key', customAccount().build()),
  advanced({ customAccount: ours }, '.client_ref', 'unit-1', customAccount().build()),
  advanced(
    { customAccount: { ...ours, monitoring: true } },
    '.monitoring',
    true,
    customAccount().withMonitoring(true).build(),
  ),
  advanced(
    { customAccount: { ...ours, tags: { unit: 'retail' } } },
    '.tags',
    { unit: 'retail' },
    customAccount().withTags({ unit: 'retail' }).build(),
  ),
];

const asked = { requested: true };
const british: DocumentFilter = { kind: 'ORTHOGONAL', countries: { inclusion: 'INCLUDE', codes: ['GBR'] } };

/** Rows for `requested_checks`. */
export const checkRows: FieldRow[] = [
  check(
    { type: 'ID_DOCUMENT_AUTHENTICITY' },
    '',
    { type: 'ID_DOCUMENT_AUTHENTICITY', config: {} },
    authenticity().build(),
  ),
  ...(
    [
      ['ALWAYS', authenticity().withManualCheckAlways(), faceMatch().withManualCheckAlways()],
      ['FALLBACK', authenticity().withManualCheckFallback(), faceMatch().withManualCheckFallback()],
      ['NEVER', authenticity().withManualCheckNever(), faceMatch().withManualCheckNever()],
    ] as const
  ).flatMap(([manualCheck, genuine, same]) => [
    check(
      { type: 'ID_DOCUMENT_AUTHENTICITY', manualCheck },
      '.config.manual_check',
      manualCheck,
      genuine.build(),
    ),
    check({ type: 'ID_DOCUMENT_FACE_MATCH', manualCheck }, '.config.manual_check', manualCheck, same.build()),
  ]),
  check(
    { type: 'ID_DOCUMENT_AUTHENTICITY', manualCheck: 'NEVER', issuingAuthoritySubCheck: asked },
    '.config.issuing_authority_sub_check.requested',
    true,
  ),
  check(
    { type: 'ID_DOCUMENT_AUTHENTICITY', issuingAuthoritySubCheck: { ...asked, filter: british } },
    '.config.issuing_authority_sub_check.filter',
    {
      type: 'ORTHOGONAL_RESTRICTIONS',
      country_restriction: { inclusion: 'WHITELIST', country_codes: ['GBR'] },
    },
  ),
  check(
    { type: 'LIVENESS', livenessType: 'ZOOM' },
    '.config.liveness_type',
    'ZOOM',
    liveness().forZoomLiveness().build(),
  ),
  check(
    { type: 'LIVENESS', livenessType: 'STATIC' },
    '.config.liveness_type',
    'STATIC',
    liveness().forStaticLiveness().build(),
  ),
  check(
    { type: 'LIVENESS', livenessType: 'STATIC', maxRetries: 3 },
    '.config.max_retries',
    3,
    liveness().forStaticLiveness().withMaxRetries(3).build(),
  ),
  check(
    { type: 'FACE_COMPARISON' },
    '.config.manual_check',
    'NEVER',
    new yoti.RequestedFaceComparisonCheckBuilder().withManualCheckNever().build(),
  ),
  check(
    { type: 'ID_DOCUMENT_COMPARISON' },
    '',
    { type: 'ID_DOCUMENT_COMPARISON', config: {} },
    new yoti.RequestedIdDocumentComparisonCheckBuilder().build(),
  ),
  check(
    { type: 'THIRD_PARTY_IDENTITY' },
    '',
    { type: 'THIRD_PARTY_IDENTITY', config: {} },
    new yoti.RequestedThirdPartyIdentityCheckBuilder().build(),
  ),
  check({ type: 'THIRD_PARTY_IDENTITY', manualCheck: 'NEVER' }, '.config.manual_check', 'NEVER'),
  ...watchlists,
];

const extraction = () => new yoti.RequestedTextExtractionTaskBuilder();
const supplementary = () => new yoti.RequestedSupplementaryDocTextExtractionTaskBuilder();
const text = 'ID_DOCUMENT_TEXT_DATA_EXTRACTION';
const bill = 'SUPPLEMENTARY_DOCUMENT_TEXT_DATA_EXTRACTION';

/** Rows for `requested_tasks`. */
export const taskRows: FieldRow[] = [
  ...(
    [
      ['ALWAYS', extraction().withManualCheckAlways(), supplementary().withManualCheckAlways()],
      ['FALLBACK', extraction().withManualCheckFallback(), supplementary().withManualCheckFallback()],
      ['NEVER', extraction().withManualCheckNever(), supplementary().withManualCheckNever()],
    ] as const
  ).flatMap(([manualCheck, read, readBill]) => [
    task({ type: text, manualCheck }, 'manual_check', manualCheck, read.build()),
    task({ type: bill, manualCheck }, 'manual_check', manualCheck, readBill.build()),
  ]),
  task(
    { type: text, manualCheck: 'NEVER', chipData: 'DESIRED' },
    'chip_data',
    'DESIRED',
    extraction().withManualCheckNever().withChipDataDesired().build(),
  ),
  task(
    { type: text, manualCheck: 'NEVER', chipData: 'IGNORE' },
    'chip_data',
    'IGNORE',
    extraction().withManualCheckNever().withChipDataIgnore().build(),
  ),
  task(
    { type: text, manualCheck: 'NEVER', expandedFields: true },
    'create_expanded_document_fields',
    true,
    extraction().withManualCheckNever().withCreateExpandedDocumentFields(true).build(),
  ),
];
