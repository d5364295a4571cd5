import yoti from 'yoti';
import { z } from 'zod';
import { eachIdDocument } from './captured-resources.js';
import type { Process, SimulationContext, Verdict, WireSubCheck } from './define-check.js';
import { defineCheck, manualCheckSchema, manualCheckWire, withManualCheck } from './define-check.js';
import { compileFilter, documentFilterSchema, documentFilterWire } from './document-filter.js';
import { documentReasons } from './photo-reasons.js';
import { simulatedReport } from './simulated-report.js';
import { withFields } from './with-fields.js';

const settings = z
  .strictObject({
    type: z.literal('ID_DOCUMENT_AUTHENTICITY').describe('Is the identity document genuine?'),
    manualCheck: manualCheckSchema.optional(),
    issuingAuthoritySubCheck: z
      .strictObject({
        requested: z.boolean().describe('Whether the authority that issued the document is asked.'),
        filter: documentFilterSchema.optional().describe('For which documents; all when left out.'),
      })
      .optional()
      .describe('Whether the issuing authority is asked to confirm the document; needs agreement with Yoti.'),
  })
  .meta({ id: 'DocumentAuthenticityCheck' });

type Settings = z.infer<typeof settings>;

const wire = z
  .looseObject({
    manual_check: manualCheckWire.optional(),
    issuing_authority_sub_check: z
      .looseObject({ requested: z.boolean().optional(), filter: documentFilterWire.optional() })
      .optional(),
  })
  .optional();

/** Sub-checks that experts do; all others are automated. */
const expertSubChecks = [
  'hologram',
  'hologram_movement',
  'no_sign_of_forgery',
  'no_sign_of_tampering',
  'other_security_features',
  'physical_document_captured',
];

/** The sub-check that fails for each reason (Yoti: document checking, sub-checks and reasons). */
const failingSubCheck: Readonly<Record<string, string>> = {
  CHIP_CSCA_VERIFICATION_FAILED: 'chip_csca_trusted',
  CHIP_DATA_INTEGRITY_FAILED: 'chip_data_integrity',
  CHIP_PARSE: 'chip_parse',
  CHIP_SIGNATURE_VERIFICATION_FAILED: 'chip_digital_signature_verification',
  CHIP_SOD_PARSE: 'chip_sod_parse',
  COUNTERFEIT: 'no_sign_of_forgery',
  DOCUMENT_COPY: 'physical_document_captured',
  DOC_NUMBER_INVALID: 'doc_number_validation',
  EXPIRED_DOCUMENT: 'document_in_date',
  FRAUD_LIST_MATCH: 'fraud_list_check',
  INCORRECT_MRZ: 'mrz_validation',
  ISSUING_AUTHORITY_INVALID: 'issuing_authority',
  MISSING_HOLOGRAM: 'hologram',
  NO_HOLOGRAM_MOVEMENT: 'hologram_movement',
  OTHER_SECURITY_FEATURES: 'other_security_features',
  TAMPERED: 'no_sign_of_tampering',
};

const failureDetails: Readonly<Record<string, WireSubCheck['details']>> = {
  no_sign_of_forgery: [
    { name: 'data_alignment', value: 'PASS' },
    { name: 'document_number_integrity', value: 'PASS' },
    { name: 'fonts_authenticity', value: 'FAIL' },
    { name: 'hologram_check', value: 'PASS' },
    { name: 'printing_quality', value: 'FAIL' },
    { name: 'security_features_integrity', value: 'PASS' },
  ],
  no_sign_of_tampering: [
    { name: 'data_integrity', value: 'PASS' },
    { name: 'face_photo_integrity', value: 'FAIL' },
  ],
};

/** Documents without a machine-readable zone are compared by number or barcode instead. */
function automatedSubChecks({ documentType, config }: SimulationContext): string[] {
  const authority = wire.safeParse(config).data?.issuing_authority_sub_check?.requested === true;
  const always = [
    'document_in_date',
    'fraud_list_check',
    'yoti_fraud_list_check',
    ...(authority ? ['issuing_authority'] : []),
  ];
  return documentType === 'DRIVING_LICENCE'
    ? [...always, 'doc_number_validation', 'ocr_barcode_comparison']
    : [...always, 'mrz_validation', 'ocr_mrz_comparison'];
}

function rejectReason(verdict: Verdict, context: SimulationContext): string | undefined {
  if (verdict.reason !== undefined || verdict.recommendation !== 'REJECT') return verdict.reason;
  return context.manual ? 'COUNTERFEIT' : 'DATA_MISMATCH';
}

function failingFor(reason: string | undefined, context: SimulationContext): string {
  const comparison =
    context.documentType === 'DRIVING_LICENCE' ? 'ocr_barcode_comparison' : 'ocr_mrz_comparison';
  const unnamed = context.manual ? 'no_sign_of_forgery' : comparison;
  if (reason === 'DATA_MISMATCH') return comparison;
  return (reason === undefined ? undefined : failingSubCheck[reason]) ?? unnamed;
}

function simulate(verdict: Verdict, context: SimulationContext) {
  const reason =
    verdict.recommendation === 'NOT_AVAILABLE'
      ? (verdict.reason ?? 'PHOTO_TOO_BLURRY')
      : rejectReason(verdict, context);
  const told = reason === undefined ? verdict : { ...verdict, reason };
  const attempted = new Map<string, Process>();
  if (verdict.recommendation === 'NOT_AVAILABLE') {
    const broken = reason?.startsWith('CHIP_') ? failingSubCheck[reason] : undefined;
    if (broken !== undefined) attempted.set(broken, 'AUTOMATED');
    return simulatedReport(told, { attempted, failed: new Set(attempted.keys()) });
  }
  const failing = verdict.recommendation === 'REJECT' ? failingFor(reason, context) : undefined;
  const byExpert = context.manual || (failing !== undefined && expertSubChecks.includes(failing));
  for (const name of automatedSubChecks(context)) attempted.set(name, 'AUTOMATED');
  if (byExpert) for (const name of expertSubChecks) attempted.set(name, 'EXPERT_REVIEW');
  if (failing !== undefined && !attempted.has(failing)) attempted.set(failing, 'AUTOMATED');
  return simulatedReport(told, {
    attempted,
    failed: new Set(failing === undefined ? [] : [failing]),
    details: failing === undefined ? {} : { [failing]: failureDetails[failing] ?? [] },
  });
}

/** The Node builder lacks this sub-check, which Yoti's API and other SDKs have. */
function issuingAuthorityConfig({ requested, filter }: NonNullable<Settings['issuingAuthoritySubCheck']>) {
  const sub = { requested, ...(filter !== undefined && { filter: compileFilter(filter) }) };
  return { issuing_authority_sub_check: sub };
}

/** Yoti: document checking, "ID document authenticity". One check per identity document. */
export const documentAuthenticity = defineCheck({
  type: 'ID_DOCUMENT_AUTHENTICITY',
  title: 'Document authenticity',
  description: 'Looks for signs that the identity document is forged, altered, copied or out of date.',
  settings,
  wire,
  needs: { idDocuments: 1 },
  runsOn: eachIdDocument,
  toYoti({ manualCheck, issuingAuthoritySubCheck }) {
    const builder = new yoti.RequestedDocumentAuthenticityCheckBuilder();
    const check = (manualCheck === undefined ? builder : withManualCheck(builder, manualCheck)).build();
    return issuingAuthoritySubCheck === undefined
      ? check
      : withFields(check, { config: issuingAuthorityConfig(issuingAuthoritySubCheck) });
  },
  subChecks: {
    age_estimation_dob_comparison: 'The estimated age fits the date of birth.',
    chip_csca_trusted: "The chip's signer is trusted by the issuing country.",
    chip_data_integrity: 'The data on the chip is unchanged.',
    chip_digital_signature_verification: "The chip's signature is valid.",
    chip_parse: 'The chip could be read.',
    chip_sod_parse: "The chip's security object could be read.",
    data_in_correct_position: 'The printed data is where it should be.',
    doc_number_validation: 'The document number follows the rules of its issuer.',
    document_in_date: 'The document has not expired.',
    expected_data_present: 'The data that such a document carries is there.',
    fraud_list_check: 'The document is on no fraud list.',
    hologram: 'The hologram is there.',
    hologram_movement: 'The hologram moves with the light.',
    issuing_authority: 'The issuing authority confirms the document.',
    issuing_authority_verification: 'The issuing authority confirms the document.',
    mrz_validation: 'The check digits of the machine-readable zone are right.',
    no_sign_of_forgery: 'Nothing suggests a forgery.',
    no_sign_of_tampering: 'Nothing suggests that the document was altered.',
    ocr_barcode_comparison: 'The printed data agrees with the barcode.',
    ocr_mrz_comparison: 'The printed data agrees with the machine-readable zone.',
    other_security_features: 'The other security features are there.',
    physical_document_captured: 'The picture shows the document itself, not a copy or a screen.',
    yoti_fraud_list_check: "The document isn't on Yoti's own fraud list.",
  },
  reasons: {
    ...documentReasons,
    CHIP_CSCA_VERIFICATION_FAILED: "The chip's signer isn't trusted.",
    CHIP_DATA_INTEGRITY_FAILED: 'The data on the chip was changed.',
    CHIP_PARSE: 'The chip could not be read.',
    CHIP_SIGNATURE_VERIFICATION_FAILED: "The chip's signature is wrong.",
    CHIP_SOD_PARSE: "The chip's security object could not be read.",
    COUNTERFEIT: 'The document is a forgery.',
    DATA_MISMATCH: 'Data on the document contradicts itself.',
    DOC_NUMBER_INVALID: 'The document number is impossible.',
    DOCUMENT_COPY: 'The picture shows a copy of a document.',
    EXPIRED_DOCUMENT: 'The document has expired.',
    FRAUD_LIST_MATCH: 'The document is on a fraud list.',
    ISSUING_AUTHORITY_INVALID: "The issuing authority doesn't confirm the document.",
    MISSING_HOLOGRAM: 'The hologram is missing.',
    NO_HOLOGRAM_MOVEMENT: "The hologram doesn't move with the light.",
    OTHER_SECURITY_FEATURES: 'Security features are missing or wrong.',
    TAMPERED: 'The document was altered.',
  },
  simulate,
});
