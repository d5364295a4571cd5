import type { ControlApp } from '../schemas.js';
import { h } from './html.js';
import { badge, button, choice, dataset, empty, heading, problems } from './parts.js';
import type { State } from './state.js';

/** The registered applications, and a form for one more. */
export function appsView(state: State): HTMLElement {
  return h(
    'div',
    {},
    h('div', { class: 'head' }, heading('Apps')),
    ...(state.apps.length
      ? state.apps.map((app) => card(app, state))
      : [empty('No app is registered, so every call is refused with APP_NOT_FOUND. Register one below.')]),
    h(
      'form',
      { class: 'card', 'data-action': 'registerApp', 'data-key': 'register' },
      h('h3', {}, 'Register an app'),
      problems(state.problems['registerApp']),
      h(
        'div',
        { class: 'fields' },
        h(
          'div',
          {},
          h('label', { for: 'sdk-id' }, 'Client SDK id'),
          h('input', { id: 'sdk-id', name: 'sdkId', required: true, autocomplete: 'off' }),
        ),
      ),
      h('label', { for: 'public-key' }, 'Public key (PEM)'),
      h('textarea', {
        id: 'public-key',
        name: 'publicKeyPem',
        class: 'short',
        required: true,
        spellcheck: 'false',
      }),
      h('button', { type: 'submit', class: 'primary' }, 'Register'),
    ),
  );
}

function card(app: ControlApp, { scenarios }: State): HTMLElement {
  const { sdkId, enabled, keyFingerprint, scenario, sessions } = app;
  const names = scenarios.items.map(({ name, title }) => [name, title] as const);
  const custom = scenario !== null && !names.some(([name]) => name === scenario);
  return h(
    'section',
    { class: 'card', 'data-key': `app-${sdkId}`, 'aria-label': `App ${sdkId}` },
    h(
      'div',
      { class: 'head' },
      h('span', { class: 'name mono' }, sdkId),
      badge(enabled ? 'enabled' : 'disabled', enabled ? 'good' : 'bad'),
      keyFingerprint === null && badge('unusable key', 'bad'),
    ),
    h(
      'dl',
      {},
      h('dt', {}, 'Key'),
      h('dd', { class: 'mono' }, keyFingerprint ?? 'cannot be used: calls get BAD_PUBLIC_KEY'),
      h('dt', {}, 'Sessions'),
      h('dd', {}, h('a', { href: `#/sessions?app=${encodeURIComponent(sdkId)}` }, String(sessions))),
    ),
    h(
      'form',
      { class: 'fields', 'data-action': 'setScenario', ...dataset({ app: sdkId }) },
      choice(
        `scenario-${sdkId}`,
        'Scenario of this app',
        [['', 'The default'], ...names, ...(custom ? [[scenario, `${scenario} (custom)`] as const] : [])],
        scenario ?? '',
      ),
      h('button', { type: 'submit' }, 'Set scenario'),
    ),
    h(
      'div',
      { class: 'row' },
      button(enabled ? 'Disable' : 'Enable', 'enableApp', { app: sdkId, enabled: String(!enabled) }),
      h(
        'details',
        { 'data-key': 'remove' },
        h('summary', {}, 'Remove …'),
        h('p', { class: 'hint' }, 'Its sessions stay, but nobody can ask for them any more.'),
        button('Remove this app', 'removeApp', { app: sdkId }, { class: 'danger' }),
      ),
    ),
  );
}
