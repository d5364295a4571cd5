import { words } from '../../ui/words';
import type { Document, ExtractedField } from './queries';

export interface Field {
  name: string;
  label: string;
  value: string;
  agreement: ExtractedField['agreement'];
  sources: FieldSource[];
}

export interface FieldSource {
  label: string;
  value: string;
  disagrees: boolean;
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

const addresses = ['structured_postal_address', 'postal_address'];

/** The data of a document in groups for reading. Fields that nobody foresaw come last, as they are. */
export function groupFields({ extractedFields }: Document): FieldGroup[] {
  const found = new Map(extractedFields.map((field) => [field.name, field]));
  const groups = order.map(([title, names]) => ({ title, fields: fieldsOf(found, names) }));
  const named = new Set([...addresses, ...order.flatMap(([, names]) => names)]);
  const others = [...found.keys()].filter((name) => !named.has(name));
  return [
    ...groups,
    { title: 'Address', fields: addressFields(found) },
    { title: 'Other', fields: fieldsOf(found, others) },
  ].filter((group) => group.fields.length > 0);
}

const fieldsOf = (found: Map<string, ExtractedField>, names: string[]): Field[] =>
  names
    .map((name) => found.get(name))
    .filter((field) => field !== undefined)
    .map(toField);

/** A printed address says the same as the structured one, and where it was read. */
function addressFields(found: Map<string, ExtractedField>): Field[] {
  const printed = found.get('postal_address');
  if (printed) return [{ ...toField(printed), label: 'Address' }];
  const structured = found.get('structured_postal_address');
  if (!structured) return [];
  const { value } = structured;
  if (!isRecord(value)) return [toField(structured)];
  if (typeof value.formatted_address === 'string') {
    return [{ ...toField({ ...structured, value: value.formatted_address }), label: 'Address' }];
  }
  return Object.entries(value)
    .filter(([, part]) => part !== null && part !== '')
    .map(([name, part]) => toField({ ...structured, name, value: part }));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function toField({ name, value, agreement, sources }: ExtractedField): Field {
  return {
    name,
    label: words(name),
    value: shown(value),
    agreement,
    sources: sources.map((source) => ({
      label: sourceLabel(source),
      value: shown(source.value),
      disagrees: source.agrees === false,
    })),
  };
}

const sourceNames: Record<string, string> = {
  DOCUMENT_FIELDS: 'Yoti',
  VIZ: 'Printed',
  MRZ: 'MRZ',
  BARCODE: 'Barcode',
};

/** Where a value was read. Countersign reads the lines of the zone on its own. */
function sourceLabel({ source, readBy, locale, transliteration }: ExtractedField['sources'][number]): string {
  const remarks = [
    ...(locale !== null && locale !== 'la' ? [locale] : []),
    ...(transliteration ? ['transliterated'] : []),
  ];
  const name = readBy === 'countersign' ? 'MRZ lines' : (sourceNames[source] ?? words(source));
  return remarks.length > 0 ? `${name} (${remarks.join(', ')})` : name;
}

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
