import type { SessionDetail, SessionSummary } from '../schemas.js';
import { h } from './html.js';
import { badge, button, choice, dataset, empty, heading, httpStatus, jsonDetails, time } from './parts.js';
import type { Route, State } from './state.js';

const STATES = [
  ['', 'Any state'],
  ['ONGOING', 'Ongoing'],
  ['COMPLETED', 'Completed'],
  ['EXPIRED', 'Expired'],
] as const;

const PERSON = { not_started: 'not started', capturing: 'capturing', finished: 'finished' };

/** The sessions, newest first, and one of them beside. */
export function sessionsView(state: State, route: Route): HTMLElement {
  return h(
    'div',
    { class: route.id ? 'split chosen' : 'split' },
    h('div', { class: 'side' }, ...listPart(state, route)),
    h('div', { 'data-key': `session-${route.id ?? 'none'}` }, detailPart(state, route)),
  );
}

function listPart(state: State, { id, query }: Route): HTMLElement[] {
  const apps = state.apps.map(({ sdkId }) => [sdkId, sdkId] as const);
  return [
    h('div', { class: 'head' }, heading('Sessions')),
    h(
      'form',
      { class: 'fields', 'data-action': 'filterSessions', role: 'search', 'data-key': 'filter' },
      h(
        'div',
        {},
        h('label', { for: 'text' }, 'Id or tracking id'),
        h('input', { id: 'text', name: 'text', type: 'search' }),
      ),
      choice('state', 'State', STATES, query.get('state') ?? ''),
      choice('app', 'App', [['', 'Any app'], ...apps], query.get('app') ?? ''),
      h('button', { type: 'submit' }, 'Filter'),
    ),
    state.sessions.length
      ? h(
          'ul',
          { class: 'list', 'data-key': 'list', 'aria-label': 'Sessions' },
          ...state.sessions.map((one) => row(one, id, query)),
        )
      : empty(
          query.size
            ? 'No session fits the filter.'
            : 'No session yet. Point an SDK at this simulator and create one; it appears here.',
        ),
  ];
}

function row(session: SessionSummary, chosen: string | undefined, query: URLSearchParams): HTMLElement {
  const search = query.size ? `?${query.toString()}` : '';
  return h(
    'li',
    { 'data-key': session.sessionId },
    h(
      'a',
      {
        href: `#/sessions/${encodeURIComponent(session.sessionId)}${search}`,
        'aria-current': session.sessionId === chosen && 'true',
      },
      h(
        'span',
        { class: 'row tight' },
        h('span', { class: 'name' }, session.userTrackingId ?? session.sessionId.slice(0, 8)),
        h('span', { class: 'end' }, badge(session.state)),
      ),
      h(
        'span',
        { class: 'row hint' },
        time(session.createdAt),
        h('span', {}, session.scenario),
        session.clientError !== null && h('span', { class: 'bad' }, `error ${session.clientError}`),
      ),
    ),
  );
}

function detailPart({ session, scenarios, notifications }: State, { id }: Route): HTMLElement {
  if (!id) return empty('Choose a session to see what it was asked for, what happened, and what comes back.');
  if (session === null)
    return empty('There is no such session any more. ', h('a', { href: '#/sessions' }, 'All sessions'));
  if (session?.sessionId !== id) return h('p', { class: 'hint', role: 'status' }, 'Loading …');
  return h(
    'article',
    { 'aria-labelledby': 'session-title' },
    h('a', { class: 'button narrow', href: '#/sessions' }, 'All sessions'),
    h(
      'div',
      { class: 'head' },
      h('h2', { id: 'session-title', tabindex: -1 }, session.userTrackingId ?? 'Session'),
      badge(session.state),
    ),
    facts(session),
    actions(session),
    scenarioForm(
      session,
      scenarios.items.map(({ name, title }) => [name, title]),
    ),
    h('section', { class: 'card', 'data-key': 'timeline' }, h('h3', {}, 'What happened'), timeline(session)),
    h(
      'section',
      { class: 'card', 'data-key': 'sent' },
      h('h3', {}, 'Notifications sent'),
      sent(notifications),
    ),
    h(
      'section',
      { class: 'card', 'data-key': 'json' },
      jsonDetails('Result as it reads now', session.result),
      jsonDetails('Specification received', session.specification),
      jsonDetails('What the client is told to capture', session.configuration),
      jsonDetails('Tracked devices', session.trackedDevices),
      jsonDetails('Scenario', session.scenarioDocument),
    ),
  );
}

const SOURCES = {
  session: 'set for this session',
  trigger: 'from its tracking id',
  app: "its app's",
  default: 'the default',
};

function facts(session: SessionDetail): HTMLElement {
  const rows: [string, HTMLElement | string][] = [
    ['Session', h('span', { class: 'mono' }, session.sessionId)],
    ['App', h('span', { class: 'mono' }, session.sdkId)],
    [
      'Person',
      session.clientError === null ? PERSON[session.person] : `ended with error ${session.clientError}`,
    ],
    ['Scenario', `${session.scenario} (${SOURCES[session.scenarioSource]})`],
    ['Created', time(session.createdAt)],
    ['Client token ends', time(session.expiresAt)],
    ['Erased', time(session.retainedUntil)],
  ];
  return h(
    'dl',
    { 'data-key': 'facts' },
    ...rows.flatMap(([term, text]) => [h('dt', {}, term), h('dd', {}, text)]),
  );
}

function actions({ sessionId, state, person }: SessionDetail): HTMLElement {
  const over = state !== 'ONGOING' || person === 'finished';
  if (over)
    return h(
      'p',
      { class: 'hint', 'data-key': 'actions' },
      'The person is through: the client page is closed for this session.',
    );
  return h(
    'p',
    { class: 'row', 'data-key': 'actions' },
    h(
      'a',
      {
        class: 'button',
        href: `/control/sessions/${encodeURIComponent(sessionId)}/client`,
        target: '_blank',
        rel: 'noreferrer',
      },
      "Open the person's page",
    ),
    button('Play the journey', 'playJourney', { session: sessionId }),
  );
}

function scenarioForm(session: SessionDetail, options: (readonly [string, string])[]): HTMLElement {
  const known = options.some(([name]) => name === session.scenario);
  const all = known ? options : [...options, [session.scenario, `${session.scenario} (custom)`] as const];
  return h(
    'form',
    {
      class: 'fields card',
      'data-action': 'setScenario',
      ...dataset({ session: session.sessionId }),
      'data-key': 'scenario',
    },
    choice('session-scenario', 'Scenario of this session', all, session.scenario),
    h('button', { type: 'submit', class: 'primary' }, 'Set scenario'),
    session.scenarioSource === 'session' &&
      button('Use the default again', 'resetScenario', { session: session.sessionId }),
    h('a', { href: `#/scenarios?session=${encodeURIComponent(session.sessionId)}` }, 'Write one for it'),
  );
}

function timeline({ timeline: steps }: SessionDetail): HTMLElement {
  return h(
    'ol',
    { class: 'timeline' },
    ...steps.map(({ at, kind, title, detail, tone }) =>
      h(
        'li',
        { class: tone },
        h(
          'div',
          {},
          h('span', { class: 'name' }, title),
          detail !== undefined && h('span', { class: tone }, ` ${detail}`),
        ),
        h('div', { class: 'hint' }, time(at), ` · ${kind}`),
      ),
    ),
  );
}

function sent(notifications: State['notifications']): HTMLElement {
  if (!notifications.length)
    return h(
      'p',
      { class: 'hint' },
      'None. The specification names an endpoint and topics, or nothing has happened yet.',
    );
  return h(
    'ul',
    { class: 'list' },
    ...notifications.map(({ id, body, state, attempts }) =>
      h(
        'li',
        { 'data-key': id },
        h(
          'div',
          { class: 'row' },
          h('span', { class: 'name' }, String(body['topic'])),
          badge(state),
          ...attempts.slice(-3).map((attempt) => httpStatus(attempt.status, attempt.error)),
          button(
            'Resend',
            'resend',
            { id },
            { class: 'end', 'aria-label': `Resend ${String(body['topic'])}` },
          ),
        ),
      ),
    ),
  );
}
