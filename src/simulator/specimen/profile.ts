import { schemesOf } from '../identity-profile.js';
import type { ShareCodePart, SimulatedSession } from '../session.model.js';
import { documentFields, type SpecimenDocument } from './document.js';

/** Content of the `identity_profile_report` media: who the person is, and by which evidence. */
export function identityReport(session: SimulatedSession, doc: SpecimenDocument): Record<string, unknown> {
  const { person } = doc;
  const schemes = schemesOf(session.spec);
  const time = new Date(session.completedAt ?? session.createdAt).toISOString();
  return {
    identity_assertion: {
      current_name: {
        full_name: `${person.givenNames} ${person.familyName}`,
        given_names: person.givenNames,
        family_name: person.familyName,
      },
      date_of_birth: person.dateOfBirth,
      current_address: person.address,
    },
    verification_report: {
      report_id: session.id,
      timestamp: time,
      trust_framework: schemes[0]?.trustFramework ?? 'UK_TFIDA',
      schemes_compliance: schemes.map(({ type, objective }) => ({
        scheme: { type, ...(objective !== undefined && { objective }) },
        requirements_met: true,
      })),
      assurance_process: { level_of_assurance: 'MEDIUM', policy: 'GPG45', procedure: 'M1B', assurance: [] },
      evidence: {
        face: { liveness_checks: session.liveness.map(({ id }) => ({ resource_id: id })) },
        documents: session.documents
          .filter(({ accepted }) => accepted)
          .map(({ id, documentType, country }) => ({
            resource_id: id,
            document_type: documentType,
            issuing_country: country,
          })),
        electronic_records: [],
      },
    },
    authentication_report: { timestamp: time },
    proof: 'SIMULATED',
  };
}

/** The JSON parts of a share code. */
export function shareCodeProfile(
  part: Exclude<ShareCodePart, 'id_photo' | 'file'>,
  doc: SpecimenDocument,
): Record<string, unknown> {
  const { full_name: name, date_of_birth: birth } = documentFields(doc);
  const lookUp = { share_code: `W${doc.documentNumber.slice(-8)}`, date_of_birth: birth };
  if (part === 'lookup_profile') return lookUp;
  return { ...lookUp, full_name: name, status: 'RIGHT_TO_WORK', expiry_date: doc.expires };
}
