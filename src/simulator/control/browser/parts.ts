import { h } from './html.js';

/** A time of day, with the date where it isn't today's by the simulator's clock. */
export function time(iso: string): HTMLElement {
  const date = new Date(iso);
  const text = `${date.toLocaleDateString('en-CA')} ${date.toLocaleTimeString('en-GB')}`;
  return h('time', { datetime: iso }, text);
}

const TONES: Record<string, string> = {
  COMPLETED: 'good',
  delivered: 'good',
  EXPIRED: 'bad',
  failed: 'bad',
  dropped: 'bad',
  ONGOING: 'open',
  pending: 'open',
};

/** A state in a word. */
export const badge = (text: string, tone = TONES[text]) =>
  h('span', { class: tone ? `badge ${tone}` : 'badge' }, text);

/** The status of an HTTP answer. */
export function httpStatus(status: number | null | undefined, note?: string | null): HTMLElement {
  const good = typeof status === 'number' && status < 400;
  return h(
    'span',
    { class: good ? 'good' : 'bad' },
    [status ?? 'no answer', note].filter(Boolean).join(' · '),
  );
}

/** A button that the page's click handler understands; `values` become its `data-` attributes. */
export function button(
  label: string,
  action: string,
  values: Record<string, string> = {},
  attributes: Record<string, string | boolean | undefined> = {},
): HTMLButtonElement {
  return h('button', { type: 'button', ...attributes, 'data-action': action, ...dataset(values) }, label);
}

/** Values as `data-` attributes. */
export const dataset = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`data-${name}`, value]));

/** What stands where a list would, while there is nothing to list. */
export const empty = (...text: (string | Node)[]) =>
  h('div', { class: 'empty', 'data-key': 'empty' }, h('p', {}, ...text));

/** JSON behind a disclosure. */
export const jsonDetails = (label: string, value: unknown, open = false) =>
  h(
    'details',
    { 'data-key': label, open },
    h('summary', {}, label),
    h('pre', { tabindex: 0, 'aria-label': label }, JSON.stringify(value, null, 2)),
  );

/** A table whose cells carry their heading along, for narrow screens. */
export function table(
  label: string,
  headings: string[],
  rows: { key: string; cells: Cell[] }[],
): HTMLElement {
  return h(
    'div',
    { class: 'scroll', 'data-key': 'table', role: 'region', 'aria-label': label, tabindex: 0 },
    h(
      'table',
      { class: 'stack' },
      h('thead', {}, h('tr', {}, ...headings.map((heading) => h('th', { scope: 'col' }, heading)))),
      h(
        'tbody',
        {},
        ...rows.map(({ key, cells }) =>
          h(
            'tr',
            { 'data-key': key },
            ...cells.map((cell, index) =>
              h('td', { 'data-label': headings[index] ?? '' }, cellContent(cell)),
            ),
          ),
        ),
      ),
    ),
  );
}

type Cell = Node | string;
const cellContent = (cell: Cell) => (typeof cell === 'string' ? h('span', {}, cell) : cell);

/** A choice; what is chosen follows the data until somebody touches it. */
export function choice(
  id: string,
  label: string,
  options: readonly (readonly [value: string, text: string])[],
  chosen: string,
  attributes: Record<string, string> = {},
): HTMLElement {
  return h(
    'div',
    { 'data-key': id },
    h('label', { for: id }, label),
    h(
      'select',
      { id, name: id, 'data-chosen': chosen, ...attributes },
      ...options.map(([value, text]) =>
        h('option', { value, selected: value === chosen, 'data-key': value }, text),
      ),
    ),
  );
}

/** The places at fault of a form's last try. */
export function problems(errors: { property: string; message: string }[] | undefined): HTMLElement {
  return h(
    'div',
    { role: 'alert', 'data-key': 'problems' },
    errors &&
      h(
        'div',
        { class: 'errors' },
        'That is not right yet:',
        h(
          'ul',
          {},
          ...errors.map(({ property, message }) =>
            h('li', {}, h('code', {}, property || 'document'), ` ${message}`),
          ),
        ),
      ),
  );
}

/** The heading of a view, which takes the focus when the view changes. */
export const heading = (text: string) => h('h2', { tabindex: -1 }, text);
