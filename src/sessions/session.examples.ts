import { exampleIds } from '../http/example.ids.js';
import { listMedia } from '../yoti/result-media.js';
import { sessionResultExample } from '../yoti/result.example.js';

const { yotiSessionId } = sessionResultExample;
const yotiSessionToken = 'EXAMPLE-TOKEN';

const created = {
  id: exampleIds.session,
  reference: 'customer-4711',
  status: 'ongoing',
  outcome: null,
  progress: 'not_started',
  policy: { id: exampleIds.policy, slug: 'identity', name: 'Identity', version: 1 },
  environment: 'live',
  decision: null,
  failureCode: null,
  reviewId: null,
  lastClientEvent: null,
  metadata: { branch: 'north' },
  locale: 'en-GB',
  createdAt: '2026-03-04T10:20:00.000Z',
  updatedAt: '2026-03-04T10:20:00.000Z',
  expiresAt: '2026-03-04T10:35:00.000Z',
  submittedAt: null,
  closedAt: null,
  syncedAt: null,
  syncError: null,
  parkedReason: null,
};

/** The session as it answers its creation. */
export const sessionExample = {
  ...created,
  client: {
    hostedUrl: 'https://verify.retail.example/verify/EXAMPLE-LINK',
    iframeUrl: `https://api.yoti.com/idverify/v1/web/index.html?sessionID=${yotiSessionId}&sessionToken=${yotiSessionToken}`,
    yotiSessionId,
    yotiSessionToken,
    expiresAt: created.expiresAt,
  },
};

/** The same session at its end. */
export const sessionItemExample = {
  ...created,
  status: 'completed',
  outcome: 'approved',
  progress: 'submitted',
  decision: {
    by: 'review',
    outcome: 'approved',
    rule: null,
    reasonCodes: ['evidence_sufficient'],
    facts: [
      'session.state=COMPLETED',
      'ID_DOCUMENT_AUTHENTICITY.recommendation=APPROVE',
      'LIVENESS.approved=1 of 1',
      'ID_DOCUMENT_FACE_MATCH.recommendation=NOT_AVAILABLE',
      'ID_DOCUMENT_FACE_MATCH.reason=LARGE_AGE_GAP',
    ],
    decidedAt: '2026-03-04T10:32:00.000Z',
  },
  reviewId: exampleIds.review,
  lastClientEvent: {
    type: 'success',
    code: null,
    kind: null,
    meaning: null,
    retry: null,
    handOff: false,
    at: '2026-03-04T10:23:30.000Z',
  },
  updatedAt: '2026-03-04T10:32:00.000Z',
  submittedAt: '2026-03-04T10:23:30.000Z',
  closedAt: '2026-03-04T10:25:00.000Z',
  syncedAt: '2026-03-04T10:25:00.000Z',
};

export const mediaListExample = { items: listMedia(sessionResultExample) };

const device = {
  ipAddress: '203.0.113.7',
  ipIsoCountryCode: 'GBR',
  manufactureName: null,
  modelName: null,
  osName: 'Android',
  osVersion: '15',
  browserName: 'Firefox',
  browserVersion: '140.0',
  locale: 'en-GB',
  clientVersion: '2.12.0',
  other: {},
};

export const deviceListExample = {
  items: [
    seen('CONFIG_FIRST_LOADED', '10:21:02', null),
    seen('RESOURCE_CREATED', '10:21:34', sessionResultExample.idDocuments[0]?.id ?? null),
    seen('CLIENT_SESSION_TOKEN_DELETED', '10:23:30', null),
  ],
};

function seen(event: string, time: string, resourceId: string | null) {
  return { event, resourceId, createdAt: `2026-03-04T${time}Z`, device, other: {} };
}

const yoti = { type: 'yoti', id: null };
const reviewer = { type: 'user', id: exampleIds.reviewer };

export const timelineExample = {
  items: [
    entry('10:20:00.000', 'session.created', { type: 'api_key', id: exampleIds.apiKey }),
    entry('10:21:34.000', 'session.started', yoti),
    entry('10:23:30.000', 'session.submitted', yoti),
    { ...entry('10:24:59.000', 'session_completion', yoti), kind: 'notification' },
    entry('10:25:00.000', 'session.completed', yoti),
    entry('10:25:00.000', 'review.opened', yoti),
    entry('10:27:00.000', 'review.claimed', reviewer),
    entry('10:32:00.000', 'review.decided', reviewer),
    entry('10:32:00.000', 'session.decided', reviewer),
  ],
  next: null,
};

function entry(time: string, name: string, actor: { type: string; id: string | null }) {
  return { at: `2026-03-04T${time}Z`, kind: 'audit', name, actor };
}
