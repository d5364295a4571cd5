import { notFound } from '../errors.js';
import { DEFAULT_KNOBS, knobsOf, type LoggedDelivery, type NotificationKnobs } from '../notifications.js';
import type { ControlDependencies } from './dependencies.js';
import { operation, type Operation } from './operation.js';
import {
  faultsSchema,
  knobsSchema,
  notificationListSchema,
  notificationQuerySchema,
  notificationSchema,
  requestListSchema,
  requestQuerySchema,
  type ControlNotification,
  type Knobs,
} from './schemas.js';

const iso = (ms: number) => new Date(ms).toISOString();

/** An address without what may be secret in it. */
function withoutSecrets(endpoint: string): string {
  if (!URL.canParse(endpoint)) return '[not an address]';
  const { protocol, host, pathname } = new URL(endpoint);
  return `${protocol}//${host}${pathname}`;
}

const shown = ({ id, sessionId, endpoint, body, state, attempts }: LoggedDelivery): ControlNotification => ({
  id,
  sessionId,
  endpoint: withoutSecrets(endpoint),
  body: { ...body },
  state,
  attempts: attempts.map((attempt) => ({ ...attempt, at: iso(attempt.at) })),
});

const shownKnobs = ({ badAuth, extraTopic, ...rest }: NotificationKnobs): Knobs => ({
  ...rest,
  bad_auth: badAuth,
  ...(extraTopic !== undefined && { extra_topic: extraTopic }),
});

/** Notifications: what was sent and what was answered, once more, and how deliveries misbehave. */
export const notificationOperations = ({ notifier }: ControlDependencies): Operation[] => [
  operation({
    method: 'GET',
    path: '/notifications',
    id: 'listNotifications',
    tag: 'Notifications',
    summary: 'List what was sent with what was answered, newest first, and how deliveries misbehave',
    query: notificationQuerySchema,
    answer: notificationListSchema,
    run: ({ query: { sessionId, state, limit } }) => ({
      knobs: shownKnobs(notifier.knobs),
      items: notifier
        .deliveries()
        .toReversed()
        .filter((one) => sessionId === undefined || one.sessionId === sessionId)
        .filter((one) => state === undefined || one.state === state)
        .slice(0, limit)
        .map(shown),
    }),
  }),
  operation({
    method: 'POST',
    path: '/notifications/{notificationId}/resend',
    id: 'resendNotification',
    tag: 'Notifications',
    summary: 'Send a notification once more, as a new one with the same body',
    answer: notificationSchema,
    status: 202,
    fails: { 404: ['NOTIFICATION_NOT_FOUND'] },
    run: ({ param }) => {
      const again = notifier.resend(param('notificationId'));
      if (!again) throw notFound('NOTIFICATION_NOT_FOUND', 'The notification');
      return shown(again);
    },
  }),
  operation({
    method: 'PUT',
    path: '/notifications',
    id: 'setNotificationKnobs',
    tag: 'Notifications',
    summary: 'Make deliveries misbehave; what is left out goes back to normal',
    body: knobsSchema,
    run: ({ body }) => {
      notifier.knobs = knobsOf(DEFAULT_KNOBS, body);
    },
  }),
];

/** The calls that arrived, and what they run into. */
export const requestOperations = ({ requests, faults }: ControlDependencies): Operation[] => [
  operation({
    method: 'GET',
    path: '/requests',
    id: 'listRequests',
    tag: 'Requests',
    summary: 'List the latest calls, newest first',
    query: requestQuerySchema,
    answer: requestListSchema,
    run: ({ query: { sdkId, sessionId, limit } }) => ({
      items: requests
        .list()
        .filter((one) => sdkId === undefined || one.sdkId === sdkId)
        .filter((one) => sessionId === undefined || one.sessionId === sessionId)
        .slice(0, limit)
        .map((one) => ({ ...one, at: iso(one.at) })),
    }),
  }),
  operation({
    method: 'GET',
    path: '/faults',
    id: 'listFaults',
    tag: 'Requests',
    summary: 'List the faults that hit every app',
    answer: faultsSchema,
    run: () => ({ items: [...faults.common] }),
  }),
  operation({
    method: 'PUT',
    path: '/faults',
    id: 'setFaults',
    tag: 'Requests',
    summary: 'Replace the faults that hit every app; calls are counted anew',
    body: faultsSchema,
    run: ({ body: { items } }) => {
      faults.setCommon(items);
    },
  }),
];
