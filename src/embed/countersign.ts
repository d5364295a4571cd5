/** Shows the hosted page of a session inside a page of yours, and tells how it goes. */

/** Whether trying again helps: at once, with a new session, or not at all. */
export type Retry = 'same_session' | 'new_session' | 'no';

/** What kind of error it is; more may come. `not_loaded`: the page did not come up inside yours. */
export type ErrorKind =
  | 'app_incomplete'
  | 'app_outdated'
  | 'camera_failed'
  | 'camera_refused'
  | 'camera_too_weak'
  | 'cancelled'
  | 'document_mismatch'
  | 'link_over'
  | 'liveness_failed'
  | 'no_camera'
  | 'no_document'
  | 'no_liveness_tries_left'
  | 'no_network'
  | 'no_storage'
  | 'not_loaded'
  | 'scan_failed'
  | 'technical'
  | 'unavailable'
  | 'unknown'
  | 'unsupported_browser'
  | 'unsupported_setup'
  | 'use_safari';

/**
 * What happens in the frame. It is a cue to ask your back-end, never a proof: a person can make their browser say
 * anything.
 */
export type VerificationEvent =
  /** The page is there. */
  | { type: 'ready' }
  /** The check has begun in this browser. */
  | { type: 'started' }
  /** The person has finished, here or on their phone. `returnUrl` is the session's success URL with its id. */
  | { type: 'success'; returnUrl: string | null }
  /** Something got in the way. The frame explains it and offers what helps; `code` is Yoti's, where it has one. */
  | { type: 'error'; code: number | null; kind: ErrorKind; retry: Retry }
  /** The person pressed the closing button; the frame is gone. */
  | { type: 'closed'; returnUrl: string | null };

export interface VerificationOptions {
  /** `client.hostedUrl` of the session. Yoti's token stays out of your page. */
  url: string;
  /** The element that the frame fills, or a selector of it. Give it a height, of 605 pixels or more. */
  container: Element | string;
  /** Hears every event, in order. */
  onEvent?: (event: VerificationEvent) => void;
  /** Language of the page, such as `de`, instead of the session's. */
  language?: string;
  /** Name of the frame for screen readers. */
  title?: string;
  /** Leave your page for the event's `returnUrl` on `success` and `closed`. */
  redirect?: boolean;
}

export interface Verification {
  readonly frame: HTMLIFrameElement;
  /** Takes the frame away, which frees the camera. Nothing is told afterwards. */
  destroy(): void;
}

/** After the frame has loaded, our page answers at once; a browser that refuses to show it never does. */
const ANSWER_MS = 10_000;

/**
 * Shows the session's hosted page in the container.
 *
 * @throws TypeError when the URL is no hosted URL, or there is no such container
 */
export function mountVerification(options: VerificationOptions): Verification {
  const address = addressOf(options);
  const container =
    typeof options.container === 'string' ? document.querySelector(options.container) : options.container;
  if (!container) throw new TypeError('There is no such container.');
  const frame = frameFor(address, options.title ?? 'Identity check');
  let isReady = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function destroy(): void {
    clearTimeout(timer);
    removeEventListener('message', onMessage);
    frame.remove();
  }
  function tell(event: VerificationEvent): void {
    if (event.type === 'closed') destroy();
    options.onEvent?.(event);
    const returnUrl = 'returnUrl' in event ? event.returnUrl : null;
    if (options.redirect && returnUrl) location.assign(returnUrl);
  }
  function onMessage({ origin, source, data }: MessageEvent<unknown>): void {
    if (origin !== address.origin || source !== frame.contentWindow || !isEvent(data)) return;
    if (data.event.type === 'ready') {
      clearTimeout(timer);
      if (isReady) return;
      isReady = true;
    }
    tell(data.event);
  }
  addEventListener('message', onMessage);
  frame.addEventListener('load', () => {
    frame.contentWindow?.postMessage({ source: 'countersign-embed', type: 'hello' }, address.origin);
    clearTimeout(timer);
    if (isReady) return;
    timer = setTimeout(() => tell({ type: 'error', code: null, kind: 'not_loaded', retry: 'no' }), ANSWER_MS);
  });
  container.append(frame);
  return { frame, destroy };
}

function addressOf({ url, language }: VerificationOptions): URL {
  const address = URL.canParse(url) ? new URL(url) : null;
  if (!address || !/^https?:$/.test(address.protocol) || !/^\/verify\/[^/]+$/.test(address.pathname)) {
    throw new TypeError("The URL has to be a session's hosted URL.");
  }
  address.searchParams.set('embed', '1');
  if (language) address.searchParams.set('lang', language);
  return address;
}

function frameFor(address: URL, title: string): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.src = address.href;
  frame.title = title;
  frame.allow = 'camera; clipboard-write';
  frame.referrerPolicy = 'no-referrer';
  Object.assign(frame.style, { display: 'block', width: '100%', height: '100%', border: '0' });
  return frame;
}

function isEvent(data: unknown): data is { event: VerificationEvent } {
  const { source, event } = (data ?? {}) as { source?: unknown; event?: { type?: unknown } };
  return source === 'countersign' && typeof event?.type === 'string';
}
