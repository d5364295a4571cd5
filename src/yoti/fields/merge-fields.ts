import type { Agreement, ExtractedField, FieldSource, MachineReadableZone } from '../result-fields.js';
import { type Comparable, compareValues } from './compare-values.js';
import { isNonLatin } from './fold.js';
import { readZone } from './machine-readable-zone.js';

/** Where a document's data comes from: the contents of Yoti's media, as they came. */
export interface DocumentData {
  /** Content of `document_fields`. */
  fields: Record<string, unknown> | null;
  /** Content of `expanded_document_fields`. */
  expandedFields: Record<string, unknown> | null;
  /** When the document was captured, as Yoti wrote it. */
  createdAt: string | null;
}

export interface MergedFields {
  extractedFields: ExtractedField[];
  machineReadableZone: MachineReadableZone | null;
}

type Source = Omit<FieldSource, 'agrees'> & Comparable;

/** The most trusted first; sources unknown here come after the printed part. */
const ranks = ['DOCUMENT_FIELDS', 'VIZ', 'BARCODE', 'MRZ'];
const rankOf = ({ source: name, fromZone }: Source) => {
  const rank = ranks.indexOf(name);
  return (rank === -1 ? 1.5 : rank) + (fromZone ? 0.5 : 0);
};

/** So many sources of a field are compared with each other at most: Yoti tells three or four. */
const mostCompared = 20;

/**
 * Merges what Yoti read from a document (Yoti: document fields, expanded document fields) with what its
 * machine-readable zone says, read here: each field once, with all its sources, and whether they agree. Never throws.
 */
export function mergeFields({ fields, expandedFields, createdAt }: DocumentData): MergedFields {
  const { mrz, ...plain } = fields ?? {};
  const zone = readZone(mrz, createdAt);
  const found = new Map<string, Source[]>();
  const add = (name: string, one: Source) => {
    if (!isTold(one.value)) return;
    const sources = found.get(name);
    if (sources) sources.push(one);
    else found.set(name, [one]);
  };
  for (const [name, value] of Object.entries(plain)) add(name, source('DOCUMENT_FIELDS', value));
  const address = plain['structured_postal_address'];
  for (const [name, expanded] of expandedSources(expandedFields)) {
    if (name === 'postal_address' && !found.has(name)) {
      add(name, source('DOCUMENT_FIELDS', propertyOf(address, 'formatted_address')));
    }
    add(name, expanded);
  }
  for (const { name, value, cut } of zone?.readings ?? []) {
    // Zones have no full name; one is put together only to be compared.
    if (name === 'full_name' && !found.has(name)) continue;
    add(name, { ...source('MRZ', value), readBy: 'countersign', fromZone: true, cut });
  }
  return {
    extractedFields: [...found].map(([name, sources]) => merge(name, sources)),
    machineReadableZone: zone?.zone ?? null,
  };
}

const isTold = (value: unknown) => value !== null && value !== undefined && value !== '';

const propertyOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

function source(name: string, value: unknown): Source {
  return {
    source: name,
    readBy: 'yoti',
    value,
    locale: null,
    nonLatin: typeof value === 'string' && isNonLatin(value),
    transliteration: false,
    fromZone: false,
    cut: false,
  };
}

function expandedSources(expanded: Record<string, unknown> | null): [string, Source][] {
  const entries = expanded?.['fields'];
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown): [string, Source][] => {
    const name = propertyOf(entry, 'name');
    if (typeof name !== 'string') return [];
    const where = propertyOf(entry, 'source');
    const locale = propertyOf(entry, 'locale');
    const read = source(
      typeof where === 'string' && where !== '' ? where : 'UNKNOWN',
      propertyOf(entry, 'value'),
    );
    return [
      [
        name,
        {
          ...read,
          locale: typeof locale === 'string' ? locale : null,
          nonLatin: read.nonLatin || propertyOf(entry, 'is_non_latin') === true,
          transliteration: propertyOf(entry, 'is_transliteration') === true,
        },
      ],
    ];
  });
}

function merge(name: string, found: Source[]): ExtractedField {
  const sources = found.toSorted((one, other) => rankOf(one) - rankOf(other));
  const chosen = sources.find(({ nonLatin }) => !nonLatin) ?? sources[0];
  const judged = sources.map((one) => ({
    ...shown(one),
    agrees: chosen === undefined || one === chosen ? true : compareValues(name, one, chosen),
  }));
  return { name, value: chosen?.value, agreement: agreementOf(name, sources), sources: judged };
}

const shown = ({ fromZone: _fromZone, cut: _cut, ...told }: Source) => told;

function agreementOf(name: string, sources: Source[]): Agreement {
  if (sources.length === 1) return 'single';
  const compared = sources.slice(0, mostCompared);
  const verdicts = compared.flatMap((one, index) =>
    compared.slice(index + 1).map((other) => compareValues(name, one, other)),
  );
  if (verdicts.includes(false)) return 'disagreed';
  return verdicts.includes(true) ? 'agreed' : 'incomparable';
}
