/** Machine-readable zones after ICAO Doc 9303: TD3 (passports, two lines of 44) and TD1 (cards, three lines of 30). */

/** What a machine-readable zone holds. Dates are `yyyy-mm-dd`. */
export interface MrzData {
  /** One or two letters, such as `P` or `I`. */
  documentCode: string;
  /** ISO 3166-1 alpha-3. */
  issuer: string;
  nationality: string;
  familyName: string;
  givenNames: string;
  documentNumber: string;
  dateOfBirth: string;
  sex: 'F' | 'M' | 'X';
  expires: string;
  /** Personal number (TD3) or optional data (TD1, first line). */
  optional?: string;
}

const WEIGHTS = [7, 3, 1];

/** Doc 9303 part 3, 4.9: weights 7, 3, 1 over 0–9, A–Z as 10–35 and the filler as 0, modulo 10. */
export function checkDigit(text: string): string {
  const sum = Array.from(text).reduce((total, character, index) => {
    const value = character === '<' ? 0 : Number.parseInt(character, 36);
    return total + value * (WEIGHTS[index % 3] ?? 0);
  }, 0);
  return String(sum % 10);
}

/** Doc 9303 part 3, section 6 A: letters that aren't simply stripped of their accent. */
const TRANSLITERATION: Record<string, string> = {
  Ä: 'AE',
  Å: 'AA',
  Æ: 'AE',
  Ö: 'OE',
  Ø: 'OE',
  Œ: 'OE',
  Ü: 'UE',
  ß: 'SS',
  ẞ: 'SS',
  Þ: 'TH',
  Ð: 'D',
  Ł: 'L',
};

/** A name in the zone's alphabet, words joined by one filler. */
export function transliterate(name: string): string {
  return Array.from(name.normalize('NFC').replaceAll('ß', 'ẞ').toUpperCase())
    .map((letter) => TRANSLITERATION[letter] ?? letter)
    .join('')
    .normalize('NFD')
    .replace(/[\u0300-\u036f'’]/g, '')
    .replace(/[^A-Z]+/g, '<')
    .replace(/^<|<$/g, '');
}

const fill = (text: string, length: number) => text.padEnd(length, '<').slice(0, length);
const shortDate = (date: string) => date.replaceAll('-', '').slice(2);
/** Germany is the one country whose code in the zone differs from ISO 3166-1. */
const zoneCode = (code: string) => fill(code === 'DEU' ? 'D' : code, 3);
const sexCode = (sex: MrzData['sex']) => (sex === 'X' ? '<' : sex);
const withCheck = (text: string) => text + checkDigit(text);

const names = (data: MrzData, length: number) =>
  fill(`${transliterate(data.familyName)}<<${transliterate(data.givenNames)}`, length);

/** The two lines of a passport. */
export function td3(data: MrzData): [string, string] {
  const number = withCheck(fill(data.documentNumber, 9));
  const birth = withCheck(shortDate(data.dateOfBirth));
  const expiry = withCheck(shortDate(data.expires));
  const optional = withCheck(fill(data.optional ?? '', 14));
  const composite = checkDigit(number + birth + expiry + optional);
  return [
    fill(data.documentCode, 2) + zoneCode(data.issuer) + names(data, 39),
    number + zoneCode(data.nationality) + birth + sexCode(data.sex) + expiry + optional + composite,
  ];
}

/** The three lines of a card. */
export function td1(data: MrzData): [string, string, string] {
  const number = withCheck(fill(data.documentNumber, 9)) + fill(data.optional ?? '', 15);
  const birth = withCheck(shortDate(data.dateOfBirth));
  const expiry = withCheck(shortDate(data.expires));
  const rest = fill('', 11);
  return [
    fill(data.documentCode, 2) + zoneCode(data.issuer) + number,
    birth +
      sexCode(data.sex) +
      expiry +
      zoneCode(data.nationality) +
      rest +
      checkDigit(number + birth + expiry + rest),
    names(data, 30),
  ];
}
