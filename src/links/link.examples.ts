import { exampleIds } from '../http/example.ids.js';

/** An e-mail that was sent at once. */
export const emailExample = {
  id: '019cb85c-9080-7000-8000-000000000007',
  status: 'sent',
  attemptCount: 1,
  reason: null,
  replyCode: null,
  nextAttemptAt: null,
  createdAt: '2026-03-04T10:21:00.000Z',
  finishedAt: '2026-03-04T10:21:01.000Z',
};

/** The link of a session that waits for its person. */
export const linkExample = {
  sessionId: exampleIds.session,
  state: 'active',
  url: 'https://verify.retail.example/verify/EXAMPLE-LINK',
  createdAt: '2026-03-04T10:20:00.000Z',
  expiresAt: '2026-03-04T10:35:00.000Z',
  openedAt: null,
  endedAt: null,
  emails: { available: true, remaining: 4, items: [emailExample] },
};
