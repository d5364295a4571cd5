import { h } from './html.js';
import { button, choice, heading, problems } from './parts.js';
import type { State } from './state.js';

const ENDPOINTS = [
  ['any', 'any call'],
  ['create_session', 'create session'],
  ['get_session', 'get session'],
  ['delete_session', 'delete session'],
  ['get_session_configuration', 'get session configuration'],
  ['get_media', 'get media'],
  ['delete_media', 'delete media'],
  ['get_supported_documents', 'get supported documents'],
  ['create_face_capture', 'create face capture'],
  ['upload_face_capture_image', 'upload face capture image'],
  ['get_tracked_devices', 'get tracked devices'],
  ['delete_tracked_devices', 'delete tracked devices'],
  ['client', "the person's page"],
] as const;

const KINDS = [
  ['status', 'answer with a status'],
  ['latency', 'answer late'],
  ['hang', 'never answer'],
  ['reset', 'close the connection'],
  ['malformed_json', 'malformed JSON'],
  ['wrong_content_type', 'wrong content type'],
  ['empty_body', 'empty body'],
  ['errors_not_array', 'errors that are no list'],
] as const;

/** Switches for what may go wrong: calls, and notifications. */
export function faultsView(state: State): HTMLElement {
  return h(
    'div',
    {},
    h('div', { class: 'head' }, heading('Faults')),
    h(
      'p',
      {},
      'They hit every app and session until they are switched off. A scenario may hold faults of its own.',
    ),
    activeFaults(state),
    faultForm(state),
    knobsForm(state),
    h(
      'details',
      { class: 'card', 'data-key': 'reset' },
      h('summary', {}, 'Start afresh …'),
      h(
        'p',
        {},
        'Forgets sessions, notifications, requests, scenarios and faults, and sets the clock to real time.',
      ),
      h(
        'div',
        { class: 'row' },
        button('Forget everything but the apps', 'reset', { keep: 'true' }, { class: 'danger' }),
        button('Forget everything', 'reset', { keep: 'false' }, { class: 'danger' }),
      ),
    ),
  );
}

function activeFaults({ faults }: State): HTMLElement {
  if (!faults.length)
    return h('p', { class: 'empty', 'data-key': 'active' }, 'Nothing is broken on purpose.');
  return h(
    'section',
    { class: 'card', 'data-key': 'active', 'aria-label': 'Active faults' },
    h(
      'ul',
      { class: 'list' },
      ...faults.map((fault, index) =>
        h(
          'li',
          {},
          h(
            'div',
            { class: 'row' },
            h('span', { class: 'mono' }, JSON.stringify(fault)),
            button(
              'Remove',
              'removeFault',
              { index: String(index) },
              { class: 'end', 'aria-label': `Remove fault ${index + 1}` },
            ),
          ),
        ),
      ),
    ),
    h('p', { class: 'below' }, button('Remove all', 'clearFaults')),
  );
}

const field = (id: string, label: string, attributes: Record<string, string | number>) =>
  h('div', {}, h('label', { for: id }, label), h('input', { id, name: id, ...attributes }));

const whole = (min: number, max: number) => ({ type: 'number', min, max, step: 1, inputmode: 'numeric' });

function faultForm({ problems: all }: State): HTMLElement {
  return h(
    'form',
    { class: 'card', 'data-action': 'addFault', 'data-key': 'fault' },
    h('h3', {}, 'Break calls'),
    problems(all['addFault']),
    h(
      'div',
      { class: 'fields' },
      choice('endpoint', 'Call', ENDPOINTS, 'any'),
      choice('kind', 'What happens', KINDS, 'status'),
      field('status', 'Status', { ...whole(200, 599), value: 503 }),
      field('code', 'Code', { type: 'text', placeholder: 'such as SERVER_ERROR', autocomplete: 'off' }),
      field('seconds', 'Seconds late', { type: 'number', min: 0, step: 'any', value: 5 }),
      field('calls', 'How many calls', { ...whole(1, 1_000_000), placeholder: 'all' }),
      h('button', { type: 'submit', class: 'primary' }, 'Break'),
    ),
    h('p', { class: 'hint' }, 'Status and code count for an answer with a status, seconds for a late one.'),
  );
}

function knobsForm({ knobs, problems: all }: State): HTMLElement {
  const drop = knobs.drop === true ? '*' : (knobs.drop ?? []).join(', ');
  const key = JSON.stringify(knobs);
  return h(
    'form',
    // Made anew when the knobs change elsewhere, so that the fields show what counts.
    { class: 'card', 'data-action': 'setKnobs', 'data-key': `knobs ${key}` },
    h('h3', {}, 'Disturb notifications'),
    problems(all['setKnobs']),
    h(
      'div',
      { class: 'fields' },
      field('duplicate', 'Extra copies', { ...whole(0, 20), value: knobs.duplicate ?? 0 }),
      field('delay', 'Delay in seconds', { type: 'number', min: 0, step: 'any', value: knobs.delay ?? 0 }),
      field('drop', 'Topics never sent (* for all)', { type: 'text', value: drop, autocomplete: 'off' }),
      field('extra_topic', 'Extra topic', {
        type: 'text',
        value: knobs.extra_topic ?? '',
        autocomplete: 'off',
      }),
      choice(
        'bad_auth',
        'Authorization',
        [
          ['false', 'right'],
          ['true', 'wrong'],
          ['missing', 'missing'],
        ],
        String(knobs.bad_auth ?? false),
      ),
      h(
        'label',
        { class: 'check' },
        h('input', { type: 'checkbox', name: 'reorder', checked: knobs.reorder ?? false }),
        'Newest first',
      ),
      h('button', { type: 'submit', class: 'primary' }, 'Set'),
      button('Back to normal', 'clearKnobs'),
    ),
  );
}
