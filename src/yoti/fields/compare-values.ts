import { countryCodes } from '../country-codes.js';
import { readDate, sameDate } from './dates.js';
import { fold, nameSpellings } from './fold.js';

/** A value with what matters for comparing it. */
export interface Comparable {
  value: unknown;
  locale: string | null;
  nonLatin: boolean;
  /** From the machine-readable zone itself: years have two digits. */
  fromZone: boolean;
  /** The zone had no room for the whole name. */
  cut: boolean;
}

type Comparison = (one: Comparable, other: Comparable, texts: [string, string]) => boolean | null;

/** Longer texts are compared as they are only. */
const longest = 1000;

const kinds: [RegExp, Comparison][] = [
  [/(^|_)date(_|$)/, compareDates],
  [/(^|_)names?(_|$)/, compareNames],
  [/^(gender|sex)$/, compareGenders],
  [/^(nationality|issuing_country|country|country_iso|country_of_birth)$/, compareCountries],
  [/_number$/, compareNumbers],
];

/**
 * Whether two values of a field tell the same: true, false, or null when they can't be compared, such as a name in
 * another script. Names are compared by the transliteration of machine-readable zones, dates as far as both tell them,
 * everything else without case, accents and punctuation. Never throws.
 */
export function compareValues(name: string, one: Comparable, other: Comparable): boolean | null {
  const texts: [string, string] = [textOf(one.value), textOf(other.value)];
  if (texts.includes('')) return null;
  if (texts[0] === texts[1]) return true;
  if (one.nonLatin || other.nonLatin || texts.some(({ length }) => length > longest)) return null;
  const compare = kinds.find(([pattern]) => pattern.test(name))?.[1] ?? compareTexts;
  return compare(one, other, texts);
}

/** Empty for what is no single value. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function compareDates(one: Comparable, other: Comparable, texts: [string, string]): boolean | null {
  const [ones, others] = [dates(one, texts[0]), dates(other, texts[1])];
  if (ones.length === 0 || others.length === 0) return fold(texts[0]) === fold(texts[1]) ? true : null;
  return ones.some((date) => others.some((against) => sameDate(date, against)));
}

const dates = ({ fromZone }: Comparable, text: string) =>
  readDate(text).map((date) => ({ ...date, shortYear: date.shortYear || fromZone }));

function compareNames(one: Comparable, other: Comparable, texts: [string, string]): boolean | null {
  const [ones, others] = [nameSpellings(texts[0]), nameSpellings(texts[1])];
  if (ones[0]?.length === 0 || others[0]?.length === 0) return null;
  return ones.some((words) =>
    others.some(
      (against) =>
        sameWords(words, against) ||
        (one.cut && isShortened(words, against)) ||
        (other.cut && isShortened(against, words)),
    ),
  );
}

/** Word order differs between documents, and what is one word here can be two there. */
const sameWords = (one: string[], other: string[]): boolean =>
  one.join('') === other.join('') || one.toSorted().join(' ') === other.toSorted().join(' ');

/** Whether `short` is `whole` with words cut or left out, which zones do when there is no room (ICAO Doc 9303-3). */
function isShortened(short: string[], whole: string[]): boolean {
  let at = 0;
  return short.every((word) => {
    while (at < whole.length && whole[at]?.startsWith(word) === false) at += 1;
    at += 1;
    return at <= whole.length;
  });
}

const genders: Record<string, string> = { M: 'MALE', F: 'FEMALE', X: 'OTHER' };

function compareGenders(_one: Comparable, _other: Comparable, texts: [string, string]): boolean {
  const [one, other] = texts.map((text) => genders[fold(text)] ?? fold(text));
  return one === other;
}

/** Only codes can differ for sure: `BRITISH CITIZEN` is no other country than `GBR`. */
function compareCountries(_one: Comparable, _other: Comparable, texts: [string, string]): boolean | null {
  const [one = '', other = ''] = texts.map(fold);
  if (one === other) return true;
  return countryCodes.has(one) && countryCodes.has(other) ? false : null;
}

function compareNumbers(_one: Comparable, _other: Comparable, texts: [string, string]): boolean {
  return fold(texts[0]) === fold(texts[1]);
}

/** Words in two languages may mean the same. */
function compareTexts(one: Comparable, other: Comparable, texts: [string, string]): boolean | null {
  if (fold(texts[0]) === fold(texts[1])) return true;
  const languages = one.locale !== null && other.locale !== null && one.locale !== other.locale;
  return languages ? null : false;
}
