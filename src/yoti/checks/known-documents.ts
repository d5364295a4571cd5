import { countryCodes } from '../country-codes.js';
import type { WireDocumentFilter } from './document-filter.js';

/** Document types in Yoti's list of supported documents. */
export const knownDocumentTypes: ReadonlySet<string> = new Set(
  (
    'AADHAAR CITIZENCARD DRIVING_LICENCE HEALTH_CARD MYKAD NATIONAL_ID NEXUS_CARD PAN PASSPORT PHILSYS_ID POSTAL_ID ' +
    'POSTOFFICE PROFESSIONAL_ID RESIDENCE_PERMIT SCIS SSS_ID_CARD STATE_ID TRAVEL_DOCUMENT UMID VOTER_ID YOUNGSCOT'
  ).split(' '),
);

/** Types that only these countries issue. */
const issuers: Readonly<Record<string, readonly string[]>> = {
  AADHAAR: ['IND'],
  CITIZENCARD: ['GBR'],
  MYKAD: ['MYS'],
  NEXUS_CARD: ['CAN', 'USA'],
  PAN: ['IND'],
  PHILSYS_ID: ['PHL'],
  POSTOFFICE: ['GBR'],
  SCIS: ['CAN'],
  SSS_ID_CARD: ['PHL'],
  UMID: ['PHL'],
  YOUNGSCOT: ['GBR'],
};

/**
 * Every document that may satisfy a filter, as `GBR PASSPORT`. Generous, because Yoti's list grows and differs between
 * applications: any country may issue any type that isn't bound to others, and so may countries and types unknown
 * here that the filter names. What is empty here is refused by Yoti, too ("a filter leaves no document").
 */
export function documentsAllowed(filter: WireDocumentFilter | undefined): ReadonlySet<string> {
  const allows = predicateOf(filter);
  const countries = new Set([...countryCodes, ...named(filter, 'country_codes')]);
  const types = new Set([...knownDocumentTypes, ...named(filter, 'document_types')]);
  const allowed = new Set<string>();
  for (const country of countries) {
    for (const type of types) {
      const issued = issuers[type]?.includes(country) ?? true;
      if (issued && allows(country, type)) allowed.add(`${country} ${type}`);
    }
  }
  return allowed;
}

type Allows = (country: string, type: string) => boolean;

function predicateOf(filter: WireDocumentFilter | undefined): Allows {
  if (filter === undefined) return () => true;
  if (filter.type === 'ORTHOGONAL_RESTRICTIONS') {
    const { country_restriction: country, type_restriction: type } = filter;
    const byCountry = restriction(country?.inclusion, country?.country_codes);
    const byType = restriction(type?.inclusion, type?.document_types);
    return (code, name) => byCountry(code) && byType(name);
  }
  const wanted = includes(filter.inclusion);
  const listed = filter.documents.map(({ country_codes, document_types }) => ({
    countries: country_codes && new Set(country_codes),
    types: document_types && new Set(document_types),
  }));
  return (code, name) =>
    listed.some(({ countries, types }) => (countries?.has(code) ?? true) && (types?.has(name) ?? true)) ===
    wanted;
}

/** `WHITELIST` and `BLACKLIST` are the old names of `INCLUDE` and `EXCLUDE`; any case. */
const includes = (inclusion: string) => ['WHITELIST', 'INCLUDE'].includes(inclusion.toUpperCase());

function restriction(inclusion: string | undefined, values: readonly string[] | undefined) {
  if (inclusion === undefined || values === undefined) return () => true;
  const set = new Set(values);
  return (value: string) => set.has(value) === includes(inclusion);
}

function named(filter: WireDocumentFilter | undefined, part: 'country_codes' | 'document_types'): string[] {
  if (filter === undefined) return [];
  if (filter.type === 'DOCUMENT_RESTRICTIONS') return filter.documents.flatMap((one) => one[part] ?? []);
  const { country_restriction: country, type_restriction: type } = filter;
  return (part === 'country_codes' ? country?.country_codes : type?.document_types) ?? [];
}
