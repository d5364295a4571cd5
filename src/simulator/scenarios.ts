import { scenarioSchema, type Scenario, type ScenarioInput } from './scenario.schema.js';

interface Opinion {
  reason?: string;
  /** An expert gives it, where the specification allows one. */
  expert?: boolean;
}

const entry = (value: string, { reason, expert }: Opinion = {}) => ({
  ...(expert && { expert_review: true }),
  result: { report: { recommendation: { value, ...(reason !== undefined && { reason }) } } },
});
const reject = (reason: string, opinion: Opinion = {}) => [entry('REJECT', { ...opinion, reason })];
const unavailable = (reason: string) => [entry('NOT_AVAILABLE', { reason, expert: true })];
const consider = (reason: string) => [entry('CONSIDER', { reason })];
const expertApproves = [entry('APPROVE', { expert: true })];
const watchlistHit = {
  WATCHLIST_SCREENING: consider('POTENTIAL_MATCH'),
  WATCHLIST_ADVANCED_CA: consider('POTENTIAL_MATCH'),
};

const RESULTS: ScenarioInput[] = [
  {
    name: 'happy',
    title: 'All approved',
    description: 'Every check is approved.',
  },
  {
    name: 'liveness_second_try',
    title: 'Liveness fails once',
    description: 'The first liveness attempt is rejected, the second approved.',
    user: [
      { step: 'liveness', outcome: 'rejected' },
      { step: 'liveness', outcome: 'ok' },
    ],
  },
  {
    name: 'liveness_exhausted',
    title: 'Liveness never passes',
    description:
      'Every liveness attempt is rejected; the client ends with error 5002, and the session expires.',
    user: [{ step: 'liveness', outcome: 'rejected' }],
  },
  {
    name: 'extraction_manual_fallback',
    title: 'Text read by a person',
    description: 'Automation cannot read the document; expert review can, and every check is approved.',
    user: [{ step: 'present_document', outcome: 'unreadable' }],
    check_reports: { ID_DOCUMENT_TEXT_DATA_CHECK: expertApproves },
  },
  {
    name: 'forged_document',
    title: 'Forged document',
    description: 'Expert review finds a counterfeit document.',
    check_reports: { ID_DOCUMENT_AUTHENTICITY: reject('COUNTERFEIT', { expert: true }) },
  },
  {
    name: 'tampered_document',
    title: 'Tampered document',
    description: 'Expert review finds that the document was altered.',
    check_reports: { ID_DOCUMENT_AUTHENTICITY: reject('TAMPERED', { expert: true }) },
  },
  {
    name: 'expired_document',
    title: 'Expired document',
    description:
      'The document is out of date: the client refuses it and ends with error 4001, unless the filter allows expired ' +
      'documents; then its authenticity is rejected.',
    user: [{ step: 'present_document', outcome: 'expired' }],
    check_reports: { ID_DOCUMENT_AUTHENTICITY: reject('EXPIRED_DOCUMENT') },
  },
  {
    name: 'blurred_not_available',
    title: 'Blurred document',
    description: 'The photo is too blurry for the checks that need the document.',
    user: [{ step: 'present_document', outcome: 'unreadable' }],
    check_reports: {
      ID_DOCUMENT_AUTHENTICITY: unavailable('PHOTO_TOO_BLURRY'),
      ID_DOCUMENT_FACE_MATCH: unavailable('PHOTO_TOO_BLURRY'),
      ID_DOCUMENT_TEXT_DATA_CHECK: unavailable('PHOTO_TOO_BLURRY'),
    },
  },
  {
    name: 'face_mismatch',
    title: 'Face mismatch',
    description: 'The selfie shows another person than the document.',
    user: [{ step: 'liveness', outcome: 'other_person' }],
    check_reports: {
      ID_DOCUMENT_FACE_MATCH: reject('DIFFERENT_PERSON', { expert: true }),
      FACE_COMPARISON: reject('DIFFERENT_PERSON'),
    },
  },
  {
    name: 'face_match_low_score_manual_pass',
    title: 'Low face score, passed by a person',
    description: 'The automatic face match fails, expert review approves it.',
    check_reports: {
      ID_DOCUMENT_FACE_MATCH: [
        {
          expert_review: true,
          result: {
            report: {
              recommendation: { value: 'APPROVE' },
              breakdown: [
                {
                  sub_check: 'ai_face_match',
                  result: 'FAIL',
                  process: 'AUTOMATED',
                  details: [{ name: 'confidence_score', value: '0.41' }],
                },
                { sub_check: 'manual_face_match', result: 'PASS', process: 'EXPERT_REVIEW' },
              ],
            },
          },
        },
      ],
    },
  },
  {
    name: 'third_party_consider',
    title: 'Identity not found',
    description: 'The credit reference agency does not know the person at the address.',
    check_reports: { THIRD_PARTY_IDENTITY: consider('NO_MATCH') },
  },
  {
    name: 'watchlist_hit',
    title: 'Watchlist hit',
    description: 'Watchlist screening finds a potential match.',
    check_reports: watchlistHit,
  },
  {
    name: 'manual_review',
    title: 'Manual review needed',
    description: 'No clear answer: checks are not available or to be considered by a person.',
    check_reports: {
      ID_DOCUMENT_AUTHENTICITY: unavailable('GLARE_OBSTRUCTION'),
      ID_DOCUMENT_FACE_MATCH: unavailable('FACE_PHOTO_LOW_RESOLUTION'),
      THIRD_PARTY_IDENTITY: consider('NO_MATCH'),
      ...watchlistHit,
    },
  },
  {
    name: 'check_internal_error',
    title: 'Service error in a check',
    description: 'The document authenticity check ends in an internal error, without a report.',
    check_reports: { ID_DOCUMENT_AUTHENTICITY: [{ result: { internal_error: true } }] },
  },
  {
    name: 'user_abandons',
    title: 'Person leaves',
    description: 'The person closes the page after the document; the session expires without a notification.',
    user: [{ step: 'open' }, { step: 'consent' }, { step: 'present_document' }, { step: 'abandon' }],
  },
];

const TROUBLE: ScenarioInput[] = [
  {
    name: 'aadhaar_media_withheld',
    title: 'Media withheld by law',
    description:
      'The person shows an Aadhaar card, where the filter allows it; the service returns none of its media (204).',
    user: [{ step: 'present_document', country: 'IND', type: 'AADHAAR' }],
    faults: [{ endpoint: 'get_media', kind: 'status', status: 204 }],
  },
  {
    name: 'webhook_storm',
    title: 'Notifications pour in',
    description: 'Each notification comes four times, newest first, between others of an unknown topic.',
    notifications: { duplicate: 3, reorder: true, extra_topic: 'unknown_topic' },
  },
  {
    name: 'webhook_lost',
    title: 'Notifications get lost',
    description: 'Not one notification is sent.',
    notifications: { drop: true },
  },
  {
    name: 'yoti_503_burst',
    title: 'Service unavailable for a while',
    description: 'The first five calls that read the session are answered 503, all later ones as usual.',
    faults: [
      { endpoint: 'get_session', kind: 'status', status: 503, code: 'TEMPORARILY_UNAVAILABLE', calls: 5 },
    ],
  },
  {
    name: 'yoti_hang',
    title: 'Service hangs',
    description: 'The first two calls that read the session are accepted and never answered.',
    faults: [{ endpoint: 'get_session', kind: 'hang', calls: 2 }],
  },
  {
    name: 'key_revoked',
    title: 'Key revoked',
    description:
      'The service no longer accepts the signature: every call is refused with 401 MESSAGE_SIGNING.',
    faults: [{ endpoint: 'any', kind: 'status', status: 401, code: 'MESSAGE_SIGNING' }],
  },
  {
    name: 'cross_tenant_probe',
    title: 'Session of another application',
    description: "The session counts as another application's: reading it is refused with 401 BAD_SDK_ID.",
    faults: [{ endpoint: 'get_session', kind: 'status', status: 401, code: 'BAD_SDK_ID' }],
  },
];

/** The ready-made scenarios; the first is the default. */
export const SCENARIOS: readonly Scenario[] = [...RESULTS, ...TROUBLE].map((one) =>
  scenarioSchema.parse(one),
);

/** All approved: what holds where nothing else was chosen. */
export const HAPPY: Scenario = SCENARIOS[0] ?? scenarioSchema.parse(RESULTS[0]);

const byName = new Map(SCENARIOS.map((scenario) => [scenario.name, scenario]));

/** The scenario of that name, or undefined. */
export const findScenario = (name: string) => byName.get(name);

/**
 * The scenario that a document number asks for: its last four characters are `90` and the position, from 01, in this
 * list. Positions stay as they are; new names come last.
 */
const NUMBERED = [
  'happy',
  'liveness_second_try',
  'liveness_exhausted',
  'extraction_manual_fallback',
  'forged_document',
  'expired_document',
  'blurred_not_available',
  'face_mismatch',
  'face_match_low_score_manual_pass',
  'third_party_consider',
  'watchlist_hit',
  'user_abandons',
  'check_internal_error',
  'aadhaar_media_withheld',
  'webhook_storm',
  'webhook_lost',
  'yoti_503_burst',
  'yoti_hang',
  'key_revoked',
  'cross_tenant_probe',
  'tampered_document',
  'manual_review',
];

/** The name of the scenario that a document number ends in; undefined when it ends in none. */
export function scenarioOfNumber(documentNumber: string | undefined): string | undefined {
  const position = /90(\d\d)$/.exec(documentNumber ?? '')?.[1];
  return position === undefined ? undefined : NUMBERED[Number(position) - 1];
}
