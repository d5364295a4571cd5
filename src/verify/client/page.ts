import type { ClientErrorKind } from '../client-errors.js';
import type { PageData, PageState } from '../page-data.js';

/** Script of the hosted page. It runs in the person's browser and imports nothing but types. */

type Screen = 'intro' | 'waiting' | 'frame' | 'error' | 'done';

const POLL_MS = 3_000;
/** Somebody who has left the page open for long is followed less closely. */
const SLOW_POLL_MS = 10_000;
const POLLS_BEFORE_SLOW = 60;
const FRAME_START_MS = 30_000;
const REPORT_MS = 4_000;
/** Yoti's closing screen is the client's: the person gets this long to leave it. */
const CLOSING_SCREEN_MS = 12_000;

const data = JSON.parse(document.body.dataset.page ?? '') as PageData;
const here = location.pathname;
let screen: Screen = 'intro';
let frame: HTMLIFrameElement | null = null;
let frameTimer: ReturnType<typeof setTimeout> | undefined;
let polls = 0;
let ending = false;

const element = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;

/** Shows one screen, moves the focus to it and tells it to screen readers. */
function show(next: Screen): void {
  screen = next;
  document.body.dataset.showing = next;
  for (const section of document.querySelectorAll<HTMLElement>('[data-screen]')) {
    section.hidden = section.dataset.screen !== next;
  }
  scrollTo(0, 0);
  const heading = document.querySelector<HTMLElement>(`[data-screen="${next}"] h1`);
  heading?.focus();
  element('status').textContent = next === 'frame' ? element('connecting').textContent : '';
}

function post(path: string, body?: object): Promise<Response> {
  return fetch(`${here}/${path}`, {
    method: 'POST',
    headers: body ? { 'content-type': 'application/json' } : {},
    body: body && JSON.stringify(body),
    keepalive: true,
    signal: AbortSignal.timeout(REPORT_MS),
  });
}

/** Tells the server what the client told. It looks at Yoti by itself later, so a lost report does no harm. */
async function report(type: 'started' | 'success' | 'error', code: number | null): Promise<void> {
  await post('events', { type, code }).catch(() => undefined);
}

function start(): void {
  stop();
  element('connecting').hidden = false;
  frame = document.createElement('iframe');
  frame.allow = 'camera';
  frame.title = document.querySelector('[data-screen="frame"] h1')?.textContent ?? '';
  frame.src = data.clientUrl;
  element('frame').replaceChildren(frame);
  frameTimer = setTimeout(() => fail('unavailable', null), FRAME_START_MS);
  show('frame');
}

/** Takes the client away, which frees the camera. */
function stop(): void {
  clearTimeout(frameTimer);
  frame?.remove();
  frame = null;
}

/** The client waits for the session: only its own origin ever gets the token. */
async function initialise(): Promise<void> {
  clearTimeout(frameTimer);
  const target = frame?.contentWindow;
  try {
    const response = await post('client');
    if (!response.ok) {
      // The session is over, or its link is unknown: the server has the page that says so.
      if (response.status < 500) location.reload();
      else fail('unavailable', null);
      return;
    }
    const { sessionId, token } = (await response.json()) as { sessionId: string; token: string };
    if (target !== frame?.contentWindow) return;
    target?.postMessage(
      { eventType: 'INIT_SESSION', sessionID: sessionId, sessionToken: token },
      data.yotiOrigin,
    );
    element('connecting').hidden = true;
    element('status').textContent = '';
    void report('started', null);
  } catch {
    fail('noNetwork', null);
  }
}

function fail(kind: ClientErrorKind, code: number | null): void {
  stop();
  const { title, sentence, retry, otherDevice } = data.errors[kind];
  element('error-title').textContent = title;
  element('error-sentence').textContent = sentence;
  const again = retry === 'same_session';
  element('error-retry').hidden = !again;
  document
    .getElementById('error-leave')
    ?.classList.replace(again ? 'main' : 'plain', again ? 'plain' : 'main');
  element('error-device').hidden = !otherDevice;
  element('error-copy').hidden = !otherDevice;
  element('error-code').textContent = code === null ? '' : data.codeLabel.replace('{code}', String(code));
  show('error');
}

/** The person is done, here or on their phone. */
function finish(): void {
  if (ending) return;
  ending = true;
  stop();
  show('done');
  if (data.successUrl) location.replace(data.successUrl);
}

async function onMessage(event: MessageEvent<unknown>): Promise<void> {
  if (!frame || event.origin !== data.yotiOrigin || event.source !== frame.contentWindow) return;
  const { eventType, eventCode } = (event.data ?? {}) as { eventType?: unknown; eventCode?: unknown };
  if (eventType === 'STARTED') await initialise();
  if (eventType === 'SUCCESS') {
    void report('success', null);
    finish();
  }
  if (eventType === 'ERROR') {
    const code = typeof eventCode === 'number' && Number.isInteger(eventCode) ? eventCode : null;
    fail(code === null ? 'unknown' : (data.codes[code] ?? 'unknown'), code);
    await report('error', code);
  }
}

async function copyLink(): Promise<void> {
  await navigator.clipboard.writeText(location.href);
  element('error-copy').textContent = data.copied;
  element('status').textContent = data.copied;
}

/** Follows the session, so that this page goes on when the person has finished on their phone. */
function follow({ status, progress, done }: PageState): void {
  if (done) {
    if (progress !== 'submitted' && status !== 'completed') location.reload();
    else if (screen === 'frame') setTimeout(finish, CLOSING_SCREEN_MS);
    else finish();
  } else if (screen === 'intro' && data.progress === 'not_started' && progress === 'capturing') {
    show('waiting');
  }
}

async function poll(): Promise<void> {
  polls += 1;
  if (document.visibilityState === 'visible') {
    const response = await fetch(`${here}/state`).catch(() => null);
    if (response?.ok) follow((await response.json()) as PageState);
  }
  if (!ending) setTimeout(() => void poll(), polls < POLLS_BEFORE_SLOW ? POLL_MS : SLOW_POLL_MS);
}

/** The time the person has, in their own clock and customs. */
function showDeadline(): void {
  const hint = document.querySelector<HTMLElement>('[data-until]');
  if (!hint) return;
  const until = new Date(hint.dataset.until ?? '');
  const sameDay = until.toDateString() === new Date().toDateString();
  const format = new Intl.DateTimeFormat(undefined, {
    timeStyle: 'short',
    ...(sameDay ? {} : { dateStyle: 'medium' }),
  });
  hint.textContent = (hint.textContent ?? '').replace('{time}', format.format(until));
  hint.hidden = false;
}

const actions: Record<string, () => void> = { start, retry: start, copy: () => void copyLink() };

document.addEventListener('click', ({ target }) => {
  const action = target instanceof Element && target.closest<HTMLElement>('[data-action]')?.dataset.action;
  if (action) actions[action]?.();
});
addEventListener('message', (event) => void onMessage(event));
showDeadline();
setTimeout(() => void poll(), POLL_MS);
