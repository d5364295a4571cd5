import type { ClientErrorKind } from '../../sessions/client-errors.js';
import type { HandOff } from '../../sessions/hosted-sessions.js';
import type { PageData, PageState } from '../page-data.js';
import { follow } from './follow.js';
import { parentPage } from './parent-page.js';

/** Script of the hosted page. It runs in the person's browser. */

type Screen = 'intro' | 'waiting' | 'frame' | 'error' | 'done';

const FRAME_START_MS = 30_000;
const REPORT_MS = 4_000;
/** Yoti's closing screen is the client's: the person gets this long to leave it. */
const CLOSING_SCREEN_MS = 12_000;

const data = JSON.parse(document.body.dataset.page ?? '') as PageData;
const here = location.pathname;
const parent = parentPage(data.embed);
let screen: Screen = 'intro';
let frame: HTMLIFrameElement | null = null;
let frameTimer: ReturnType<typeof setTimeout> | undefined;
let ending = false;
/** The end of the last report. */
let reported: Promise<unknown> = Promise.resolve();
/** When the phone told last, as far as this page has heeded it. */
let heeded = data.handOff?.at;

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

/**
 * Tells the server what the client told, one thing after the other, so that the last is stored last. The server looks at
 * Yoti by itself later, so a lost report does no harm.
 */
function report(type: HandOff['step'], code: number | null): Promise<unknown> {
  const event = { type, code, ...(data.isHandOff && { handOff: true }) };
  reported = reported.then(() => post('events', event)).catch(() => undefined);
  return reported;
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
    parent.tell({ type: 'started' });
    void report('started', null);
  } catch {
    fail('no_network', null);
  }
}

function fail(kind: ClientErrorKind, code: number | null): void {
  stop();
  const { title, sentence, helps, retry, otherDevice } = data.errors[kind];
  element('error-title').textContent = title;
  element('error-sentence').textContent = sentence;
  element('error-helps').textContent = helps;
  const again = retry === 'same_session';
  element('error-retry').hidden = !again;
  document
    .getElementById('error-leave')
    ?.classList.replace(again ? 'main' : 'plain', again ? 'plain' : 'main');
  element('error-device').hidden = !otherDevice;
  element('error-copy').hidden = !otherDevice;
  element('error-code').textContent = code === null ? '' : data.codeLabel.replace('{code}', String(code));
  show('error');
  parent.tell({ type: 'error', code, kind, retry });
}

/** The person is done, here or on their phone. */
function finish(): void {
  if (ending) return;
  ending = true;
  stop();
  show('done');
  parent.tell({ type: 'success', returnUrl: data.successUrl });
  if (!parent.present && data.successUrl) location.replace(data.successUrl);
}

/** The person presses the closing button, which only a page inside another has. */
function close(): void {
  const returnUrl = screen === 'done' ? data.successUrl : data.errorUrl;
  if (parent.present) parent.tell({ type: 'closed', returnUrl });
  else if (returnUrl) location.assign(returnUrl);
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
  try {
    await navigator.clipboard.writeText(data.address);
    element('error-copy').textContent = data.copied;
    element('status').textContent = data.copied;
  } catch {
    // Not allowed to: the person can copy it by hand.
    element('error-code').textContent = data.address;
  }
}

/** Shows how far the other device is. */
function wait(step: HandOff['step']): void {
  if (screen !== 'waiting') show('waiting');
  const reached = { opened: 0, started: 1, error: 1, success: 2 }[step];
  for (const [index, item] of document.querySelectorAll<HTMLElement>('[data-step]').entries()) {
    item.dataset.state = index < reached ? 'over' : index === reached ? 'now' : 'ahead';
    if (index === reached) item.setAttribute('aria-current', 'step');
    else item.removeAttribute('aria-current');
    if (index === reached) element('status').textContent = item.textContent.trim();
  }
  element('problem').hidden = step !== 'error';
  if (step === 'error') element('status').textContent = data.problem;
}

/** Follows the session, so that this page goes on with what the person does on their phone. */
function heed({ status, progress, done, handOff }: PageState): boolean {
  const isNews = handOff !== undefined && handOff.at !== heeded;
  heeded = handOff?.at;
  if (done) {
    if (progress !== 'submitted' && status !== 'completed') location.reload();
    else if (screen === 'frame') setTimeout(finish, CLOSING_SCREEN_MS);
    else finish();
  } else if (!data.isHandOff && screen !== 'frame') {
    if (isNews) wait(handOff.step);
    else if (screen === 'intro' && data.progress === 'not_started' && progress === 'capturing')
      wait('started');
  }
  return !done && !ending;
}

/** The time the person has, in their own clock and in the page's language. */
function showDeadline(): void {
  const hint = document.querySelector<HTMLElement>('[data-until]');
  if (!hint) return;
  const until = new Date(hint.dataset.until ?? '');
  const sameDay = until.toDateString() === new Date().toDateString();
  const { lang } = document.documentElement;
  const format = new Intl.DateTimeFormat(navigator.languages.find((tag) => tag.startsWith(lang)) ?? lang, {
    timeStyle: 'short',
    ...(sameDay ? {} : { dateStyle: 'medium' }),
  });
  hint.textContent = (hint.textContent ?? '').replace('{time}', format.format(until));
  hint.hidden = false;
}

const actions: Record<string, () => void> = { start, retry: start, close, copy: () => void copyLink() };

document.addEventListener('click', ({ target }) => {
  const action = target instanceof Element && target.closest<HTMLElement>('[data-action]')?.dataset.action;
  if (action) actions[action]?.();
});
addEventListener('message', (event) => void onMessage(event));
showDeadline();
if (data.isHandOff) void report('opened', null);
follow(`${here}/state`, heed);
