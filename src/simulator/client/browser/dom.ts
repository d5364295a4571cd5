type Child = Node | string | undefined | false;
type Attributes = Record<string, string | boolean | ((event: Event) => void)>;

/** Makes an element: functions become listeners, true becomes an empty attribute, false leaves it out. */
export function h<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[T] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

const PATHS: Record<string, string> = {
  document:
    '<rect x="3" y="5" width="18" height="14" rx="2"/><circle cx="8.5" cy="11" r="2"/><path d="M5.5 16c.6-1.6 5.4-1.6 6 0M14 10h4M14 13.5h4"/>',
  camera:
    '<path d="M4 8h3l1.5-2.5h7L17 8h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1Z"/><circle cx="12" cy="13.2" r="3.6"/>',
  upload: '<path d="M12 16V5m-4 4 4-4 4 4M5 16v3h14v-3"/>',
  specimen: '<path d="m12 3 2.2 5.4L20 9l-4.4 3.8L17 19l-5-3.2L7 19l1.4-6.2L4 9l5.8-.6Z"/>',
  face: '<circle cx="12" cy="12" r="9"/><path d="M8.5 14.5c1.6 2.4 5.4 2.4 7 0M9 9.5v.6M15 9.5v.6"/>',
  done: '<circle cx="12" cy="12" r="9"/><path d="m8 12.4 2.8 2.8L16.2 9.6"/>',
  warning: '<path d="M12 4 2.8 19.5h18.4Z"/><path d="M12 10v4.5m0 2.4v.2"/>',
  next: '<path d="m9 6 6 6-6 6"/>',
};

/** A decorative line icon. */
export function icon(name: string): HTMLElement {
  const holder = h('span', { class: 'icon', 'aria-hidden': 'true' });
  holder.innerHTML = `<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round">${PATHS[name] ?? ''}</svg>`;
  return holder;
}

const main = () => document.querySelector('main') ?? document.body;
let shown = false;

/** Replaces the screen. The heading takes the focus, so that screen readers start there; not on the first screen. */
export function show(title: string, ...content: Child[]): void {
  const heading = h('h1', { tabindex: '-1' }, title);
  main().replaceChildren(heading, ...content.filter((child) => child !== undefined && child !== false));
  document.title = `${title} · Identity check (simulator)`;
  if (shown) heading.focus();
  shown = true;
}

/** A screen without choices while something is under way. */
export function showBusy(title: string): void {
  show(title, h('div', { class: 'spinner', role: 'status', 'aria-label': 'Please wait' }));
}

/** A button; `kind` is `primary`, `secondary`, `link` or `simulator`. */
export function button(label: string, kind: string, press: () => void, iconName?: string): HTMLButtonElement {
  return h(
    'button',
    { type: 'button', class: kind, click: press },
    iconName !== undefined && icon(iconName),
    h('span', {}, label),
  );
}

/** Shows a screen whose buttons settle the promise. */
export function ask<T>(build: (choose: (value: T) => void) => void): Promise<T> {
  return new Promise((resolve) => build(resolve));
}
