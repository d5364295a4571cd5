import { z } from 'zod';
import { allowedDocuments } from './documents.js';
import type { PropertyError } from './errors.js';

const manualCheck = z.enum(['ALWAYS', 'FALLBACK', 'NEVER']);
const inclusion = z.string().regex(/^(whitelist|blacklist|include|exclude)$/i, 'must be INCLUDE or EXCLUDE');
const codes = z.array(z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 3166-1 alpha-3 code'));
const types = z.array(z.string().min(1));
const hexColour = z.string().regex(/^#([0-9a-f]{3}|[0-9a-f]{6})$/i, 'must be a hexadecimal colour');
const webUrl = z.url({ protocol: /^https?$/ });

const check = <T extends string, C extends z.ZodType>(type: T, config: C) =>
  z.looseObject({ type: z.literal(type), config });
const anyConfig = z.looseObject({}).optional();

const requestedCheckSchema = z.discriminatedUnion('type', [
  check('ID_DOCUMENT_AUTHENTICITY', z.looseObject({ manual_check: manualCheck.optional() }).optional()),
  check(
    'LIVENESS',
    z.looseObject({ liveness_type: z.enum(['ZOOM', 'STATIC']), max_retries: z.int().min(1).optional() }),
  ),
  check('ID_DOCUMENT_FACE_MATCH', z.looseObject({ manual_check: manualCheck })),
  check('FACE_COMPARISON', z.looseObject({ manual_check: z.literal('NEVER') })),
  check('ID_DOCUMENT_COMPARISON', anyConfig),
  check('THIRD_PARTY_IDENTITY', anyConfig),
  check('WATCHLIST_SCREENING', z.looseObject({ categories: z.array(z.string()).optional() }).optional()),
  check(
    'WATCHLIST_ADVANCED_CA',
    z.looseObject({ type: z.enum(['WITH_YOTI_ACCOUNT', 'WITH_CUSTOM_ACCOUNT']) }),
  ),
]);

const requestedTaskSchema = z.discriminatedUnion('type', [
  check(
    'ID_DOCUMENT_TEXT_DATA_EXTRACTION',
    z.looseObject({
      manual_check: manualCheck,
      chip_data: z.enum(['DESIRED', 'IGNORE']).optional(),
      create_expanded_document_fields: z.boolean().optional(),
    }),
  ),
  check('SUPPLEMENTARY_DOCUMENT_TEXT_DATA_EXTRACTION', z.looseObject({ manual_check: manualCheck })),
]);

const scope = {
  allow_expired_documents: z.boolean().optional(),
  allow_non_latin_documents: z.boolean().optional(),
};

const documentFilterSchema = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('ORTHOGONAL_RESTRICTIONS'),
    country_restriction: z.looseObject({ inclusion, country_codes: codes }).optional(),
    type_restriction: z.looseObject({ inclusion, document_types: types }).optional(),
    ...scope,
  }),
  z.looseObject({
    type: z.literal('DOCUMENT_RESTRICTIONS'),
    inclusion,
    documents: z.array(z.looseObject({ country_codes: codes.optional(), document_types: types.optional() })),
    ...scope,
  }),
]);

const requiredDocumentSchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('ID_DOCUMENT'), filter: documentFilterSchema.optional() }),
  z.looseObject({
    type: z.literal('SUPPLEMENTARY_DOCUMENT'),
    objective: z.looseObject({ type: z.string() }),
    document_types: types.optional(),
    country_codes: codes.optional(),
  }),
]);

const notificationsSchema = z.looseObject({
  endpoint: z
    .string()
    .regex(/^https?:\/\/.+$/, 'must be an https URL')
    .optional(),
  topics: z.array(z.string()).default([]),
  auth_token: z.string().optional(),
  auth_type: z.enum(['BASIC', 'BEARER']).default('BASIC'),
});

const sdkConfigSchema = z.looseObject({
  allowed_capture_methods: z
    .string()
    .regex(/^(camera|camera_and_upload)$/i, 'must be CAMERA or CAMERA_AND_UPLOAD')
    .optional(),
  primary_colour: hexColour.optional(),
  secondary_colour: hexColour.optional(),
  font_colour: hexColour.optional(),
  locale: z.string().optional(),
  preset_issuing_country: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be an ISO 3166-1 alpha-3 code')
    .optional(),
  success_url: webUrl.optional(),
  error_url: webUrl.optional(),
  privacy_policy_url: webUrl.optional(),
  allow_handoff: z.boolean().optional(),
  biometric_consent_flow: z.enum(['EARLY', 'JUST_IN_TIME']).optional(),
  suppressed_screens: z.array(z.string()).min(1).optional(),
  attempts_configuration: z
    .looseObject({ ID_DOCUMENT_TEXT_DATA_EXTRACTION: z.record(z.string(), z.int().min(1)).optional() })
    .optional(),
});

const specSchema = z.looseObject({
  client_session_token_ttl: z.int().gt(300).optional(),
  session_deadline: z.iso.datetime({ offset: true }).optional(),
  resources_ttl: z.int().optional(),
  user_tracking_id: z.string().optional(),
  notifications: notificationsSchema.optional(),
  requested_checks: z.array(requestedCheckSchema).default([]),
  requested_tasks: z.array(requestedTaskSchema).default([]),
  required_documents: z.array(requiredDocumentSchema).default([]),
  sdk_config: sdkConfigSchema.optional(),
  block_biometric_consent: z.boolean().optional(),
  identity_profile_requirements: z.looseObject({}).optional(),
  advanced_identity_profile_requirements: z.looseObject({}).optional(),
});

/** A valid session specification as the SDK's builders produce it; unknown fields are kept. */
export type SessionSpec = z.infer<typeof specSchema>;
export type RequestedCheck = SessionSpec['requested_checks'][number];
export type RequiredDocument = SessionSpec['required_documents'][number];
export type DocumentFilter = z.infer<typeof documentFilterSchema>;
export type ManualCheck = z.infer<typeof manualCheck>;

/** Seconds a client token lives when the specification doesn't say. */
export const DEFAULT_TOKEN_TTL = 600;
/** Seconds resources are kept when the specification doesn't say: seven days. */
export const DEFAULT_RESOURCES_TTL = 604_800;
const DAY = 86_400;

/** What the caller may loosen. */
export interface SpecRules {
  /** The service takes https endpoints only; a local receiver seldom has a certificate. */
  allowHttpNotifications: boolean;
  /** Milliseconds since the epoch. */
  now: number;
}

const at = (property: string, message: string): PropertyError => ({ property, message });

/** A JSON path such as `requested_checks[1].config.manual_check`. */
export const propertyPath = (path: readonly PropertyKey[]) =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part),
    '',
  );

/** Checks a body against the published rules; the errors name each property at fault. */
export function parseSpec(
  body: unknown,
  rules: SpecRules,
): { spec: SessionSpec } | { errors: PropertyError[] } {
  const parsed = specSchema.safeParse(body);
  if (!parsed.success) {
    return { errors: parsed.error.issues.map((issue) => at(propertyPath(issue.path), issue.message)) };
  }
  const errors = [
    ...timeErrors(parsed.data, rules.now),
    ...endpointErrors(parsed.data, rules.allowHttpNotifications),
    ...checkErrors(parsed.data),
    ...filterErrors(parsed.data),
  ];
  return errors.length ? { errors } : { spec: parsed.data };
}

function timeErrors(spec: SessionSpec, now: number): PropertyError[] {
  const errors: PropertyError[] = [];
  const ttl = spec.client_session_token_ttl;
  if (spec.session_deadline) {
    if (ttl !== undefined) {
      errors.push(at('session_deadline', 'must not be combined with client_session_token_ttl'));
    }
    if (Date.parse(spec.session_deadline) <= now)
      errors.push(at('session_deadline', 'must be in the future'));
  }
  if (spec.resources_ttl !== undefined && spec.resources_ttl < DAY + (ttl ?? 0)) {
    errors.push(at('resources_ttl', 'must be at least 24 hours more than client_session_token_ttl'));
  }
  return errors;
}

function endpointErrors(spec: SessionSpec, allowHttp: boolean): PropertyError[] {
  const endpoint = spec.notifications?.endpoint;
  if (!endpoint || (URL.canParse(endpoint) && (allowHttp || endpoint.startsWith('https://')))) return [];
  return [at('notifications.endpoint', 'must be an https URL')];
}

function checkErrors(spec: SessionSpec): PropertyError[] {
  const checks = spec.requested_checks;
  const profile = spec.identity_profile_requirements ?? spec.advanced_identity_profile_requirements;
  if (!checks.length && !spec.requested_tasks.length && !profile) {
    return [at('requested_checks', 'must not be empty')];
  }
  const has = (type: string) => checks.some((requested) => requested.type === type);
  const idDocuments = spec.required_documents.filter((required) => required.type === 'ID_DOCUMENT').length;
  const documents = spec.required_documents.length ? idDocuments : 1;
  const liveness = checks.filter((requested) => requested.type === 'LIVENESS');
  return checks.flatMap((requested, index) => {
    const property = `requested_checks[${index}]`;
    if (requested.type === 'LIVENESS' && requested !== liveness[0]) {
      return [at(`${property}.config.liveness_type`, 'only one liveness check may be requested')];
    }
    if (requested.type === 'ID_DOCUMENT_FACE_MATCH' && !liveness.length && !has('FACE_COMPARISON')) {
      return [at(property, 'requires a liveness check or a face capture')];
    }
    if (requested.type === 'FACE_COMPARISON' && !liveness.length) {
      return [at(property, 'requires a liveness check')];
    }
    if (requested.type === 'ID_DOCUMENT_COMPARISON' && documents < 2) {
      return [at(property, 'requires two identity documents')];
    }
    if (requested.type.startsWith('ID_DOCUMENT') && documents === 0) {
      return [at(property, 'requires an identity document')];
    }
    return [];
  });
}

function filterErrors(spec: SessionSpec): PropertyError[] {
  return spec.required_documents.flatMap((required, index) =>
    required.type === 'ID_DOCUMENT' && required.filter && allowedDocuments(required.filter).length === 0
      ? [at(`required_documents[${index}].filter`, 'must allow at least one supported document')]
      : [],
  );
}
