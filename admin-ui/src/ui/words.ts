/** `document_not_genuine` or `ID_DOCUMENT_FACE_MATCH` as words: `Document not genuine`, `ID document face match`. */
export function words(code: string): string {
  const known = new Set(['id', 'mrz', 'ocr', 'nfc', 'url', 'dob', 'ai', 'api']);
  const parts = code
    .split(/[_\s.]+/)
    .filter(Boolean)
    .map((part) => (known.has(part.toLowerCase()) ? part.toUpperCase() : part.toLowerCase()));
  const text = parts.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const timeOnly = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

export const formatDateTime = (iso: string): string => dateTime.format(new Date(iso));
export const formatExact = (iso: string): string => exact.format(new Date(iso));
export const formatTime = (iso: string): string => timeOnly.format(new Date(iso));

const units: [string, number][] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

/** A span of time with its two largest units: `2 d 3 h`, `4 min 10 s`. */
export function formatSpan(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [name, size] of units) {
    const count = Math.floor(rest / size);
    if (count > 0 || (name === 's' && parts.length === 0)) parts.push(`${count} ${name}`);
    rest -= count * size;
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}

/** How long ago, with its largest unit: `4 min`. */
export function formatAge(iso: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
  const [name, size] = units.find(([, length]) => seconds >= length) ?? ['s', 1];
  return `${Math.floor(seconds / size)} ${name}`;
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
