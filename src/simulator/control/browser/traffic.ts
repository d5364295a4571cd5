import { h } from './html.js';
import { badge, button, empty, heading, httpStatus, table, time } from './parts.js';
import type { State } from './state.js';

const sessionLink = (id: string) =>
  h('a', { class: 'mono', href: `#/sessions/${encodeURIComponent(id)}` }, id.slice(0, 8));

/** Everything that was sent, with what the receivers answered. */
export function notificationsView({ notifications }: State): HTMLElement {
  return h(
    'div',
    {},
    h('div', { class: 'head' }, heading('Notifications')),
    h(
      'p',
      { class: 'hint' },
      'Newest first. Undelivered ones are tried again with growing pauses; skip time to see it happen.',
    ),
    notifications.length
      ? table(
          'Notifications',
          ['Topic', 'Session', 'Sent to', 'State', 'Answers', 'Again'],
          notifications.map(({ id, body, sessionId, endpoint, state, attempts }) => ({
            key: id,
            cells: [
              h('span', { class: 'name' }, String(body['topic'])),
              sessionLink(sessionId),
              h('span', { class: 'mono' }, endpoint),
              badge(state),
              h(
                'span',
                {},
                ...attempts.map(({ at, status, error }) =>
                  h('div', { class: 'row' }, time(at), httpStatus(status, error)),
                ),
              ),
              button('Resend', 'resend', { id }, { 'aria-label': `Resend ${String(body['topic'])}` }),
            ],
          })),
        )
      : empty(
          'Nothing was sent yet. Sessions whose specification names an endpoint and topics are announced here.',
        ),
  );
}

/** The latest calls. */
export function requestsView({ requests }: State): HTMLElement {
  return h(
    'div',
    {},
    h('div', { class: 'head' }, heading('Requests')),
    h('p', { class: 'hint' }, 'Newest first. Headers, bodies and queries are not kept.'),
    requests.length
      ? table(
          'Requests',
          ['Time', 'Request', 'Answer', 'Took', 'App', 'Session'],
          requests.map(({ id, at, method, path, status, code, durationMs, sdkId, sessionId }) => ({
            key: String(id),
            cells: [
              time(at),
              h('span', { class: 'mono' }, `${method} ${path}`),
              httpStatus(status, code),
              `${durationMs} ms`,
              h('span', { class: 'mono' }, sdkId ?? '–'),
              sessionId === null ? '–' : sessionLink(sessionId),
            ],
          })),
        )
      : empty('No call has arrived yet.'),
  );
}
