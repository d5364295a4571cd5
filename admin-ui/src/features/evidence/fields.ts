import { words } from '../../ui/words';

export interface Field {
  name: string;
  label: string;
  value: string;
  /** Machine-readable zone: every character has its column. */
  monospaced?: boolean;
}

export interface FieldGroup {
  title: string;
  fields: Field[];
}

const order: [title: string, names: string[]][] = [
  [
    'Person',
    [
      'full_name',
      'given_names',
      'first_name',
      'middle_name',
      'family_name',
      'date_of_birth',
      'gender',
      'nationality',
      'place_of_birth',
      'country_of_birth',
    ],
  ],
  [
    'Document',
    [
      'document_type',
      'issuing_country',
      'document_number',
      'expiration_date',
      'date_of_issue',
      'issuing_authority',
      'place_of_issue',
    ],
  ],
];

/** The data of a document in groups for reading. Fields that nobody foresaw come last, as they are. */
export function groupFields(fields: Record<string, unknown>): FieldGroup[] {
  const { mrz, structured_postal_address: address, ...plain } = fields;
  const groups = order.map(([title, names]) => ({
    title,
    fields: names.filter((name) => isTold(plain[name])).map((name) => field(name, plain[name])),
  }));
  const named = new Set(order.flatMap(([, names]) => names));
  const others = Object.entries(plain).filter(([name, value]) => !named.has(name) && isTold(value));
  return [
    ...groups,
    { title: 'Address', fields: addressFields(address) },
    { title: 'Machine-readable zone', fields: zoneFields(mrz) },
    { title: 'Other', fields: others.map(([name, value]) => field(name, value)) },
  ].filter((group) => group.fields.length > 0);
}

const isTold = (value: unknown): boolean => value !== null && value !== undefined && value !== '';

const field = (name: string, value: unknown): Field => ({
  name,
  label: words(name),
  value: typeof value === 'string' ? value : JSON.stringify(value),
});

function addressFields(address: unknown): Field[] {
  if (!isRecord(address)) return [];
  const { formatted_address: formatted, ...parts } = address;
  if (typeof formatted === 'string')
    return [field('formatted_address', formatted)].map((f) => ({ ...f, label: 'Address' }));
  return Object.entries(parts)
    .filter(([, value]) => isTold(value))
    .map(([name, value]) => field(name, value));
}

function zoneFields(mrz: unknown): Field[] {
  if (!isRecord(mrz)) return [];
  const lines = ['line1', 'line2', 'line3']
    .map((name) => mrz[name])
    .filter((line) => typeof line === 'string');
  return lines.length > 0 ? [{ name: 'mrz', label: 'Lines', value: lines.join('\n'), monospaced: true }] : [];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Whether a document's last day, `yyyy-mm-dd`, is past. */
export function isPast(date: string, now: Date): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(date) && date < now.toISOString().slice(0, 10);
}

/** Age in whole years on a day. */
export function ageOn(birth: string, now: Date): number | null {
  const [year, month, day] = birth.split('-').map(Number);
  if (!year || !month || !day) return null;
  const hadBirthday =
    now.getUTCMonth() + 1 > month || (now.getUTCMonth() + 1 === month && now.getUTCDate() >= day);
  return now.getUTCFullYear() - year - (hadBirthday ? 0 : 1);
}
