import { createContext, type ReactNode, use, useEffect, useMemo, useRef } from 'react';

/** One key and what it does. `keys` is as typed: `a`, `?`, `mod+Enter`, or a sequence such as `g r`. */
export interface Shortcut {
  keys: string;
  label: string;
  run: () => void;
  /** Works inside text fields too. */
  inFields?: boolean;
  /** Left out of the help. */
  hidden?: boolean;
}

export interface ShortcutGroup {
  title: string;
  shortcuts: Shortcut[];
}

/** The groups that are active now, the latest last. A plain list: nothing renders from it until help opens. */
class Keyboard {
  private readonly groups = new Map<symbol, ShortcutGroup>();
  private pending: { key: string; until: number } | null = null;

  set(id: symbol, group: ShortcutGroup): void {
    this.groups.set(id, group);
  }

  delete(id: symbol): void {
    this.groups.delete(id);
  }

  active(): ShortcutGroup[] {
    return [...this.groups.values()].map(({ title, shortcuts }) => ({
      title,
      shortcuts: shortcuts.filter(({ hidden }) => !hidden),
    }));
  }

  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const typed = typedKeys(event);
    const started = this.pending && this.pending.until > Date.now() ? this.pending.key : null;
    this.pending = null;
    const shortcut = (started && this.find(`${started} ${typed}`, event)) || this.find(typed, event);
    if (shortcut) {
      event.preventDefault();
      shortcut.run();
    } else if (!isBusy(event) && this.startsSequence(typed)) {
      this.pending = { key: typed, until: Date.now() + 1200 };
    }
  }

  private find(keys: string, event: KeyboardEvent): Shortcut | undefined {
    const busy = isBusy(event);
    return [...this.groups.values()]
      .toReversed()
      .flatMap(({ shortcuts }) => shortcuts)
      .find((shortcut) => shortcut.keys === keys && (!busy || shortcut.inFields));
  }

  private startsSequence(key: string): boolean {
    return [...this.groups.values()].some(({ shortcuts }) =>
      shortcuts.some(({ keys }) => keys.startsWith(`${key} `)),
    );
  }
}

/** The produced character counts, not the place of the key: `?` and `+` sit elsewhere on other layouts. */
function typedKeys(event: KeyboardEvent): string {
  const mod = event.ctrlKey || event.metaKey ? 'mod+' : '';
  return `${mod}${event.altKey ? 'alt+' : ''}${event.key}`;
}

/** Single keys must not fire while someone types, picks from a list or answers a dialog. */
function isBusy(event: KeyboardEvent): boolean {
  const target = event.target instanceof HTMLElement ? event.target : null;
  const presses = event.key === 'Enter' || event.key === ' ';
  if (presses && target?.closest('a, button, summary')) return true;
  if (target?.closest('input, textarea, select, [contenteditable], [role="listbox"], [role="menu"]'))
    return true;
  return document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]') !== null;
}

const KeyboardContext = createContext<Keyboard | null>(null);

export function KeyboardProvider({ children }: { children: ReactNode }) {
  const keyboard = useMemo(() => new Keyboard(), []);
  useEffect(() => {
    const listener = (event: KeyboardEvent) => keyboard.handle(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, [keyboard]);
  return <KeyboardContext value={keyboard}>{children}</KeyboardContext>;
}

export function useKeyboard(): Keyboard {
  const keyboard = use(KeyboardContext);
  if (!keyboard) throw new Error('KeyboardProvider is missing.');
  return keyboard;
}

/** Makes these keys work while the component is shown, and lists them in the keyboard help under `title`. */
export function useShortcuts(title: string, shortcuts: Shortcut[]): void {
  const keyboard = useKeyboard();
  const id = useRef(Symbol(title));
  useEffect(() => {
    keyboard.set(id.current, { title, shortcuts });
  });
  useEffect(() => {
    const own = id.current;
    return () => keyboard.delete(own);
  }, [keyboard]);
}
