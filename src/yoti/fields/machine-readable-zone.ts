import { type Details, type FieldName, parse, type ParseResult } from 'mrz';
import type { MachineReadableZone } from '../result-fields.js';

/** A field as it stands in the zone, under Yoti's name for it. */
export interface ZoneReading {
  name: string;
  value: string;
  /** The zone had no room for the whole name. */
  cut: boolean;
}

/** A zone with its check digits verified, and what it says. */
export interface ReadZone {
  zone: MachineReadableZone;
  readings: ZoneReading[];
}

const digitNames: Partial<Record<FieldName, string>> = {
  documentNumberCheckDigit: 'document_number',
  birthDateCheckDigit: 'date_of_birth',
  expirationDateCheckDigit: 'expiration_date',
  personalNumberCheckDigit: 'personal_number',
  compositeCheckDigit: 'composite',
};

/** Check digits that visas don't have (ICAO Doc 9303-7). */
const notInVisas = new Set<FieldName | null>(['personalNumberCheckDigit', 'compositeCheckDigit']);

/**
 * Reads the machine-readable zone as Yoti's document fields hold it, `{ line1, line2, line3? }`, by ICAO Doc 9303
 * (TD1, TD2, TD3), and verifies each check digit. Lines of no known format are kept without a verdict. Never throws.
 *
 * @param capturedOn when the document was captured: nobody was born later, which settles the century
 * @returns null when there are no lines
 */
export function readZone(mrz: unknown, capturedOn: string | null): ReadZone | null {
  const lines = linesOf(mrz);
  if (lines.length === 0) return null;
  const parsed = parseLines(lines);
  if (parsed === null) {
    return { zone: { format: null, lines, valid: null, checkDigits: [] }, readings: [] };
  }
  const visa = lines[0]?.startsWith('V') === true;
  const checkDigits = parsed.details
    .filter(({ field }) => !(visa && notInVisas.has(field)))
    .flatMap(checkDigitOf);
  const valid = checkDigits.every((digit) => digit.valid);
  return {
    zone: { format: parsed.format, lines, valid, checkDigits },
    readings: readingsOf(parsed, lines, capturedOn),
  };
}

function linesOf(mrz: unknown): string[] {
  if (typeof mrz !== 'object' || mrz === null) return [];
  return ['line1', 'line2', 'line3']
    .map((name): unknown => Reflect.get(mrz, name))
    .filter((line) => typeof line === 'string')
    .map((line) => line.replace(/\s+/g, ''))
    .filter((line) => line !== '');
}

function parseLines(lines: string[]): ParseResult | null {
  // The package computes digits over any character; only these have a value in Doc 9303.
  if (!lines.every((line) => /^[A-Z0-9<]+$/.test(line))) return null;
  try {
    return parse(lines);
  } catch {
    return null;
  }
}

function checkDigitOf({ field, value, valid }: Details): MachineReadableZone['checkDigits'] {
  const name = field === null ? undefined : digitNames[field];
  if (name === undefined) return [];
  const digit = value ?? '';
  // A filler stands for the digit of an empty personal number only; nothing at all is no digit.
  return [{ name, digit, valid: valid && /^[0-9<]$/.test(digit) }];
}

function readingsOf(parsed: ParseResult, lines: string[], capturedOn: string | null): ZoneReading[] {
  const told = new Map(parsed.details.map(({ field, value }) => [field, value]));
  const family = told.get('lastName') ?? '';
  const given = told.get('firstName') ?? '';
  const nameLine = parsed.format === 'TD1' ? lines[2] : lines[0];
  const cut = nameLine?.endsWith('<') === false;
  const captured = /^\d{4}-\d{2}-\d{2}/.exec(capturedOn ?? '')?.[0];
  const latest = captured ?? expiryOf(told.get('expirationDate'));
  const readings: [string, string][] = [
    ['family_name', family],
    ['given_names', given],
    ['full_name', `${given} ${family}`.trim()],
    ['document_number', parsed.documentNumber ?? told.get('documentNumber') ?? ''],
    ['nationality', country(told.get('nationality'))],
    ['issuing_country', country(told.get('issuingState'))],
    ['date_of_birth', birthOf(told.get('birthDate'), latest)],
    ['gender', genders[told.get('sex') ?? ''] ?? ''],
    ['expiration_date', expiryOf(told.get('expirationDate'))],
  ];
  return readings
    .filter(([, value]) => value !== '')
    .map(([name, value]) => ({ name, value, cut: cut && name.includes('name') }));
}

const genders: Record<string, string> = { male: 'MALE', female: 'FEMALE' };

/** Germany is the one country whose code in a zone isn't that of ISO 3166-1 (ICAO Doc 9303-3). */
const country = (code: string | null | undefined): string => (code === 'D' ? 'DEU' : (code ?? ''));

/** `yymmdd` in the given century, as far as it is told. */
function dated(short: string | null | undefined, century: number): string {
  const digits = /^(\d{2})(\d{2}|<<)(\d{2}|<<)$/.exec(short ?? '');
  if (!digits) return '';
  const [, year = '', month = '<<', day = '<<'] = digits;
  const parts = [`${century}${year}`];
  if (month !== '<<') parts.push(month);
  if (month !== '<<' && day !== '<<') parts.push(day);
  return parts.join('-');
}

const expiryOf = (short: string | null | undefined): string => dated(short, 20);

function birthOf(short: string | null | undefined, latest: string): string {
  const recent = dated(short, 20);
  return latest !== '' && recent > latest ? dated(short, 19) : recent;
}
