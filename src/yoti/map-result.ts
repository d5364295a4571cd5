import { z } from 'zod';
import { check } from './map-result-checks.js';
import { id, listOf, part, text } from './map-result-parts.js';
import {
  advancedIdentityProfile,
  identityProfile,
  importToken,
  profilePreview,
} from './map-result-profiles.js';
import { resources } from './map-result-resources.js';
import { badResponse } from './read-answer.js';
import { markCounted } from './result-facts.js';
import type { SessionResult } from './result.js';

const session = part(
  {
    session_id: id,
    state: id,
    client_session_token: z.unknown().optional(),
    client_session_token_ttl: z.number().nullish(),
    user_tracking_id: text,
    biometric_consent: text,
    resources: resources.nullish(),
    checks: listOf(check),
    identity_profile: identityProfile.nullish(),
    advanced_identity_profile: advancedIdentityProfile.nullish(),
    identity_profile_preview: profilePreview.nullish(),
    advanced_identity_profile_preview: profilePreview.nullish(),
    import_token: importToken.nullish(),
  },
  (wire) => wire,
);

/**
 * Turns Yoti's session result into ours (Yoti: session result). Unknown types, states, reasons, resources and fields
 * are kept; nulls and missing parts are tolerated. Throws `YOTI_BAD_RESPONSE`, without content of the answer, when a
 * part has a form that cannot be read.
 */
export function mapResult(wire: unknown): SessionResult {
  const parsed = session.safeParse(wire);
  if (!parsed.success) throw badResponse(reasonOf(parsed.error));
  const { data } = parsed;
  const token = data.client_session_token;
  return markCounted({
    yotiSessionId: data.session_id,
    state: data.state,
    userTrackingId: data.user_tracking_id,
    tokenTtlSeconds: data.client_session_token_ttl ?? null,
    clientTokenLive: typeof token === 'string' && token !== '',
    biometricConsentAt: data.biometric_consent,
    checks: data.checks,
    idDocuments: data.resources?.id_documents ?? [],
    livenessCaptures: data.resources?.liveness_capture ?? [],
    supplementaryDocuments: data.resources?.supplementary_documents ?? [],
    faceCaptures: data.resources?.face_capture ?? [],
    applicantProfiles: data.resources?.applicant_profiles ?? [],
    shareCodes: data.resources?.share_codes ?? [],
    identityProfile: data.identity_profile ?? null,
    advancedIdentityProfile: data.advanced_identity_profile ?? null,
    identityProfilePreview: data.identity_profile_preview ?? null,
    advancedIdentityProfilePreview: data.advanced_identity_profile_preview ?? null,
    importToken: data.import_token ?? null,
    other: { ...data.other, ...data.resources?.other },
  });
}

/** Says where and what kind of value was expected; paths are names and positions of Yoti's answer, never values. */
function reasonOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  const path = issue?.path.join('.') ?? '';
  return `${path === '' ? 'the answer' : path} is of the wrong type`;
}
