/** Sentences for people about the results of identity profiles (Yoti: identity profile result). */
export const profileWords = {
  /** Reason code → sentence. */
  reasons: {
    ABANDONED: 'The person did not finish in time.',
    ACTIVITY_HISTORY_SCORE_INSUFFICIENT: 'Too little activity over time is on record for the person.',
    COULD_NOT_VERIFY_ADDRESS: 'The address could not be verified.',
    FACE_MATCH_HIGHER_THRESHOLD_VERIFICATION_FAILED:
      'The face does not match the document as closely as the scheme wants.',
    FACE_MATCH_VERIFICATION_FAILED: 'The face does not match the document.',
    FRAUD_DETECTED: 'There are signs of fraud.',
    IDENTITY_CHECK_FAILED: 'The identity could not be confirmed.',
    IDENTITY_FRAUD_AND_ACTIVITY_HISTORY_SCORES_INSUFFICIENT:
      'Too little activity is on record, and the risk of identity fraud is not low enough.',
    IDENTITY_FRAUD_SCORE_INSUFFICIENT: 'The risk of identity fraud is not low enough.',
    LEVEL_OF_ASSURANCE_NOT_SUFFICIENT: 'The evidence does not reach the level of assurance asked for.',
    MANDATORY_DOCUMENT_COULD_NOT_BE_PROVIDED: 'The person could not provide a mandatory document.',
    MANDATORY_DOCUMENT_NOT_PROVIDED: 'The person did not provide a mandatory document.',
    MISSING_FRAUD_LIST_CHECK: 'The document was not compared with the fraud lists.',
    MISSING_LIVENESS: 'It was not shown that a living person took part.',
    UNABLE_TO_COMPLETE_CHECKS: 'The checks could not be completed.',
    UNABLE_TO_VALIDATE_DOCUMENT: 'The document could not be validated.',
    UNABLE_TO_VERIFY_ADDRESS: 'The address could not be verified.',
  },
  /** Failure type → what failed. */
  failures: {
    IDENTITY_CHECK: 'Identity check',
    ID_DOCUMENT_ADDRESS_VERIFICATION: 'Address on the document',
    ID_DOCUMENT_AUTHENTICITY: 'Document authenticity',
    ID_DOCUMENT_COUNTRY: 'Country of the document',
    ID_DOCUMENT_EXTRACTION: 'Reading the document',
    ID_DOCUMENT_FACE_MATCH: 'Face match',
    LIVENESS: 'Liveness',
    UNLINKED_DOCUMENT_EVIDENCE: 'Documents that do not belong together',
  },
};
