import { exampleIds } from '../http/example.ids.js';
import type { EventData, EventName } from './event-types.js';

/** An event as webhooks deliver it. */
interface ExampleEvent<Name extends EventName> {
  id: string;
  type: Name;
  timestamp: string;
  data: EventData<Name>;
}

const begun = {
  sessionId: exampleIds.session,
  reference: 'customer-4711',
  policy: { id: exampleIds.policy, slug: 'identity', version: 1 },
  status: 'ongoing',
  outcome: null,
  progress: 'not_started',
  sequence: 1,
};
const submitted = { ...begun, progress: 'submitted', sequence: 3 };
const completed = { ...submitted, status: 'completed', outcome: 'in_review', sequence: 4 };
const review = {
  ...completed,
  reviewId: exampleIds.review,
  reasonCodes: ['ID_DOCUMENT_FACE_MATCH:NOT_AVAILABLE:LARGE_AGE_GAP'],
  decision: null,
  reasonCode: null,
  sequence: 5,
};

const credential = {
  credentialId: exampleIds.credential,
  environment: 'live',
  status: 'active',
  diagnosis: null,
};

const endpoint = {
  endpointId: exampleIds.endpoint,
  reason: 'failing',
  failingSince: '2026-02-27T10:40:00.000Z',
  failures: 41,
  disablesAt: null,
} as const;

/** One event of each type for the API document. */
export const eventExamples: { [Name in EventName]: ExampleEvent<Name> } = {
  'session.created': event('session.created', 1, '10:20:00.000', begun),
  'session.started': event('session.started', 2, '10:21:34.000', {
    ...begun,
    progress: 'capturing',
    sequence: 2,
  }),
  'session.submitted': event('session.submitted', 3, '10:23:30.000', submitted),
  'session.completed': event('session.completed', 4, '10:25:00.000', completed),
  'session.decided': event('session.decided', 7, '10:32:00.000', {
    ...completed,
    outcome: 'approved',
    sequence: 7,
  }),
  'session.expired': event('session.expired', 8, '10:35:00.000', {
    ...begun,
    status: 'expired',
    progress: 'capturing',
    sequence: 3,
  }),
  'session.cancelled': event('session.cancelled', 9, '10:22:00.000', {
    ...begun,
    status: 'cancelled',
    progress: 'capturing',
    sequence: 3,
  }),
  'session.failed': event('session.failed', 10, '10:20:00.000', { ...begun, status: 'failed' }),
  'review.opened': event('review.opened', 5, '10:25:00.000', review),
  'review.decided': event('review.decided', 6, '10:32:00.000', {
    ...review,
    outcome: 'approved',
    decision: 'approved',
    reasonCode: 'evidence_sufficient',
    sequence: 6,
  }),
  'policy.published': event('policy.published', 11, '10:12:00.000', {
    policyId: exampleIds.policy,
    slug: 'identity',
    version: 1,
  }),
  'credential.activated': event('credential.activated', 12, '10:08:00.000', credential),
  'credential.suspect': event('credential.suspect', 14, '11:08:00.000', {
    ...credential,
    diagnosis: 'WRONG_KEY',
  }),
  'credential.recovered': event('credential.recovered', 15, '11:40:00.000', {
    ...credential,
    diagnosis: 'OK',
  }),
  'credential.retired': event('credential.retired', 16, '12:08:00.000', { ...credential, status: 'retired' }),
  'endpoint.failing': event('endpoint.failing', 17, '10:40:00.000', {
    ...endpoint,
    failingSince: '2026-03-03T10:39:00.000Z',
    failures: 12,
    disablesAt: '2026-03-08T10:39:00.000Z',
  }),
  'endpoint.disabled': event('endpoint.disabled', 18, '10:41:00.000', endpoint),
  'endpoint.test': event('endpoint.test', 13, '10:15:00.000', { endpointId: exampleIds.endpoint }),
};

function event<Name extends EventName>(
  type: Name,
  number: number,
  time: string,
  data: EventData<Name>,
): ExampleEvent<Name> {
  const id = `019cb85c-9080-7000-8000-0000000001${String(number).padStart(2, '0')}`;
  return { id, type, timestamp: `2026-03-04T${time}Z`, data };
}
