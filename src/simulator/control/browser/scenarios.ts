import { h } from './html.js';
import { button, choice, heading, jsonDetails, problems } from './parts.js';
import type { Route, State } from './state.js';

const TEMPLATE = {
  name: 'my_scenario',
  title: 'My scenario',
  description: 'The document turns out to be altered, and the first answer is late.',
  check_reports: {
    ID_DOCUMENT_AUTHENTICITY: [
      { result: { report: { recommendation: { value: 'REJECT', reason: 'TAMPERED' } } } },
    ],
  },
  faults: [{ endpoint: 'get_session', kind: 'latency', seconds: 2, calls: 1 }],
};

let draft: string | undefined;

/** Keeps what is being written while the person looks at other views. */
export function keepDraft(text: string): void {
  draft = text;
}

/** The ready-made scenarios, the default one, and an editor for a document of one's own. */
export function scenariosView(state: State, { query }: Route): HTMLElement {
  const { scenarios } = state;
  const names = scenarios.items.map(({ name, title }) => [name, title] as const);
  const custom = !names.some(([name]) => name === scenarios.default);
  return h(
    'div',
    {},
    h('div', { class: 'head' }, heading('Scenarios')),
    h(
      'p',
      {},
      'A scenario says what the checks find, what the person does, how long things take and what goes wrong. It acts from the moment it is set, also on sessions that are under way.',
    ),
    h(
      'form',
      { class: 'card fields', 'data-action': 'setScenario', 'data-key': 'default' },
      choice(
        'default-scenario',
        'Default, for everybody without one of their own',
        custom ? [...names, [scenarios.default, `${scenarios.default} (custom)`]] : names,
        scenarios.default,
      ),
      h('button', { type: 'submit', class: 'primary' }, 'Set default'),
    ),
    editor(state, query.get('session') ?? ''),
    h('h3', {}, 'Ready-made'),
    h(
      'ul',
      { class: 'list', 'aria-label': 'Ready-made scenarios' },
      ...scenarios.items.map((scenario) =>
        h(
          'li',
          { 'data-key': scenario.name },
          h(
            'div',
            {},
            h(
              'div',
              { class: 'row' },
              h('span', { class: 'name' }, scenario.title),
              h('span', { class: 'mono hint' }, scenario.name),
            ),
            h('div', { class: 'hint' }, scenario.description),
            jsonDetails(`Document of ${scenario.name}`, scenario),
          ),
        ),
      ),
    ),
  );
}

function editor(state: State, session: string): HTMLElement {
  const { apps, scenarios, sessions } = state;
  const listed = sessions.filter(({ sessionId }) => sessionId !== session).slice(0, 20);
  const targets: [string, string][] = [
    ['', 'as the default'],
    ...apps.map(({ sdkId }): [string, string] => [`app:${sdkId}`, `for app ${sdkId}`]),
    ...(session ? [[`session:${session}`, `for session ${session.slice(0, 8)}`] as [string, string]] : []),
    ...listed.map(({ sessionId, userTrackingId }): [string, string] => [
      `session:${sessionId}`,
      `for session ${userTrackingId ?? sessionId.slice(0, 8)}`,
    ]),
  ];
  return h(
    'form',
    { class: 'card', 'data-action': 'setDocument', 'data-key': 'editor' },
    h('h3', {}, 'Write one'),
    h(
      'div',
      { class: 'fields' },
      choice(
        'template',
        'Start from',
        scenarios.items.map(({ name, title }) => [name, title]),
        'happy',
      ),
      button('Load', 'loadTemplate'),
    ),
    h('label', { for: 'document' }, 'Scenario document (JSON)'),
    h(
      'textarea',
      { id: 'document', name: 'document', spellcheck: 'false', autocapitalize: 'off', required: true },
      draft ?? JSON.stringify(TEMPLATE, null, 2),
    ),
    problems(state.problems['setDocument']),
    h(
      'div',
      { class: 'fields' },
      choice('target', 'Use it', targets, session ? `session:${session}` : ''),
      h('button', { type: 'submit', class: 'primary' }, 'Set scenario'),
      h('a', { href: '/control/openapi.json' }, 'Its schema'),
    ),
  );
}
