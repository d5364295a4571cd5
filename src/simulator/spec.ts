import { z } from 'zod';
import type { ManualCheck as CheckedManually } from '../yoti/checks/define-check.js';
import {
  countryCodesWire,
  documentFilterWire,
  documentTypesWire,
  type WireDocumentFilter,
} from '../yoti/checks/document-filter.js';
import { findCheck, requestedCheckWire, requestedTaskWire } from '../yoti/checks/index.js';
import { documentsAllowed } from '../yoti/checks/known-documents.js';
import type { PropertyError } from './errors.js';

const hexColour = z.string().regex(/^#([0-9a-f]{3}|[0-9a-f]{6})$/i, 'must be a hexadecimal colour');
const webUrl = z.url({ protocol: /^https?$/ });

const requiredDocumentSchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('ID_DOCUMENT'), filter: documentFilterWire.optional() }),
  z.looseObject({
    type: z.literal('SUPPLEMENTARY_DOCUMENT'),
    objective: z.looseObject({ type: z.string() }),
    document_types: documentTypesWire.optional(),
    country_codes: countryCodesWire.optional(),
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
  dark_mode: z.enum(['ON', 'OFF', 'AUTO']).optional(),
  primary_colour_dark_mode: hexColour.optional(),
  hide_logo: z.boolean().optional(),
  brand_id: z.string().optional(),
  biometric_consent_flow: z.enum(['EARLY', 'JUST_IN_TIME']).optional(),
  suppressed_screens: z.array(z.string()).min(1).optional(),
  attempts_configuration: z
    .looseObject({ ID_DOCUMENT_TEXT_DATA_EXTRACTION: z.record(z.string(), z.int().min(1)).optional() })
    .optional(),
});

const identityProfileSchema = z.looseObject({
  trust_framework: z.literal('UK_TFIDA'),
  scheme: z
    .looseObject({
      type: z.enum(['DBS', 'RTW', 'RTR', 'DBS_RTW']),
      objective: z.enum(['BASIC', 'STANDARD', 'ENHANCED']).optional(),
    })
    .refine(({ type, objective }) => type !== 'DBS' || objective !== undefined, {
      path: ['objective'],
      message: 'must be given for DBS',
    }),
});

const advancedIdentityProfileSchema = z.looseObject({
  profiles: z
    .array(
      z.looseObject({
        trust_framework: z.enum(['UK_TFIDA', 'YOTI_GLOBAL']),
        schemes: z
          .array(
            z.looseObject({
              type: z.string().min(1),
              label: z.string().min(1),
              objective: z.string().optional(),
              config: z.looseObject({ filter: documentFilterWire.optional() }).optional(),
            }),
          )
          .min(1),
      }),
    )
    .min(1),
});

const specSchema = z.looseObject({
  client_session_token_ttl: z.int().gt(300).optional(),
  session_deadline: z.iso.datetime({ offset: true }).optional(),
  resources_ttl: z.int().optional(),
  user_tracking_id: z.string().optional(),
  notifications: notificationsSchema.optional(),
  requested_checks: z.array(requestedCheckWire).default([]),
  requested_tasks: z.array(requestedTaskWire).default([]),
  required_documents: z.array(requiredDocumentSchema).default([]),
  sdk_config: sdkConfigSchema.optional(),
  block_biometric_consent: z.boolean().optional(),
  identity_profile_requirements: identityProfileSchema.optional(),
  advanced_identity_profile_requirements: advancedIdentityProfileSchema.optional(),
  create_identity_profile_preview: z.boolean().optional(),
  subject: z.looseObject({ subject_id: z.string().optional() }).optional(),
  import_token: z.looseObject({ ttl: z.int().min(1).optional() }).optional(),
  ephemeral_media: z.boolean().optional(),
});

/** A valid session specification as the SDK's builders produce it; unknown fields are kept. */
export type SessionSpec = z.infer<typeof specSchema>;
export type RequestedCheck = SessionSpec['requested_checks'][number];
export type RequiredDocument = SessionSpec['required_documents'][number];
export type DocumentFilter = WireDocumentFilter;
export type ManualCheck = CheckedManually;

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
  const idDocuments = spec.required_documents.filter((required) => required.type === 'ID_DOCUMENT').length;
  const documents = spec.required_documents.length ? idDocuments : 1;
  const liveness = checks.filter((requested) => requested.type === 'LIVENESS');
  return checks.flatMap((requested, index) => {
    const property = `requested_checks[${index}]`;
    const needs = findCheck(requested.type)?.needs;
    if (requested.type === 'LIVENESS' && requested !== liveness[0]) {
      return [at(`${property}.config.liveness_type`, 'only one liveness check may be requested')];
    }
    if (needs?.liveness && !liveness.length) return [at(property, 'requires a liveness check')];
    if (needs?.idDocuments !== undefined && documents < needs.idDocuments) {
      return [
        at(
          property,
          `requires ${needs.idDocuments === 2 ? 'two identity documents' : 'an identity document'}`,
        ),
      ];
    }
    return [];
  });
}

function filterErrors(spec: SessionSpec): PropertyError[] {
  const filters = [
    ...spec.required_documents.map((required, index) => ({
      property: `required_documents[${index}].filter`,
      filter: required.type === 'ID_DOCUMENT' ? required.filter : undefined,
    })),
    ...(spec.advanced_identity_profile_requirements?.profiles ?? []).flatMap(({ schemes }, profile) =>
      schemes.map(({ config }, scheme) => ({
        property: `advanced_identity_profile_requirements.profiles[${profile}].schemes[${scheme}].config.filter`,
        filter: config?.filter,
      })),
    ),
  ];
  return filters.flatMap(({ property, filter }) =>
    filter !== undefined && documentsAllowed(filter).size === 0
      ? [at(property, 'must allow at least one supported document')]
      : [],
  );
}
