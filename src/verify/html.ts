/** Markup that is safe to send: made by `html` only. */
export class Html {
  constructor(readonly markup: string) {}
}

type Value = Html | string | number | null | false | readonly Value[];

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function render(value: Value): string {
  if (value === null || value === false) return '';
  if (value instanceof Html) return value.markup;
  if (typeof value === 'string' || typeof value === 'number') {
    return String(value).replace(/[&<>"']/g, (character) => entities[character] ?? '');
  }
  return value.map(render).join('');
}

/**
 * Tag for markup. Every interpolated text is escaped, for elements and for quoted attributes alike; `Html` goes in as it
 * is, lists are joined, `null` and `false` leave nothing.
 */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(parts.reduce((markup, part, index) => markup + render(values[index - 1] ?? null) + part));
}
