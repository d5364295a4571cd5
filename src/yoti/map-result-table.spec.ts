import { describe, expect, it } from '@jest/globals';
import { everyField, resourceKinds } from '../../test/support/yoti-result-fields.js';
import { mapResult } from './map-result.js';
import { restoreResult } from './restore-result.js';
import type { SessionResult } from './result.js';
import { sessionResultSchema } from './result.js';

type Row = [wirePath: string, sent: unknown, ourPath: string, expected: unknown];

const text = (wire: string, ours: string): Row => [wire, 'A value', ours, 'A value'];
const renamed = (wirePrefix: string, ourPrefix: string, names: Record<string, string>): Row[] =>
  Object.entries(names).map(([wire, ours]) => text(`${wirePrefix}${wire}`, `${ourPrefix}${ours}`));
const mediaRows = (wire: string, ours: string): Row[] =>
  renamed(`${wire}.media.`, `${ours}.`, {
    id: 'id',
    type: 'type',
    created: 'createdAt',
    last_updated: 'lastUpdatedAt',
  });

const ourKinds: Record<string, string> = {
  id_documents: 'idDocuments',
  supplementary_documents: 'supplementaryDocuments',
  liveness_capture: 'livenessCaptures',
  face_capture: 'faceCaptures',
  applicant_profiles: 'applicantProfiles',
  share_codes: 'shareCodes',
};

const commonRows = (kind: string): Row[] => [
  ...renamed(`resources.${kind}[].`, `${ourKinds[kind]}.0.`, {
    id: 'id',
    'source.type': 'source.type',
    created_at: 'createdAt',
    last_updated: 'lastUpdatedAt',
  }),
  ...renamed(`resources.${kind}[].tasks[].`, `${ourKinds[kind]}.0.tasks.0.`, {
    type: 'type',
    id: 'id',
    state: 'state',
    created: 'createdAt',
    last_updated: 'lastUpdatedAt',
    'generated_checks[].id': 'generatedChecks.0.id',
    'generated_checks[].type': 'generatedChecks.0.type',
    'generated_media[].id': 'generatedMedia.0.id',
    'generated_media[].type': 'generatedMedia.0.type',
    'recommendation.value': 'recommendation.value',
    'recommendation.reason.value': 'recommendation.reason',
    'recommendation.reason.detail': 'recommendation.detail',
  }),
];

const documentRows = (kind: string): Row[] => [
  ...renamed(`resources.${kind}[].`, `${ourKinds[kind]}.0.`, {
    document_type: 'documentType',
    issuing_country: 'issuingCountry',
    'pages[].capture_method': 'pages.0.captureMethod',
  }),
  [
    `resources.${kind}[].pages[].extraction_image_ids`,
    ['i'],
    `${ourKinds[kind]}.0.pages.0.extractionImageIds`,
    ['i'],
  ],
  ...mediaRows(`resources.${kind}[].pages[]`, `${ourKinds[kind]}.0.pages.0.media`),
  ...mediaRows(`resources.${kind}[].pages[].frames[]`, `${ourKinds[kind]}.0.pages.0.frames.0`),
  ...mediaRows(`resources.${kind}[].document_fields`, `${ourKinds[kind]}.0.documentFields`),
];

const summary = 'checks[].report.watchlist_summary';
const ourSummary = 'checks.0.watchlistSummary';

const profileRows = (wire: string, ours: string, report: string): Row[] => [
  ...renamed(`${wire}.`, `${ours}.`, { subject_id: 'subjectId', result: 'result' }),
  ...renamed(`${wire}.failure_reason.`, `${ours}.failureReason.`, {
    reason_code: 'reasonCode',
    'requirements_not_met_details[].failure_type': 'requirementsNotMetDetails.0.failureType',
    'requirements_not_met_details[].document_type': 'requirementsNotMetDetails.0.documentType',
    'requirements_not_met_details[].document_country_iso_code':
      'requirementsNotMetDetails.0.documentCountryIsoCode',
    'requirements_not_met_details[].audit_id': 'requirementsNotMetDetails.0.auditId',
    'requirements_not_met_details[].details': 'requirementsNotMetDetails.0.details',
  }),
  ...renamed(`${wire}.identity_profile_report.${report}`, `${ours}.report.compliance.0.`, {
    trust_framework: 'trustFramework',
    'schemes_compliance[].scheme.type': 'schemesCompliance.0.scheme.type',
    'schemes_compliance[].scheme.objective': 'schemesCompliance.0.scheme.objective',
    'schemes_compliance[].requirements_not_met_info': 'schemesCompliance.0.requirementsNotMetInfo',
  }),
  [
    `${wire}.identity_profile_report.${report}schemes_compliance[].requirements_met`,
    true,
    `${ours}.report.compliance.0.schemesCompliance.0.requirementsMet`,
    true,
  ],
  ...mediaRows(`${wire}.identity_profile_report`, `${ours}.report.media`),
];

const rows: Row[] = [
  ...renamed('', '', {
    session_id: 'yotiSessionId',
    state: 'state',
    user_tracking_id: 'userTrackingId',
    biometric_consent: 'biometricConsentAt',
    'import_token.failure_reason': 'importToken.failureReason',
  }),
  ['client_session_token_ttl', 599, 'tokenTtlSeconds', 599],
  ['client_session_token', 'a token', 'clientTokenLive', true],
  ...mediaRows('import_token', 'importToken.media'),
  ...mediaRows('identity_profile_preview', 'identityProfilePreview.media'),
  ...mediaRows('advanced_identity_profile_preview', 'advancedIdentityProfilePreview.media'),
  ...resourceKinds.flatMap(commonRows),
  ...['id_documents', 'supplementary_documents'].flatMap(documentRows),
  ...mediaRows('resources.id_documents[].document_id_photo', 'idDocuments.0.documentIdPhoto'),
  ...mediaRows('resources.id_documents[].expanded_document_fields', 'idDocuments.0.expandedDocumentFields'),
  ...mediaRows('resources.supplementary_documents[].file', 'supplementaryDocuments.0.file'),
  text('resources.liveness_capture[].liveness_type', 'livenessCaptures.0.livenessType'),
  ...mediaRows('resources.liveness_capture[].facemap', 'livenessCaptures.0.facemap'),
  ...mediaRows('resources.liveness_capture[].frames[]', 'livenessCaptures.0.frames.0'),
  ...mediaRows('resources.liveness_capture[].image', 'livenessCaptures.0.image'),
  ...mediaRows('resources.face_capture[].image', 'faceCaptures.0.image'),
  ...mediaRows('resources.applicant_profiles[]', 'applicantProfiles.0.media'),
  ...mediaRows('resources.share_codes[].lookup_profile', 'shareCodes.0.lookupProfile'),
  ...mediaRows('resources.share_codes[].returned_profile', 'shareCodes.0.returnedProfile'),
  ...mediaRows('resources.share_codes[].id_photo', 'shareCodes.0.idPhoto'),
  ...mediaRows('resources.share_codes[].file', 'shareCodes.0.file'),
  ...renamed('checks[].', 'checks.0.', {
    type: 'type',
    id: 'id',
    state: 'state',
    created: 'createdAt',
    last_updated: 'lastUpdatedAt',
    scheme: 'scheme',
    'generated_media[].id': 'generatedMedia.0.id',
    'generated_media[].type': 'generatedMedia.0.type',
    'report.recommendation.value': 'recommendation.value',
    'report.recommendation.reason': 'recommendation.reason',
    'report.recommendation.recovery_suggestion': 'recommendation.recoverySuggestion',
    'report.breakdown[].sub_check': 'breakdown.0.subCheck',
    'report.breakdown[].result': 'breakdown.0.result',
    'report.breakdown[].process': 'breakdown.0.process',
    'report.breakdown[].details[].name': 'breakdown.0.details.0.name',
    'report.breakdown[].details[].value': 'breakdown.0.details.0.value',
  }),
  ['checks[].resources_used', ['r'], 'checks.0.resourcesUsed', ['r']],
  ...mediaRows('checks[].generated_profile', 'checks.0.generatedProfile'),
  [`${summary}.total_hits`, 3, `${ourSummary}.totalHits`, 3],
  [`${summary}.associated_country_codes`, ['GBR'], `${ourSummary}.associatedCountryCodes`, ['GBR']],
  ...mediaRows(`${summary}.raw_results`, `${ourSummary}.rawResults`),
  ...renamed(`${summary}.search_config.`, `${ourSummary}.searchConfig.`, {
    type: 'type',
    'sources.type': 'sources.type',
    'sources.search_profile': 'sources.searchProfile',
    'matching_strategy.type': 'matchingStrategy.type',
    client_ref: 'clientRef',
  }),
  ...(
    [
      ['categories', ['ADVERSE_MEDIA'], 'categories'],
      ['remove_deceased', false, 'removeDeceased'],
      ['share_url', true, 'shareUrl'],
      ['sources.types', ['pep'], 'sources.types'],
      ['matching_strategy.exact_match', true, 'matchingStrategy.exactMatch'],
      ['matching_strategy.fuzziness', 0.6, 'matchingStrategy.fuzziness'],
      ['monitoring', true, 'monitoring'],
      ['tags', { a: 'b' }, 'tags'],
    ] as const
  ).map(([wire, value, ours]): Row => [
    `${summary}.search_config.${wire}`,
    value,
    `${ourSummary}.searchConfig.${ours}`,
    value,
  ]),
  // A secret of the customer's: it is kept nowhere.
  [`${summary}.search_config.api_key`, 'k', `${ourSummary}.searchConfig.other`, undefined],
  ...profileRows('identity_profile', 'identityProfile', ''),
  ...profileRows('advanced_identity_profile', 'advancedIdentityProfile', 'compliance[].'),
  text(
    'advanced_identity_profile.identity_profile_report.compliance[].schemes_compliance[].scheme.label',
    'advancedIdentityProfile.report.compliance.0.schemesCompliance.0.scheme.label',
  ),
];

type Json = Record<string, unknown>;

const typed = new Set(['tasks', 'checks', 'generated_checks', 'generated_media', 'media']);

/** What Yoti always writes: an id for resources, and a type too for tasks, checks and media. */
const minimal = (name: string): Json => ({
  ...((typed.has(name) || resourceKinds.includes(name)) && { id: 'i' }),
  ...(typed.has(name) && { type: 'T' }),
});

/** A session result with just this value in it. */
function wireWith(path: string, value: unknown): Json {
  const wire: Json = { session_id: 's', state: 'ONGOING' };
  let place = wire;
  const steps = path.split('.');
  for (const step of steps.slice(0, -1)) {
    const name = step.replace('[]', '');
    const next = minimal(name);
    place[name] = step.endsWith('[]') ? [next] : next;
    place = next;
  }
  place[steps.at(-1)!] = value;
  return wire;
}

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce((inner, step) => (inner as Json | undefined)?.[step], value);

describe('every field of Yoti’s session result', () => {
  it('is in the table, and the table has no other', () => {
    expect(rows.map(([path]) => path).toSorted()).toEqual([...everyField].toSorted());
  });

  it.each(rows)('%s', (path, sent, ours, expected) => {
    const result = mapResult(wireWith(path, sent));
    expect(at(result, ours)).toEqual(expected);
    expect(sessionResultSchema.parse(result)).toEqual(result);
    expect(JSON.stringify(leftovers(result))).toBe('[]');
    expect(JSON.parse(JSON.stringify(restoreResult(JSON.parse(JSON.stringify(result)))))).toMatchObject(
      JSON.parse(JSON.stringify(result)) as Json,
    );
  });
});

/** Whatever landed under `other`. */
function leftovers(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as SessionResult).flatMap(([name, inner]) =>
    name === 'other' && Object.keys(inner as object).length > 0 ? [inner] : leftovers(inner),
  );
}
