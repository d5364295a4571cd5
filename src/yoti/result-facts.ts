import type { IdentityProfile } from './result-profiles.js';
import type { CheckResult, SessionResult } from './result.js';

/** How far the person is. */
export type Progress = 'not_started' | 'capturing' | 'submitted';

/**
 * How far the person is. "Submitted" is when Yoti has withdrawn the client token of an open session, which it does
 * when the person has finished (Yoti: session lifecycle).
 */
export function progressOf(result: SessionResult): Progress {
  if (result.state === 'COMPLETED') return 'submitted';
  if (result.state === 'ONGOING' && !result.clientTokenLive) return 'submitted';
  const captured =
    result.idDocuments.length > 0 ||
    result.livenessCaptures.length > 0 ||
    result.supplementaryDocuments.length > 0 ||
    result.shareCodes.length > 0 ||
    result.biometricConsentAt !== null;
  return captured ? 'capturing' : 'not_started';
}

/**
 * The checks that count for a decision: every check, except that of several attempts at liveness only one does: of
 * those whose capture another check used (Yoti: `resources_used` tells which attempt counted), or else of all, the
 * first approved one, or the latest when none is (Yoti: one approved attempt is enough).
 */
export function countedChecks(result: SessionResult): CheckResult[] {
  const others = result.checks.filter(({ type }) => type !== 'LIVENESS');
  const attempts = result.checks.filter(({ type }) => type === 'LIVENESS');
  const used = new Set(others.flatMap(({ resourcesUsed }) => resourcesUsed));
  const usedAttempts = attempts.filter(({ resourcesUsed }) => resourcesUsed.some((id) => used.has(id)));
  const candidates = usedAttempts.length > 0 ? usedAttempts : attempts;
  const latest = candidates.toSorted((one, other) =>
    (other.createdAt ?? '').localeCompare(one.createdAt ?? ''),
  )[0];
  const counted = candidates.find(({ recommendation }) => recommendation?.value === 'APPROVE') ?? latest;
  return result.checks.filter((check) => check.type !== 'LIVENESS' || check === counted);
}

/** The result with each resource telling which of the checks that count used it. */
export function markCounted(result: SessionResult): SessionResult {
  const users = new Map<string, string[]>();
  for (const { id, resourcesUsed } of countedChecks(result)) {
    for (const resource of new Set(resourcesUsed)) {
      users.set(resource, [...(users.get(resource) ?? []), id]);
    }
  }
  const mark = <Resource extends { id: string }>(resource: Resource) => {
    const countedBy = users.get(resource.id) ?? [];
    return { ...resource, counted: countedBy.length > 0, countedBy };
  };
  return {
    ...result,
    idDocuments: result.idDocuments.map(mark),
    livenessCaptures: result.livenessCaptures.map(mark),
    supplementaryDocuments: result.supplementaryDocuments.map(mark),
    faceCaptures: result.faceCaptures.map(mark),
    applicantProfiles: result.applicantProfiles.map(mark),
    shareCodes: result.shareCodes.map(mark),
  };
}

/** Names of identity profiles among what a policy asks for and in facts, beside the types of checks. */
export const profileNames = ['IDENTITY_PROFILE', 'ADVANCED_IDENTITY_PROFILE'] as const;
export type ProfileName = (typeof profileNames)[number];

/** What came of an identity profile: codes and counts, no personal data. */
export interface ProfileJudgement {
  name: ProfileName;
  /** DONE, ABORTED or whatever else Yoti may say. */
  result: string;
  /** Why there is none, or a requirement is not met. */
  reasonCode: string | null;
  /** How many schemes were asked for, and how many of them are met. */
  schemes: number;
  met: number;
  /** Whether the profile is there and every scheme is met (Yoti: identity profile result). */
  approved: boolean;
}

/** The identity profiles of a result, none for a session without. */
export function profilesOf(result: SessionResult): ProfileJudgement[] {
  return [
    ...judged('IDENTITY_PROFILE', result.identityProfile),
    ...judged('ADVANCED_IDENTITY_PROFILE', result.advancedIdentityProfile),
  ];
}

function judged(name: ProfileName, profile: IdentityProfile | null): ProfileJudgement[] {
  if (profile === null) return [];
  const compliance = profile.report?.compliance ?? [];
  const schemes = compliance.flatMap(({ schemesCompliance }) => schemesCompliance);
  const met = schemes.filter(({ requirementsMet }) => requirementsMet === true).length;
  const complete = compliance.every(({ schemesCompliance }) => schemesCompliance.length > 0);
  return [
    {
      name,
      result: profile.result,
      reasonCode: profile.failureReason?.reasonCode ?? null,
      schemes: schemes.length,
      met,
      approved: profile.result === 'DONE' && complete && schemes.length > 0 && met === schemes.length,
    },
  ];
}
