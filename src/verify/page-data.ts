import { clientErrorCodes, clientErrorRules, type ClientErrorKind } from '../sessions/client-errors.js';
import type { HandOff, HostedSession } from '../sessions/hosted-sessions.js';
import { endingUrl } from './ending-url.js';
import { pageKind } from './page-kind.js';
import type { HandOffStep } from './texts.js';
import { sayer, type View } from './view.js';

/** An error screen. */
export interface ErrorScreen {
  title: string;
  sentence: string;
  retry: (typeof clientErrorRules)[ClientErrorKind]['retry'];
  /** Whether trying again helps, in words. */
  helps: string;
  otherDevice: boolean;
}

/** Who may embed the page; the script talks to nobody else. Null where the page stands for itself. */
interface Embedding {
  embed: { origins: string[] } | null;
}

/** What the page's script knows. Nothing in it is secret: the client token is asked for when it is needed. */
export interface PageData extends Embedding {
  clientUrl: string;
  /** The only origin whose messages count, and that gets the token. */
  yotiOrigin: string;
  progress: HostedSession['progress'];
  handOff: HandOff | null;
  /** Whether this very page was opened by the QR code of another. */
  isHandOff: boolean;
  steps: Record<HandOffStep, string>;
  problem: string;
  successUrl: string | null;
  errorUrl: string | null;
  /** Of this page on any device. */
  address: string;
  codes: Record<number, ClientErrorKind>;
  errors: Record<ClientErrorKind, ErrorScreen>;
  codeLabel: string;
  copied: string;
}

/** What the script of a page that has nothing more to do tells the page that embeds it. */
export interface NoticeData extends Embedding {
  finished: boolean;
  returnUrl: string | null;
}

/** Where a session is, as the page follows it. */
export interface PageState {
  status: HostedSession['status'];
  progress: HostedSession['progress'];
  /** The person has nothing left to do: they have finished, or the session or its link is over. */
  done: boolean;
  /** What the phone that took over told last. */
  handOff?: HandOff;
}

/** What of a session the page follows. */
export function stateOf(session: HostedSession): PageState {
  const { status, progress, handOff } = session;
  const done = !['creating', 'hosted'].includes(pageKind(session));
  return { status, progress, done, ...(handOff && { handOff }) };
}

/**
 * The script's data for a session that waits for its person.
 *
 * @param address of this page on any device
 */
export function pageData(session: HostedSession, view: View, address: string): PageData {
  const { texts } = view;
  const say = sayer(texts, session.tenantName);
  const errors = Object.entries(clientErrorRules).map(([kind, rule]) => {
    const [title, sentence] = texts.errors[kind as ClientErrorKind];
    return [kind, { title, sentence: say(sentence), helps: texts.error.helps[rule.retry], ...rule }];
  });
  return {
    clientUrl: session.clientUrl,
    yotiOrigin: session.yotiOrigin,
    progress: session.progress,
    handOff: session.handOff,
    isHandOff: view.handOff,
    steps: texts.handOff.steps,
    problem: texts.handOff.problem,
    successUrl: endingUrl(session.successUrl, session.sessionId),
    errorUrl: endingUrl(session.errorUrl, session.sessionId),
    address,
    codes: Object.fromEntries([...clientErrorCodes].map(([code, [kind]]) => [code, kind])),
    errors: Object.fromEntries(errors) as Record<ClientErrorKind, ErrorScreen>,
    codeLabel: texts.error.codeLabel,
    copied: texts.error.copied,
    embed: embedding(session, view),
  };
}

/** The script's data for a page that embeds nothing; null where it needs no script, for it speaks to nobody. */
export function noticeData(session: HostedSession, view: View, finished: boolean): NoticeData | null {
  const embed = embedding(session, view);
  const address = finished ? session.successUrl : session.errorUrl;
  return embed && { embed, finished, returnUrl: endingUrl(address, session.sessionId) };
}

const embedding = ({ frameAncestors }: HostedSession, { embedded }: View): { origins: string[] } | null =>
  embedded ? { origins: frameAncestors } : null;
