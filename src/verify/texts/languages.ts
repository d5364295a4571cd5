import { arabic } from './ar.js';
import { english } from './en.js';
import { french } from './fr.js';
import { german } from './de.js';
import { spanish } from './es.js';
import type { Texts } from '../texts.js';

/** The hosted page's languages, as the person may choose between them. A language is added by adding its texts here. */
export const languages: readonly Texts[] = [english, german, spanish, french, arabic];

/** Longer lists of wishes are nobody's own. */
const MAX_WISHES = 20;

/** What is known about the person's language. */
export interface LanguageWishes {
  /** Chosen on the page. */
  chosen: string | undefined;
  /** Of the session, such as `en-GB`. */
  locale: string | null;
  /** The browser's `Accept-Language` header. */
  accepted: string | undefined;
}

/** The texts in the first language of these that there is: the person's choice, the session's, the browser's, English. */
export function textsFor({ chosen, locale, accepted }: LanguageWishes): Texts {
  for (const wish of [chosen, locale, ...acceptedLanguages(accepted)]) {
    const texts = wish ? inLanguage(wish) : undefined;
    if (texts) return texts;
  }
  return english;
}

/** Regions don't matter: there is one text a language. */
const inLanguage = (tag: string): Texts | undefined =>
  languages.find(({ language }) => language === tag.split('-')[0]?.toLowerCase());

/** The tags of an `Accept-Language` header, the most wanted first (RFC 9110, 12.5.4). */
export function acceptedLanguages(header: string | undefined): string[] {
  return (header ?? '')
    .split(',', MAX_WISHES)
    .map((part) => {
      const [tag = '', quality] = part.split(';').map((piece) => piece.trim());
      const weight = quality ? Number(/^q=([01](?:\.\d{0,3})?)$/i.exec(quality)?.[1] ?? 0) : 1;
      return { tag, weight };
    })
    .filter(({ tag, weight }) => /^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i.test(tag) && weight > 0)
    .toSorted((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag);
}
