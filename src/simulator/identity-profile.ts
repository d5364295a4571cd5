import { z } from 'zod';
import type { Check, DocumentResource, SimulatedSession } from './session.model.js';
import type { SessionSpec } from './spec.js';

/** A scheme that the profile shall comply with. */
export interface Scheme {
  trustFramework: string;
  type: string;
  objective?: string;
  /** Only in advanced profiles. */
  label?: string;
  filter?: unknown;
}

const schemeSchema = z.looseObject({
  type: z.string(),
  objective: z.string().optional(),
  label: z.string().optional(),
  config: z.looseObject({ filter: z.unknown() }).optional(),
});
const plainSchema = z.looseObject({ trust_framework: z.string(), scheme: schemeSchema });
const advancedSchema = z.looseObject({
  profiles: z.array(z.looseObject({ trust_framework: z.string(), schemes: z.array(schemeSchema) })),
});

/** Every scheme that a specification asks for, plain or advanced; none without a profile. */
export function schemesOf(spec: SessionSpec): Scheme[] {
  const plain = plainSchema.safeParse(spec.identity_profile_requirements).data;
  const advanced = advancedSchema.safeParse(spec.advanced_identity_profile_requirements).data;
  const listed = [
    ...(plain ? [{ trust_framework: plain.trust_framework, schemes: [plain.scheme] }] : []),
    ...(advanced?.profiles ?? []),
  ];
  return listed.flatMap(({ trust_framework: trustFramework, schemes }) =>
    schemes.map(({ type, objective, label, config }) => ({
      trustFramework,
      type,
      ...(objective !== undefined && { objective }),
      ...(label !== undefined && { label }),
      ...(config?.filter !== undefined && { filter: config.filter }),
    })),
  );
}

const byShareCode = ({ type }: Scheme) => type.endsWith('SHARECODE');

/** Whether the person proves their status with a share code. */
export const asksShareCode = (spec: SessionSpec) => schemesOf(spec).some(byShareCode);

const needsAddress = ({ type }: Scheme) => type.startsWith('DBS');

/**
 * What the service does for a specification: its own requests, or what the schemes of a profile decide when it leaves
 * them empty (Yoti: "the scheme decides documents, checks and liveness").
 */
export function withScheme(spec: SessionSpec): SessionSpec {
  const schemes = schemesOf(spec);
  if (!schemes.length || spec.requested_checks.length) return spec;
  const documents = !schemes.every(byShareCode);
  const filter = schemes.find((scheme) => scheme.filter !== undefined)?.filter;
  const manual = { manual_check: 'FALLBACK' as const };
  return {
    ...spec,
    requested_checks: [
      { type: 'LIVENESS', config: { liveness_type: 'STATIC', max_retries: 3 } },
      ...(documents
        ? ([
            { type: 'ID_DOCUMENT_AUTHENTICITY', config: manual },
            { type: 'ID_DOCUMENT_FACE_MATCH', config: manual },
          ] as const)
        : []),
      ...(documents && schemes.some(needsAddress) ? [{ type: 'THIRD_PARTY_IDENTITY' as const }] : []),
    ],
    requested_tasks: documents ? [{ type: 'ID_DOCUMENT_TEXT_DATA_EXTRACTION', config: manual }] : [],
    required_documents:
      documents && !spec.required_documents.length
        ? [{ type: 'ID_DOCUMENT', ...(filter !== undefined && { filter }) } as never]
        : spec.required_documents,
  };
}

/** Why a profile doesn't meet its requirements. */
export interface ProfileFailure {
  reason: string;
  type: string;
  document?: DocumentResource;
  auditId?: string;
  details?: string;
}

/** Yoti: when several reasons apply, the first of these is told. */
const PRIORITY = [
  'FRAUD_DETECTED',
  'UNABLE_TO_VALIDATE_DOCUMENT',
  'FACE_MATCH_VERIFICATION_FAILED',
  'MANDATORY_DOCUMENT_NOT_PROVIDED',
];
const rank = ({ reason }: ProfileFailure) =>
  PRIORITY.includes(reason) ? PRIORITY.indexOf(reason) : PRIORITY.length;

/** What a check that isn't approved means for the profile: reason code by recommendation, and type of failure. */
const MEANING: Record<string, [rejected: string, unavailable: string, type: string]> = {
  ID_DOCUMENT_AUTHENTICITY: ['FRAUD_DETECTED', 'UNABLE_TO_VALIDATE_DOCUMENT', 'ID_DOCUMENT_AUTHENTICITY'],
  ID_DOCUMENT_TEXT_DATA_CHECK: [
    'UNABLE_TO_VALIDATE_DOCUMENT',
    'UNABLE_TO_VALIDATE_DOCUMENT',
    'ID_DOCUMENT_EXTRACTION',
  ],
  ID_DOCUMENT_FACE_MATCH: [
    'FACE_MATCH_VERIFICATION_FAILED',
    'FACE_MATCH_VERIFICATION_FAILED',
    'ID_DOCUMENT_FACE_MATCH',
  ],
  THIRD_PARTY_IDENTITY: [
    'COULD_NOT_VERIFY_ADDRESS',
    'COULD_NOT_VERIFY_ADDRESS',
    'ID_DOCUMENT_ADDRESS_VERIFICATION',
  ],
};
const OTHER: [string, string, string] = [
  'IDENTITY_CHECK_FAILED',
  'UNABLE_TO_COMPLETE_CHECKS',
  'IDENTITY_CHECK',
];

/** Everything that keeps the profile from its requirements, the most important first. */
export function profileFailures(session: SimulatedSession): ProfileFailure[] {
  const liveness = session.checks.filter(({ type }) => type === 'LIVENESS');
  const live = liveness.length === 0 || liveness.some(approved);
  const failures = session.checks
    .filter((check) => check.type !== 'LIVENESS' && !approved(check))
    .map((check) => failureOf(session, check));
  const unread = session.documents.filter((doc) => doc.accepted && doc.task?.state === 'FAILED');
  return [
    ...failures,
    ...unread.map((document) => ({
      reason: 'UNABLE_TO_VALIDATE_DOCUMENT',
      type: 'ID_DOCUMENT_EXTRACTION',
      document,
    })),
    ...(live ? [] : [{ reason: 'MISSING_LIVENESS', type: 'LIVENESS' }]),
  ].toSorted((a, b) => rank(a) - rank(b));
}

const valueOf = ({ outcome }: Check) =>
  'report' in outcome ? outcome.report.recommendation.value : undefined;
const approved = (check: Check) => valueOf(check) === 'APPROVE';

function failureOf(session: SimulatedSession, check: Check): ProfileFailure {
  const [rejected, unavailable, type] = MEANING[check.type] ?? OTHER;
  const value = valueOf(check);
  const document = session.documents.find(({ id }) => check.resourcesUsed.includes(id));
  const details = 'report' in check.outcome ? check.outcome.report.recommendation.reason : undefined;
  return {
    reason:
      value === undefined ? 'UNABLE_TO_COMPLETE_CHECKS' : value === 'NOT_AVAILABLE' ? unavailable : rejected,
    type,
    ...(document && { document }),
    auditId: check.id,
    ...(details !== undefined && { details }),
  };
}

/** Whether an unmet requirement leaves the profile `DONE`: checks for a DBS go on without a verified address. */
export const isTolerated = (scheme: Scheme, { type }: ProfileFailure) =>
  needsAddress(scheme) && type === 'ID_DOCUMENT_ADDRESS_VERIFICATION';
