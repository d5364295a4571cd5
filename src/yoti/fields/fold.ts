/** Letters that accents alone don't explain; each as ICAO Doc 9303-3, section 6 A, writes it in a zone. */
const spelledOut: Record<string, string> = {
  Ä: 'AE',
  Å: 'AA',
  Æ: 'AE',
  Ö: 'OE',
  Ø: 'OE',
  Œ: 'OE',
  Ü: 'UE',
  ẞ: 'SS',
  Þ: 'TH',
  Ð: 'D',
  Đ: 'D',
  Ł: 'L',
  Ħ: 'H',
  Ŧ: 'T',
};

/** The same letters as many read them: without what is above or through them. */
const bare: Record<string, string> = { ...spelledOut, Ä: 'A', Å: 'A', Ö: 'O', Ø: 'O', Ü: 'U' };

function spell(text: string, letters: Record<string, string>): string {
  return Array.from(text.normalize('NFC').replaceAll('ß', 'ẞ').toUpperCase())
    .map((letter) => letters[letter] ?? letter)
    .join('')
    .normalize('NFD')
    .replace(/\p{M}/gu, '');
}

/** Letters and digits of a text, without case, accents, spaces and punctuation. */
export const fold = (text: string): string => spell(text, bare).replace(/[^\p{L}\p{N}]/gu, '');

/** The words of a name in its two usual spellings in plain letters: `MÜLLER` is `MUELLER` or `MULLER`. */
export function nameSpellings(name: string): string[][] {
  return [spelledOut, bare].map((letters) =>
    spell(name, letters)
      .replace(/['’`]/g, '')
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word !== ''),
  );
}

/** Whether a text has letters of another script than Latin. */
export const isNonLatin = (text: string): boolean => /[^\P{L}\p{Script=Latin}]/u.test(text);
