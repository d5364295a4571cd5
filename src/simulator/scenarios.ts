import type { Verdict } from './report.types.js';

/** A named course of events: what the checks say, how the captures look, and what the person does. */
export interface Scenario {
  name: string;
  title: string;
  description: string;
  /** Verdict by check type; a list stands for successive attempts, its last entry repeats. Default: approved. */
  verdicts?: Partial<Record<string, Verdict | Verdict[]>>;
  /** Check types that end in `INTERNAL_ERROR`. */
  internalErrors?: string[];
  /** Text extraction that automation can't do; it goes to expert review where the specification allows that. */
  extraction?: 'manual';
  document?: 'expired' | 'blurred';
  /** The selfie shows another face than the document. */
  selfie?: 'other_person';
  /** The person leaves after the document without finishing. */
  abandons?: true;
}

const approve: Verdict = { recommendation: 'APPROVE' };
const reject = (reason: string, manual = false): Verdict => ({ recommendation: 'REJECT', reason, manual });
const unavailable = (reason: string): Verdict => ({ recommendation: 'NOT_AVAILABLE', reason, manual: true });
const failedLiveness: Verdict = { recommendation: 'REJECT' };

/** The ready-made scenarios; the first is the default. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'happy',
    title: 'All approved',
    description: 'Every check is approved.',
  },
  {
    name: 'forged_document',
    title: 'Forged document',
    description: 'Expert review finds a counterfeit document.',
    verdicts: { ID_DOCUMENT_AUTHENTICITY: reject('COUNTERFEIT', true) },
  },
  {
    name: 'tampered_document',
    title: 'Tampered document',
    description: 'Expert review finds that the document was altered.',
    verdicts: { ID_DOCUMENT_AUTHENTICITY: reject('TAMPERED', true) },
  },
  {
    name: 'face_mismatch',
    title: 'Face mismatch',
    description: 'The selfie shows another person than the document.',
    selfie: 'other_person',
    verdicts: {
      ID_DOCUMENT_FACE_MATCH: reject('DIFFERENT_PERSON', true),
      FACE_COMPARISON: reject('DIFFERENT_PERSON'),
    },
  },
  {
    name: 'liveness_second_try',
    title: 'Liveness fails once',
    description: 'The first liveness attempt is rejected, the second approved.',
    verdicts: { LIVENESS: [failedLiveness, approve] },
  },
  {
    name: 'liveness_exhausted',
    title: 'Liveness never passes',
    description: 'Every liveness attempt is rejected; the client ends with error 5002.',
    verdicts: { LIVENESS: failedLiveness },
  },
  {
    name: 'expired_document',
    title: 'Expired document',
    description:
      'The document is out of date: refused by the client unless the filter allows expired documents.',
    document: 'expired',
    verdicts: { ID_DOCUMENT_AUTHENTICITY: reject('EXPIRED_DOCUMENT') },
  },
  {
    name: 'blurred_not_available',
    title: 'Blurred document',
    description: 'The photo is too blurry for the checks that need the document.',
    document: 'blurred',
    extraction: 'manual',
    verdicts: {
      ID_DOCUMENT_AUTHENTICITY: unavailable('PHOTO_TOO_BLURRY'),
      ID_DOCUMENT_FACE_MATCH: unavailable('PHOTO_TOO_BLURRY'),
      ID_DOCUMENT_TEXT_DATA_CHECK: unavailable('PHOTO_TOO_BLURRY'),
    },
  },
  {
    name: 'manual_review',
    title: 'Manual review needed',
    description: 'No clear answer: checks are not available or to be considered by a person.',
    verdicts: {
      ID_DOCUMENT_AUTHENTICITY: unavailable('GLARE_OBSTRUCTION'),
      ID_DOCUMENT_FACE_MATCH: unavailable('FACE_PHOTO_LOW_RESOLUTION'),
      THIRD_PARTY_IDENTITY: { recommendation: 'CONSIDER', reason: 'NO_MATCH' },
      WATCHLIST_SCREENING: { recommendation: 'CONSIDER', reason: 'POTENTIAL_MATCH' },
      WATCHLIST_ADVANCED_CA: { recommendation: 'CONSIDER', reason: 'POTENTIAL_MATCH' },
    },
  },
  {
    name: 'extraction_manual_fallback',
    title: 'Text read by a person',
    description: 'Automation cannot read the document; expert review can, and every check is approved.',
    extraction: 'manual',
    verdicts: { ID_DOCUMENT_TEXT_DATA_CHECK: { ...approve, manual: true } },
  },
  {
    name: 'face_match_low_score_manual_pass',
    title: 'Low face score, passed by a person',
    description: 'The automatic face match fails, expert review approves it.',
    verdicts: { ID_DOCUMENT_FACE_MATCH: { ...approve, manual: true } },
  },
  {
    name: 'watchlist_hit',
    title: 'Watchlist hit',
    description: 'Watchlist screening finds a potential match.',
    verdicts: {
      WATCHLIST_SCREENING: { recommendation: 'CONSIDER', reason: 'POTENTIAL_MATCH' },
      WATCHLIST_ADVANCED_CA: { recommendation: 'CONSIDER', reason: 'POTENTIAL_MATCH' },
    },
  },
  {
    name: 'check_internal_error',
    title: 'Service error in a check',
    description: 'The document authenticity check ends in an internal error, without a report.',
    internalErrors: ['ID_DOCUMENT_AUTHENTICITY'],
  },
  {
    name: 'user_abandons',
    title: 'Person leaves',
    description: 'The person closes the page after the document; the session expires without a notification.',
    abandons: true,
  },
];

/** The scenario of that name, or undefined. */
export const findScenario = (name: string) => SCENARIOS.find((scenario) => scenario.name === name);
