import { addMedia } from './capture.js';
import {
  isTolerated,
  profileFailures,
  schemesOf,
  type ProfileFailure,
  type Scheme,
} from './identity-profile.js';
import { stateOf, type Context, type SimulatedSession } from './session.model.js';

type Json = Record<string, unknown>;

/** Yoti: a profile is given up about two hours after its session has expired. */
const ABANDONED_AFTER_MS = 2 * 3_600_000;

const aborted = (session: SimulatedSession): ProfileFailure | undefined =>
  profileFailures(session).find((failure) =>
    schemesOf(session.spec).some((scheme) => !isTolerated(scheme, failure)),
  );

/** Makes what the whole session yields when it completes: the profile's report, its preview, the import token. */
export function endSession(session: SimulatedSession, ctx: Context): void {
  const { spec } = session;
  const make = (kind: 'identity_report' | 'profile_preview' | 'import_token') => {
    session.outcomeMedia[kind] = addMedia(session, 'JSON', { kind }, ctx);
  };
  const profile = schemesOf(spec).length > 0;
  if (profile && !aborted(session)) make('identity_report');
  if (profile && spec['create_identity_profile_preview'] === true) make('profile_preview');
  if (spec['import_token'] !== undefined && profileFailures(session).length === 0) make('import_token');
}

/** The parts of a session's result that stand for the whole session; empty without any. */
export function outcomeResult(
  session: SimulatedSession,
  now: number,
  media: (id: string | undefined) => Json | undefined,
): Json {
  const { spec, outcomeMedia: made } = session;
  const advanced = spec.advanced_identity_profile_requirements !== undefined;
  const name = advanced ? 'advanced_identity_profile' : 'identity_profile';
  const profile = profileResult(session, now, media(made.identity_report));
  const preview = media(made.profile_preview);
  const token = media(made.import_token);
  const failed = session.completedAt !== undefined && spec['import_token'] !== undefined && !token;
  return {
    ...(profile && { [name]: profile }),
    ...(preview && { [`${name}_preview`]: preview }),
    ...(token && { import_token: token }),
    ...(failed && { import_token: { failure_reason: profileFailures(session)[0]?.reason } }),
  };
}

function profileResult(session: SimulatedSession, now: number, media: Json | undefined): Json | undefined {
  const schemes = schemesOf(session.spec);
  if (!schemes.length) return undefined;
  const subject = subjectOf(session);
  if (stateOf(session, now) === 'EXPIRED') {
    const over = now >= session.deadline + ABANDONED_AFTER_MS;
    return over ? { ...subject, result: 'ABORTED', failure_reason: { reason_code: 'ABANDONED' } } : undefined;
  }
  if (session.completedAt === undefined) return undefined;
  const failure = aborted(session);
  if (failure) return { ...subject, result: 'ABORTED', failure_reason: reasonOf(session, failure) };
  return {
    ...subject,
    result: 'DONE',
    identity_profile_report: { ...compliance(session, schemes), ...media },
  };
}

function subjectOf({ spec }: SimulatedSession): Json {
  const { subject } = spec as { subject?: { subject_id?: unknown } };
  return typeof subject?.subject_id === 'string' ? { subject_id: subject.subject_id } : {};
}

function reasonOf(session: SimulatedSession, { reason }: ProfileFailure): Json {
  return {
    reason_code: reason,
    requirements_not_met_details: profileFailures(session).map(({ type, document, auditId, details }) => ({
      failure_type: type,
      ...(document && {
        document_type: document.documentType,
        document_country_iso_code: document.country,
      }),
      ...(auditId !== undefined && { audit_id: auditId }),
      ...(details !== undefined && { details }),
    })),
  };
}

function compliance(session: SimulatedSession, schemes: Scheme[]): Json {
  const failures = profileFailures(session);
  const entryOf = (scheme: Scheme) => {
    const unmet = failures.some((failure) => isTolerated(scheme, failure));
    return {
      scheme: {
        type: scheme.type,
        ...(scheme.objective !== undefined && { objective: scheme.objective }),
        ...(scheme.label !== undefined && { label: scheme.label }),
      },
      requirements_met: !unmet,
      ...(unmet && { requirements_not_met_info: 'UNABLE_TO_VERIFY_ADDRESS' }),
    };
  };
  const frameworks = [...new Set(schemes.map(({ trustFramework }) => trustFramework))].map((framework) => ({
    trust_framework: framework,
    schemes_compliance: schemes.filter(({ trustFramework }) => trustFramework === framework).map(entryOf),
  }));
  const advanced = session.spec.advanced_identity_profile_requirements !== undefined;
  return advanced ? { compliance: frameworks } : { ...frameworks[0] };
}
