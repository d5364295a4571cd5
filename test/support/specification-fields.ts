import type { SessionParameters } from '../../src/yoti/compile-specification.js';
import type { Specification } from '../../src/yoti/specification.js';

/** Every field of Yoti's create-session body. In brackets: the `type` of an array's element or of an object. */
export const specificationFields = `
client_session_token_ttl
session_deadline
resources_ttl
user_tracking_id
block_biometric_consent
subject.subject_id
import_token.ttl
create_identity_profile_preview
ephemeral_media
ibv_options
resources.applicant_profile

notifications.endpoint
notifications.topics
notifications.auth_token
notifications.auth_type

requested_checks[ID_DOCUMENT_AUTHENTICITY]
requested_checks[ID_DOCUMENT_AUTHENTICITY].config.manual_check
requested_checks[ID_DOCUMENT_AUTHENTICITY].config.issuing_authority_sub_check.requested
requested_checks[ID_DOCUMENT_AUTHENTICITY].config.issuing_authority_sub_check.filter
requested_checks[LIVENESS].config.liveness_type
requested_checks[LIVENESS].config.max_retries
requested_checks[ID_DOCUMENT_FACE_MATCH].config.manual_check
requested_checks[FACE_COMPARISON].config.manual_check
requested_checks[ID_DOCUMENT_COMPARISON]
requested_checks[THIRD_PARTY_IDENTITY]
requested_checks[THIRD_PARTY_IDENTITY].config.manual_check
requested_checks[WATCHLIST_SCREENING].config.categories
requested_checks[WATCHLIST_SCREENING].config.manual_check
requested_checks[WATCHLIST_ADVANCED_CA].config[WITH_YOTI_ACCOUNT]
requested_checks[WATCHLIST_ADVANCED_CA].config[WITH_CUSTOM_ACCOUNT]
requested_checks[WATCHLIST_ADVANCED_CA].config.remove_deceased
requested_checks[WATCHLIST_ADVANCED_CA].config.share_url
requested_checks[WATCHLIST_ADVANCED_CA].config.sources[TYPE_LIST].types
requested_checks[WATCHLIST_ADVANCED_CA].config.sources[PROFILE].search_profile
requested_checks[WATCHLIST_ADVANCED_CA].config.matching_strategy[EXACT]
requested_checks[WATCHLIST_ADVANCED_CA].config.matching_strategy[EXACT].exact_match
requested_checks[WATCHLIST_ADVANCED_CA].config.matching_strategy[FUZZY].fuzziness
requested_checks[WATCHLIST_ADVANCED_CA].config.api_key
requested_checks[WATCHLIST_ADVANCED_CA].config.monitoring
requested_checks[WATCHLIST_ADVANCED_CA].config.tags
requested_checks[WATCHLIST_ADVANCED_CA].config.client_ref
requested_checks[IBV_VISUAL_REVIEW_CHECK]
requested_checks[PROFILE_DOCUMENT_MATCH]
requested_checks[DOCUMENT_SCHEME_VALIDITY_CHECK]

requested_tasks[ID_DOCUMENT_TEXT_DATA_EXTRACTION].config.manual_check
requested_tasks[ID_DOCUMENT_TEXT_DATA_EXTRACTION].config.chip_data
requested_tasks[ID_DOCUMENT_TEXT_DATA_EXTRACTION].config.create_expanded_document_fields
requested_tasks[SUPPLEMENTARY_DOCUMENT_TEXT_DATA_EXTRACTION].config.manual_check

required_documents[ID_DOCUMENT]
required_documents[ID_DOCUMENT].filter[ORTHOGONAL_RESTRICTIONS].country_restriction.inclusion
required_documents[ID_DOCUMENT].filter[ORTHOGONAL_RESTRICTIONS].country_restriction.country_codes
required_documents[ID_DOCUMENT].filter[ORTHOGONAL_RESTRICTIONS].type_restriction.inclusion
required_documents[ID_DOCUMENT].filter[ORTHOGONAL_RESTRICTIONS].type_restriction.document_types
required_documents[ID_DOCUMENT].filter[ORTHOGONAL_RESTRICTIONS].allow_expired_documents
required_documents[ID_DOCUMENT].filter[ORTHOGONAL_RESTRICTIONS].allow_non_latin_documents
required_documents[ID_DOCUMENT].filter[DOCUMENT_RESTRICTIONS].inclusion
required_documents[ID_DOCUMENT].filter[DOCUMENT_RESTRICTIONS].documents[].country_codes
required_documents[ID_DOCUMENT].filter[DOCUMENT_RESTRICTIONS].documents[].document_types
required_documents[ID_DOCUMENT].filter[DOCUMENT_RESTRICTIONS].allow_expired_documents
required_documents[ID_DOCUMENT].filter[DOCUMENT_RESTRICTIONS].allow_non_latin_documents
required_documents[SUPPLEMENTARY_DOCUMENT].objective[PROOF_OF_ADDRESS]
required_documents[SUPPLEMENTARY_DOCUMENT].objective[UK_GDS]
required_documents[SUPPLEMENTARY_DOCUMENT].document_types
required_documents[SUPPLEMENTARY_DOCUMENT].country_codes

sdk_config.allowed_capture_methods
sdk_config.primary_colour
sdk_config.secondary_colour
sdk_config.font_colour
sdk_config.locale
sdk_config.preset_issuing_country
sdk_config.success_url
sdk_config.error_url
sdk_config.privacy_policy_url
sdk_config.biometric_consent_flow
sdk_config.allow_handoff
sdk_config.attempts_configuration.ID_DOCUMENT_TEXT_DATA_EXTRACTION.GENERIC
sdk_config.attempts_configuration.ID_DOCUMENT_TEXT_DATA_EXTRACTION.RECLASSIFICATION
sdk_config.brand_id
sdk_config.suppressed_screens
sdk_config.dark_mode
sdk_config.primary_colour_dark_mode
sdk_config.hide_logo

identity_profile_requirements.trust_framework
identity_profile_requirements.scheme.type
identity_profile_requirements.scheme.objective
advanced_identity_profile_requirements.profiles[].trust_framework
advanced_identity_profile_requirements.profiles[].schemes[].type
advanced_identity_profile_requirements.profiles[].schemes[].objective
advanced_identity_profile_requirements.profiles[].schemes[].label
advanced_identity_profile_requirements.profiles[].schemes[].config.filter
`
  .split('\n')
  .filter(Boolean);

const inBranch = "For in-branch verification at a counter, which isn't offered.";

/** Fields that a policy can't set, and why. */
export const excludedFields: Readonly<Record<string, string>> = {
  ibv_options: inBranch,
  'resources.applicant_profile': inBranch,
  'requested_checks[IBV_VISUAL_REVIEW_CHECK]': inBranch,
  'requested_checks[PROFILE_DOCUMENT_MATCH]': inBranch,
  'requested_checks[DOCUMENT_SCHEME_VALIDITY_CHECK]': inBranch,
  'required_documents[SUPPLEMENTARY_DOCUMENT].objective[UK_GDS]': inBranch,
  'requested_checks[WATCHLIST_ADVANCED_CA].config.matching_strategy[EXACT].exact_match':
    'Says the same as the type EXACT, and the SDK does not send it.',
};

/** Fields that the SDK has no builder for. */
export const fieldsWithoutBuilder: ReadonlySet<string> = new Set([
  'create_identity_profile_preview',
  'ephemeral_media',
  'import_token.ttl',
  'requested_checks[ID_DOCUMENT_AUTHENTICITY].config.issuing_authority_sub_check.filter',
  'requested_checks[ID_DOCUMENT_AUTHENTICITY].config.issuing_authority_sub_check.requested',
  'requested_checks[THIRD_PARTY_IDENTITY].config.manual_check',
  'requested_checks[WATCHLIST_SCREENING].config.manual_check',
  'sdk_config.dark_mode',
  'sdk_config.hide_logo',
  'sdk_config.primary_colour_dark_mode',
]);

/** One way to set a field: what the policy or the session says, and what Yoti gets. */
export interface FieldRow {
  field: (typeof specificationFields)[number];
  policy?: Partial<Specification>;
  session?: Partial<SessionParameters>;
  /** What is at the field's place. */
  value: unknown;
  /** The unit of the body that the SDK's builders make, and the same unit made by them; none where there is no builder. */
  sdk?: [unit: string, built: object];
}

/** What is at a field's place in a body; undefined when it isn't there. */
export function valueAt(body: unknown, field: string): unknown {
  return field.split('.').reduce<unknown>((at, step) => {
    const [, name = '', type] = /^(\w+)(?:\[(\w*)\])?$/.exec(step) ?? [];
    const found = (at as Record<string, unknown> | undefined)?.[name];
    if (type === undefined) return found;
    const candidates = (Array.isArray(found) ? found : [found]) as ({ type?: string } | undefined)[];
    return candidates.find((one) => one !== undefined && (type === '' || one.type === type));
  }, body);
}
