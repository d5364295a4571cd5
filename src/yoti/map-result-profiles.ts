import { flag, listOf, mediaRef, openText, part, smallPart, text } from './map-result-parts.js';

const unmet = smallPart(
  {
    failure_type: text,
    document_type: text,
    document_country_iso_code: text,
    audit_id: text,
    details: text,
  },
  (wire) => ({
    failureType: wire.failure_type,
    documentType: wire.document_type,
    documentCountryIsoCode: wire.document_country_iso_code,
    auditId: wire.audit_id,
    details: wire.details,
  }),
);

const failureReason = smallPart(
  { reason_code: text, requirements_not_met_details: listOf(unmet) },
  (wire) => ({
    reasonCode: wire.reason_code,
    requirementsNotMetDetails: wire.requirements_not_met_details,
  }),
);

const scheme = smallPart({ type: text, objective: text, label: text }, (wire) => wire);

const schemeCompliance = smallPart(
  { scheme: scheme.nullish(), requirements_met: flag, requirements_not_met_info: text },
  (wire) => ({
    scheme: wire.scheme ?? null,
    requirementsMet: wire.requirements_met,
    requirementsNotMetInfo: wire.requirements_not_met_info,
  }),
);

const framework = { trust_framework: text, schemes_compliance: listOf(schemeCompliance) };

const compliance = smallPart(framework, (wire) => ({
  trustFramework: wire.trust_framework,
  schemesCompliance: wire.schemes_compliance,
}));

/** A simple report is about one framework and names it at its top; an advanced one lists several. */
const simpleReport = smallPart({ ...framework, media: mediaRef.nullish() }, (wire) => ({
  compliance: [{ trustFramework: wire.trust_framework, schemesCompliance: wire.schemes_compliance }],
  media: wire.media ?? null,
  content: null,
}));

const advancedReport = smallPart({ compliance: listOf(compliance), media: mediaRef.nullish() }, (wire) => ({
  compliance: wire.compliance,
  media: wire.media ?? null,
  content: null,
}));

const profile = { subject_id: text, result: openText, failure_reason: failureReason.nullish() };

/** Yoti: identity profile result. */
export const identityProfile = part(
  { ...profile, identity_profile_report: simpleReport.nullish() },
  (wire) => ({
    subjectId: wire.subject_id,
    result: wire.result,
    failureReason: wire.failure_reason ?? null,
    report: wire.identity_profile_report ?? null,
  }),
);

/** Yoti: advanced identity profile result. */
export const advancedIdentityProfile = part(
  { ...profile, identity_profile_report: advancedReport.nullish() },
  (wire) => ({
    subjectId: wire.subject_id,
    result: wire.result,
    failureReason: wire.failure_reason ?? null,
    report: wire.identity_profile_report ?? null,
  }),
);

/** Yoti: identity profile preview. */
export const profilePreview = part({ media: mediaRef.nullish() }, (wire) => ({
  media: wire.media ?? null,
  content: null,
}));

/** Yoti: import token. */
export const importToken = part({ media: mediaRef.nullish(), failure_reason: text }, (wire) => ({
  media: wire.media ?? null,
  failureReason: wire.failure_reason,
}));
