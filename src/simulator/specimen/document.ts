import { countryName } from '../documents.js';
import { td1, td3, type MrzData } from './mrz.js';
import { personOf, sequence, type Person } from './person.js';

/** What is printed on a specimen document. */
export interface SpecimenDocument {
  documentType: string;
  country: string;
  countryName: string;
  person: Person;
  /** Selects the drawn face; the same person has the same face on every document. */
  faceSeed: string;
  documentNumber: string;
  /** `yyyy-mm-dd` */
  issued: string;
  expires: string;
  authority: string;
  mrz: string[];
}

/** What identifies a specimen: everything printed follows from it. */
export interface SpecimenKey {
  sessionId: string;
  documentType: string;
  country: string;
  /** When the session was created, milliseconds since the epoch. */
  createdAt: number;
  expired: boolean;
  /** Printed instead of a number of its own. */
  documentNumber?: string;
}

const shiftYears = (date: Date, years: number) =>
  new Date(Date.UTC(date.getUTCFullYear() + years, date.getUTCMonth(), date.getUTCDate()))
    .toISOString()
    .slice(0, 10);

/** Specimen document of a session: the same key gives the same document. */
export function specimenDocument(key: SpecimenKey): SpecimenDocument {
  const created = new Date(key.createdAt);
  const person = personOf(key.sessionId, created.getUTCFullYear());
  const next = sequence(`${key.sessionId}/${key.documentType}/${key.country}`);
  const day = new Date(Date.UTC(created.getUTCFullYear(), next('month', 12), 1 + next('day', 28)));
  const age = key.expired ? 11 + next('age', 3) : 1 + next('age', 8);
  const issued = shiftYears(day, -age);
  const expires = shiftYears(day, 10 - age);
  const documentNumber = key.documentNumber ?? numberOf(key, person, next);
  const base = { ...key, person, documentNumber, issued, expires };
  return {
    documentType: key.documentType,
    country: key.country,
    countryName: countryName(key.country),
    person,
    faceSeed: key.sessionId,
    documentNumber,
    issued,
    expires,
    authority: key.country === 'GBR' ? 'HMPO' : `${key.country} SPECIMEN OFFICE`,
    mrz: zoneOf(base),
  };
}

function numberOf(key: SpecimenKey, person: Person, next: (label: string, below: number) => number): string {
  const digits = (length: number) => String(next('number', 10 ** length)).padStart(length, '0');
  if (key.documentType === 'DRIVING_LICENCE' && key.country === 'GBR') return driverNumber(person);
  return key.documentType === 'PASSPORT' ? `9${digits(8)}` : `S${digits(8)}`;
}

/** British driver number: surname, decade, month (+50 for women), day, year, initials, arbitrary characters. */
function driverNumber({ familyName, givenNames, sex, dateOfBirth }: Person): string {
  const [year = '', month = '', day = ''] = dateOfBirth.split('-');
  const surname = familyName
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toUpperCase()
    .padEnd(5, '9')
    .slice(0, 5);
  const initials = givenNames
    .split(' ')
    .map((name) => name.normalize('NFD')[0] ?? '')
    .join('')
    .padEnd(2, '9')
    .slice(0, 2);
  const monthCode = String(Number(month) + (sex === 'F' ? 50 : 0)).padStart(2, '0');
  return `${surname}${year[2]}${monthCode}${day}${year[3]}${initials}9ZZ`;
}

type Printed = SpecimenKey & { person: Person; documentNumber: string; expires: string };

const ZONE_CODES: Record<string, string> = {
  PASSPORT: 'P',
  TRAVEL_DOCUMENT: 'PT',
  NATIONAL_ID: 'I',
  RESIDENCE_PERMIT: 'IR',
};

function zoneOf(printed: Printed): string[] {
  const documentCode = ZONE_CODES[printed.documentType];
  if (documentCode === undefined) return [];
  const data: MrzData = {
    documentCode,
    issuer: printed.country,
    nationality: printed.country,
    familyName: printed.person.familyName,
    givenNames: printed.person.givenNames,
    documentNumber: printed.documentNumber,
    dateOfBirth: printed.person.dateOfBirth,
    sex: printed.person.sex,
    expires: printed.expires,
  };
  return documentCode.startsWith('P') ? td3(data) : td1(data);
}

/** The content of the `document_fields` media: what a reader finds on the specimen. */
export function documentFields(doc: SpecimenDocument): Record<string, unknown> {
  const { person, mrz } = doc;
  const [line1, line2, line3] = mrz;
  return {
    full_name: `${person.givenNames} ${person.familyName}`.toUpperCase(),
    date_of_birth: person.dateOfBirth,
    ...(mrz.length > 0 && { nationality: doc.country }),
    given_names: person.givenNames.toUpperCase(),
    family_name: person.familyName.toUpperCase(),
    place_of_birth: person.placeOfBirth.toUpperCase(),
    gender: person.sex === 'F' ? 'FEMALE' : 'MALE',
    ...(doc.documentType === 'DRIVING_LICENCE' && { structured_postal_address: postalAddress(doc) }),
    document_type: doc.documentType,
    issuing_country: doc.country,
    document_number: doc.documentNumber,
    expiration_date: doc.expires,
    date_of_issue: doc.issued,
    issuing_authority: doc.authority,
    ...(mrz.length > 0 && {
      mrz: { type: mrz.length === 3 ? 1 : 2, line1, line2, ...(line3 !== undefined && { line3 }) },
    }),
  };
}

/** The content of the `expanded_document_fields` media for a document with these fields. */
export function expandedFields(document: Record<string, unknown>) {
  const fields = Object.entries(document)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .map(([name, value]) => ({ name, value, locale: 'la', source: 'VIZ' }));
  return { fields };
}

/** The fields of a proof of address. */
export function supplementaryFields(doc: SpecimenDocument): Record<string, unknown> {
  return {
    full_name: `${doc.person.givenNames} ${doc.person.familyName}`.toUpperCase(),
    document_type: doc.documentType,
    issuing_country: doc.country,
    date_of_issue: doc.issued,
    organisation: 'SPECIMEN UTILITIES',
    structured_postal_address: postalAddress(doc),
  };
}

/** The person's address as the service structures it. */
export function postalAddress({ person, country, countryName: name }: SpecimenDocument) {
  const { building_number, street, town_city, postal_code } = person.address;
  return {
    address_format: country === 'GBR' ? 1 : 4,
    building_number,
    address_line1: `${building_number} ${street}`,
    town_city,
    postal_code,
    country_iso: country,
    country: name,
    formatted_address: `${building_number} ${street}\n${town_city}\n${postal_code}\n${name}`,
  };
}
