import type { HostedSession } from '../sessions/hosted-sessions.js';
import { clientErrorCodes, clientErrorRules, type ClientErrorKind, type Retry } from './client-errors.js';
import { endingUrl } from './ending-url.js';
import { fill, type Texts } from './texts.js';

/** An error screen. */
export interface ErrorScreen {
  title: string;
  sentence: string;
  retry: Retry;
  otherDevice: boolean;
}

/** What the page's script knows. Nothing in it is secret: the client token is asked for when it is needed. */
export interface PageData {
  clientUrl: string;
  /** The only origin whose messages count, and that gets the token. */
  yotiOrigin: string;
  progress: HostedSession['progress'];
  successUrl: string | null;
  codes: Record<number, ClientErrorKind>;
  errors: Record<ClientErrorKind, ErrorScreen>;
  codeLabel: string;
  copied: string;
}

/** Where a session is, as the page follows it. */
export interface PageState {
  status: HostedSession['status'];
  progress: HostedSession['progress'];
  /** The person has nothing left to do: they have finished, or the session is over. */
  done: boolean;
}

/** What of a session the page follows. */
export function stateOf({ status, progress }: HostedSession): PageState {
  return { status, progress, done: progress === 'submitted' || !['creating', 'ongoing'].includes(status) };
}

/** The script's data for a session that waits for its person. */
export function pageData(session: HostedSession, texts: Texts): PageData {
  const kinds = Object.entries(clientErrorRules) as [
    ClientErrorKind,
    { retry: Retry; otherDevice: boolean },
  ][];
  const errors = kinds.map(([kind, rule]): [ClientErrorKind, ErrorScreen] => {
    const [title, sentence] = texts.errors[kind];
    return [kind, { title, sentence: fill(sentence, { tenant: session.tenantName }), ...rule }];
  });
  return {
    clientUrl: session.clientUrl,
    yotiOrigin: session.yotiOrigin,
    progress: session.progress,
    successUrl: endingUrl(session.successUrl, session.sessionId),
    codes: Object.fromEntries(clientErrorCodes),
    errors: Object.fromEntries(errors) as Record<ClientErrorKind, ErrorScreen>,
    codeLabel: texts.error.codeLabel,
    copied: texts.error.copied,
  };
}
