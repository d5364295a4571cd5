import { eventExamples } from '../audit/event.examples.js';
import { exampleIds } from '../http/example.ids.js';

const payload = eventExamples['session.decided'];

export const endpointExample = {
  id: exampleIds.endpoint,
  url: 'https://hooks.example/countersign',
  description: 'Onboarding',
  events: ['session.decided', 'review.decided'],
  status: 'enabled',
  disabledReason: null,
  disabledAt: null,
  signature: 'hmac',
  publicKey: null,
  retiringSecrets: [
    {
      id: '019cb84a-4100-7000-8000-000000000008',
      signature: 'ed25519',
      publicKey: 'whpk_0aumrCD06aRu4T5GMSkgZyBDKHVAl1yQgBMAyzUkkUs=',
      endsAt: '2026-03-05T10:14:00.000Z',
    },
  ],
  failingSince: null,
  failureCount: 0,
  disablesAt: null,
  pausedUntil: null,
  replayFrom: null,
  version: 1,
  createdAt: '2026-03-04T10:14:00.000Z',
  updatedAt: '2026-03-04T10:14:00.000Z',
};

export const deliveryExample = {
  id: exampleIds.delivery,
  endpointId: exampleIds.endpoint,
  eventId: payload.id,
  eventType: payload.type,
  sessionId: exampleIds.session,
  status: 'delivered',
  attemptCount: 2,
  nextAttemptAt: null,
  parkedReason: null,
  createdAt: payload.timestamp,
  finishedAt: '2026-03-04T10:32:05.240Z',
};

export const deliveryDetailExample = {
  ...deliveryExample,
  attempts: [
    {
      attempt: 1,
      startedAt: '2026-03-04T10:32:00.020Z',
      durationMs: 85,
      statusCode: 503,
      errorClass: 'http_5xx',
      responseExcerpt: 'Try again later',
    },
    {
      attempt: 2,
      startedAt: '2026-03-04T10:32:05.180Z',
      durationMs: 60,
      statusCode: 204,
      errorClass: null,
      responseExcerpt: null,
    },
  ],
  payload,
};
