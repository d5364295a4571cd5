/** The control page: polls the control API, shows the view that the address names, and does what is pressed. */
import type { SessionDetail } from '../schemas.js';
import { ACTIONS, type Press } from './actions.js';
import { ApiError, call } from './api.js';
import { appsView } from './apps.js';
import { faultsView } from './faults.js';
import { h, patch } from './html.js';
import { button, empty, time } from './parts.js';
import { keepDraft, scenariosView } from './scenarios.js';
import { sessionsView } from './sessions.js';
import { routeOf, type Route, type State } from './state.js';
import { notificationsView, requestsView } from './traffic.js';

const POLL_MS = 1000;

const VIEWS: Record<string, [title: string, view: (state: State, route: Route) => HTMLElement]> = {
  sessions: ['Sessions', sessionsView],
  notifications: ['Notifications', notificationsView],
  requests: ['Requests', requestsView],
  apps: ['Apps', appsView],
  scenarios: ['Scenarios', scenariosView],
  faults: ['Faults', faultsView],
};

const state: State = {
  apps: [],
  scenarios: { default: 'happy', items: [] },
  sessions: [],
  notifications: [],
  requests: [],
  faults: [],
  knobs: {},
  problems: {},
};

const find = (selector: string) => document.querySelector(selector) as HTMLElement;
/** Where a reader starts who came to this view. */
const start = () =>
  document.querySelector<HTMLElement>('#session-title') ?? document.querySelector<HTMLElement>('main h2');

/** The session in view, or null when there is none of that id. */
const loadSession = (id: string): Promise<SessionDetail | null> =>
  call<SessionDetail>('GET', `/sessions/${encodeURIComponent(id)}`).catch((error: unknown) => {
    if (error instanceof ApiError && error.code === 'SESSION_NOT_FOUND') return null;
    throw error;
  });

const items = async <T>(path: string) => (await call<{ items: T[] }>('GET', path)).items;

/** Reads what the view shows; the small things are read for every view. */
async function load({ view, id, query }: Route): Promise<void> {
  const about = view === 'sessions' && id ? `?sessionId=${encodeURIComponent(id)}` : '';
  const filter = new URLSearchParams({ limit: '100' });
  for (const [from, to] of Object.entries({ text: 'text', state: 'state', app: 'sdkId' })) {
    const value = view === 'sessions' ? query.get(from) : null;
    if (value) filter.set(to, value);
  }
  const [clock, apps, scenarios, sessions, session, notifications, requests, faults] = await Promise.all([
    call<State['clock']>('GET', '/clock'),
    items<State['apps'][number]>('/apps'),
    state.scenarios.items.length && view !== 'scenarios'
      ? undefined
      : call<State['scenarios']>('GET', '/scenarios'),
    items<State['sessions'][number]>(`/sessions?${filter.toString()}`),
    view === 'sessions' && id ? loadSession(id) : undefined,
    call<{ knobs: State['knobs']; items: State['notifications'] }>('GET', `/notifications${about}`),
    view === 'requests' ? items<State['requests'][number]>('/requests') : state.requests,
    view === 'faults' ? items<State['faults'][number]>('/faults') : state.faults,
  ]);
  Object.assign(state, { clock, apps, sessions, session, requests, faults, ...(scenarios && { scenarios }) });
  state.notifications = notifications.items;
  state.knobs = notifications.knobs;
}

let shownView = '';

function show(route: Route): void {
  const [title, view] = VIEWS[route.view] ?? [
    'Nothing here',
    () => empty('There is nothing here. ', h('a', { href: '#/sessions' }, 'Sessions')),
  ];
  patch(find('#clock'), clockPart());
  patch(find('nav'), navigation(route));
  const main = find('main');
  patch(
    main,
    h('main', { id: 'main', tabindex: -1 }, h('div', { 'data-key': route.view }, view(state, route))),
  );
  document.title = `${title} · Yoti simulator`;
  const shown = `${route.view}/${route.id ?? ''}`;
  if (shownView && shownView !== shown) arrive();
  shownView = shown;
}

/** In a new view everything starts at its top, and what was told about the last one is over. */
function arrive(): void {
  tell('');
  scrollTo(0, 0);
  find('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  start()?.focus({ preventScroll: true });
}

function navigation({ view }: Route): HTMLElement {
  return h(
    'nav',
    { 'aria-label': 'Views' },
    ...Object.entries(VIEWS).map(([name, [title]]) =>
      h('a', { href: `#/${name}`, 'aria-current': name === view && 'page' }, title),
    ),
  );
}

const SKIPS = [
  ['+1 min', 60],
  ['+15 min', 900],
  ['+1 h', 3600],
  ['+1 day', 86_400],
] as const;

function clockPart(): HTMLElement {
  const { clock } = state;
  return h(
    'div',
    { id: 'clock', class: 'clock', role: 'group', 'aria-label': 'Clock' },
    clock ? time(clock.now) : h('span', { class: 'hint' }, '…'),
    ...SKIPS.map(([label, seconds]) => button(label, 'advance', { seconds: String(seconds) })),
    button(
      'Freeze',
      'freeze',
      { freeze: String(!clock?.frozen) },
      { 'aria-pressed': String(clock?.frozen ?? false) },
    ),
  );
}

const NOTE_MS = 6000;
let noteEnds: ReturnType<typeof setTimeout> | undefined;

/** Tells how an action went, also to those who don't see the page. */
function tell(text: string, failed = false): void {
  clearTimeout(noteEnds);
  if (text) noteEnds = setTimeout(() => tell(''), NOTE_MS);
  const note = find('#note');
  note.className = failed ? 'note failed' : 'note';
  note.textContent = text;
}

let latest = 0;

/** Reads and shows; of several at once only the latest is shown. */
async function refresh(): Promise<void> {
  latest += 1;
  const mine = latest;
  const route = routeOf(location.hash);
  try {
    await load(route);
    find('#offline').hidden = true;
  } catch (error) {
    find('#offline').hidden = false;
    find('#offline').textContent =
      error instanceof ApiError
        ? `${error.message} Trying again …`
        : 'The page failed to read an answer. Trying again …';
  }
  if (mine === latest) show(route);
}

const poll = () =>
  void (document.hidden ? Promise.resolve() : refresh()).finally(() => setTimeout(poll, POLL_MS));

async function act(name: string, press: Press): Promise<void> {
  delete state.problems[name];
  try {
    const done = await ACTIONS[name]?.(press);
    if (done !== undefined) tell(done);
  } catch (error) {
    const { message, errors } = error instanceof ApiError ? error : { message: 'That failed.', errors: [] };
    if (errors.length) state.problems[name] = errors;
    // A form shows what is wrong itself.
    else tell(message, true);
  }
  await refresh();
}

document.addEventListener('click', ({ target }) => {
  const pressed = target instanceof Element ? target.closest<HTMLElement>('button[data-action]') : null;
  if (pressed) void act(pressed.dataset['action'] ?? '', { data: pressed.dataset, fields: {}, state });
});
document.addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  const fields = Object.fromEntries(
    [...new FormData(form)].map(([name, value]) => [name, typeof value === 'string' ? value : '']),
  );
  void act(form.dataset['action'] ?? '', { data: form.dataset, fields, form, state });
});
document.addEventListener('input', ({ target }) => {
  if (target instanceof HTMLTextAreaElement && target.id === 'document') keepDraft(target.value);
});
window.addEventListener('hashchange', () => void refresh());
poll();
