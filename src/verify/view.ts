import type { HostedSession } from '../sessions/hosted-sessions.js';
import { languages, textsFor } from './texts/languages.js';
import { fill, type Texts } from './texts.js';
import type { PageQuery } from './verify.schemas.js';

/** How one page is shown: in which language, and where. */
export interface View {
  texts: Texts;
  /** Whether a page of the tenant's embeds it. */
  embedded: boolean;
  /** Whether it was opened by the QR code of a page on another device. */
  handOff: boolean;
  /** Language that the person has chosen on the page; null when it follows the session or the browser. */
  chosen: string | null;
}

/** What a request tells about the view it wants. */
export interface Asked {
  query: PageQuery;
  acceptLanguage: string | undefined;
}

/** @param session null for an unknown link */
export function viewOf({ query, acceptLanguage }: Asked, session: HostedSession | null): View {
  const texts = textsFor({
    chosen: query.lang,
    locale: session?.locale ?? null,
    accepted: acceptLanguage,
  });
  const chosen = languages.some(({ language }) => language === query.lang) ? (query.lang ?? null) : null;
  return { texts, chosen, embedded: query.embed === true, handOff: query.handoff === true };
}

/** The query of the same page, with some of it changed. */
export function queryOf({ chosen, embedded, handOff }: Omit<View, 'texts'>): string {
  const entries = [
    ...(chosen ? [['lang', chosen]] : []),
    ...(embedded ? [['embed', '1']] : []),
    ...(handOff ? [['handoff', '1']] : []),
  ];
  return entries.length === 0 ? '' : `?${new URLSearchParams(entries)}`;
}

/** Puts the tenant's name into texts. Isolates keep a name from turning the order of a right-to-left sentence. */
export function sayer({ direction }: Texts, tenant: string): (text: string) => string {
  const name = direction === 'rtl' ? `\u2068${tenant}\u2069` : tenant;
  return (text) => fill(text, { tenant: name });
}
