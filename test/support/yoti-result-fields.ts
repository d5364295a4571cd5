/** Kinds of resources in Yoti's session result. */
export const resourceKinds = [
  'id_documents',
  'supplementary_documents',
  'liveness_capture',
  'face_capture',
  'applicant_profiles',
  'share_codes',
];

const namesOf = (text: string) => text.trim().split(/\s+/);
const under = (prefix: string, names: string) => namesOf(names).map((name) => `${prefix}${name}`);

const media = 'id type created last_updated';
const generated = 'id type';
const task = `type id state created last_updated generated_checks[].id generated_checks[].type generated_media[].id
  generated_media[].type recommendation.value recommendation.reason.value recommendation.reason.detail`;
const failure = `reason_code requirements_not_met_details[].failure_type requirements_not_met_details[].document_type
  requirements_not_met_details[].document_country_iso_code requirements_not_met_details[].audit_id
  requirements_not_met_details[].details`;
const compliance = `trust_framework schemes_compliance[].scheme.type schemes_compliance[].scheme.objective
  schemes_compliance[].requirements_met schemes_compliance[].requirements_not_met_info`;

/** Every field of Yoti's session result, by its path on the wire: `[]` is any entry of a list. */
export const everyField = new Set([
  // The envelope.
  ...namesOf(`session_id state client_session_token_ttl client_session_token user_tracking_id biometric_consent
    import_token.failure_reason`),
  ...under('import_token.media.', media),
  ...under('identity_profile_preview.media.', media),
  ...under('advanced_identity_profile_preview.media.', media),
  // Resources.
  ...resourceKinds.flatMap((kind) => [
    ...under(`resources.${kind}[].`, 'id source.type created_at last_updated'),
    ...under(`resources.${kind}[].tasks[].`, task),
  ]),
  ...['id_documents', 'supplementary_documents'].flatMap((kind) => [
    ...under(`resources.${kind}[].`, 'document_type issuing_country pages[].capture_method'),
    `resources.${kind}[].pages[].extraction_image_ids`,
    ...under(`resources.${kind}[].pages[].media.`, media),
    ...under(`resources.${kind}[].pages[].frames[].media.`, media),
    ...under(`resources.${kind}[].document_fields.media.`, media),
  ]),
  ...under('resources.id_documents[].document_id_photo.media.', media),
  ...under('resources.id_documents[].expanded_document_fields.media.', media),
  ...under('resources.supplementary_documents[].file.media.', media),
  'resources.liveness_capture[].liveness_type',
  ...under('resources.liveness_capture[].facemap.media.', media),
  ...under('resources.liveness_capture[].frames[].media.', media),
  ...under('resources.liveness_capture[].image.media.', media),
  ...under('resources.face_capture[].image.media.', media),
  ...under('resources.applicant_profiles[].media.', media),
  ...namesOf('lookup_profile returned_profile id_photo file').flatMap((name) =>
    under(`resources.share_codes[].${name}.media.`, media),
  ),
  // Checks and their reports.
  ...under('checks[].', 'type id state resources_used created last_updated scheme'),
  ...under('checks[].generated_media[].', generated),
  ...under('checks[].generated_profile.media.', media),
  ...under('checks[].report.recommendation.', 'value reason recovery_suggestion'),
  ...under('checks[].report.breakdown[].', 'sub_check result process details[].name details[].value'),
  ...under('checks[].report.watchlist_summary.', 'total_hits associated_country_codes'),
  ...under('checks[].report.watchlist_summary.raw_results.media.', media),
  ...under(
    'checks[].report.watchlist_summary.search_config.',
    `categories type remove_deceased share_url sources.type sources.search_profile sources.types
     matching_strategy.type matching_strategy.exact_match matching_strategy.fuzziness api_key monitoring tags
     client_ref`,
  ),
  // Identity profiles.
  ...['identity_profile', 'advanced_identity_profile'].flatMap((name) => [
    ...under(`${name}.`, 'subject_id result'),
    ...under(`${name}.failure_reason.`, failure),
    ...under(`${name}.identity_profile_report.media.`, media),
  ]),
  ...under('identity_profile.identity_profile_report.', compliance),
  ...under('advanced_identity_profile.identity_profile_report.compliance[].', compliance),
  'advanced_identity_profile.identity_profile_report.compliance[].schemes_compliance[].scheme.label',
]);
