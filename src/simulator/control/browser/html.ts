type Child = Node | string | number | undefined | false | Child[];
type Attributes = Record<string, string | number | boolean | undefined>;

/** Makes an element: true becomes an empty attribute, false and undefined leave it out. Texts are never markup. */
export function h<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[T] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false)
      element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...nodes(children));
  return element;
}

function nodes(children: Child[]): (Node | string)[] {
  return children.flat(4).flatMap((child) => {
    if (child === undefined || child === false || Array.isArray(child)) return [];
    return [child instanceof Node ? child : String(child)];
  });
}

/** What the reader or the person at the keyboard has set stays: whether details are open, and what fields hold. */
const KEPT: Record<string, string[]> = {
  DETAILS: ['open'],
  INPUT: ['value', 'checked'],
  OPTION: ['selected'],
};

const keyOf = (node: Node) => (node instanceof HTMLElement ? node.dataset['key'] : undefined);

const isAlike = (a: Node, b: Node) =>
  a.nodeType === b.nodeType && a.nodeName === b.nodeName && keyOf(a) === keyOf(b);

/**
 * Makes a part of the page look like a newly built one while keeping its elements, and with them focus, scroll positions,
 * selections and half-filled fields. Children with the same `data-key` are the same thing.
 */
export function patch(old: Node, next: Node): void {
  if (old instanceof HTMLElement && next instanceof HTMLElement) {
    patchAttributes(old, next);
    // What somebody types in a text area is theirs.
    if (!(old instanceof HTMLTextAreaElement)) patchChildren(old, next);
    return;
  }
  if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue;
}

function patchAttributes(old: HTMLElement, next: HTMLElement): void {
  const kept = KEPT[old.nodeName] ?? [];
  const chosen = old.dataset['chosen'] !== next.dataset['chosen'];
  for (const { name } of Array.from(old.attributes)) {
    if (!next.hasAttribute(name) && !kept.includes(name)) old.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (!kept.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  // A choice that changed elsewhere is shown, unless the person is choosing right now.
  if (chosen && old instanceof HTMLSelectElement && document.activeElement !== old) {
    const { chosen: value } = next.dataset;
    queueMicrotask(() => {
      old.value = value ?? '';
    });
  }
}

// `Array.from` throughout: the lists are live, and change underway.
function patchChildren(old: HTMLElement, next: HTMLElement): void {
  const wanted = new Set(Array.from(next.childNodes).map(keyOf));
  for (const child of Array.from(old.childNodes)) {
    const key = keyOf(child);
    if (key !== undefined && !wanted.has(key)) child.remove();
  }
  const keyed = new Map(Array.from(old.childNodes).map((child) => [keyOf(child), child]));
  let cursor = old.firstChild;
  for (const child of Array.from(next.childNodes)) {
    const key = keyOf(child);
    const candidate = key === undefined ? cursor : keyed.get(key);
    if (candidate && isAlike(candidate, child)) {
      if (candidate === cursor) cursor = cursor.nextSibling;
      else old.insertBefore(candidate, cursor);
      patch(candidate, child);
    } else {
      old.insertBefore(child, cursor);
    }
  }
  while (cursor) {
    const following: ChildNode | null = cursor.nextSibling;
    cursor.remove();
    cursor = following;
  }
}
