import type { DocumentFilter } from './spec.js';

/** A country and the document types the service can read from it. */
export interface CountryDocuments {
  /** ISO 3166-1 alpha-3. */
  code: string;
  supported_documents: SupportedDocument[];
}

/** A document type of a country. */
export interface SupportedDocument {
  type: string;
  is_strictly_latin: boolean;
  /** Only documents issued after this day, `yyyy-mm-dd`, can be read. */
  requirements?: { date_from: string };
}

/** alpha-3 and alpha-2 of the simulated countries. */
const COUNTRIES =
  'ALB AL,AND AD,ARE AE,ARG AR,ARM AM,AUS AU,AUT AT,AZE AZ,BEL BE,BGD BD,BGR BG,BHR BH,BIH BA,BLR BY,BOL BO,BRA BR,' +
  'BRB BB,CAN CA,CHE CH,CHL CL,CHN CN,CMR CM,COL CO,CRI CR,CUB CU,CYP CY,CZE CZ,DEU DE,DNK DK,DOM DO,DZA DZ,ECU EC,' +
  'EGY EG,ESP ES,EST EE,ETH ET,FIN FI,FRA FR,GBR GB,GEO GE,GHA GH,GRC GR,GTM GT,HKG HK,HRV HR,HUN HU,IDN ID,IND IN,' +
  'IRL IE,IRN IR,IRQ IQ,ISL IS,ISR IL,ITA IT,JAM JM,JOR JO,JPN JP,KAZ KZ,KEN KE,KOR KR,KWT KW,LBN LB,LIE LI,LKA LK,' +
  'LTU LT,LUX LU,LVA LV,MAR MA,MCO MC,MDA MD,MEX MX,MKD MK,MLT MT,MNE ME,MYS MY,NGA NG,NLD NL,NOR NO,NPL NP,NZL NZ,' +
  'OMN OM,PAK PK,PAN PA,PER PE,PHL PH,POL PL,PRT PT,PRY PY,QAT QA,ROU RO,RUS RU,SAU SA,SEN SN,SGP SG,SMR SM,SRB RS,' +
  'SVK SK,SVN SI,SWE SE,THA TH,TTO TT,TUN TN,TUR TR,TWN TW,TZA TZ,UGA UG,UKR UA,URY UY,USA US,UZB UZ,VEN VE,VNM VN,' +
  'ZAF ZA,ZMB ZM,ZWE ZW';

const ALPHA2 = new Map(COUNTRIES.split(',').map((pair) => pair.split(' ') as [string, string]));

/** Countries whose domestic documents (not passports) are printed in another script than Latin. */
const NON_LATIN = new Set(
  'ARE ARM BGD BGR CHN EGY GEO GRC HKG IRN IRQ ISR JOR JPN KOR KWT LBN RUS SAU THA TWN UKR'.split(' '),
);
const NO_LICENCE = new Set('CUB IRN IRQ'.split(' '));
const NO_NATIONAL_ID = new Set('AUS CAN DNK GBR IRL JPN NOR NZL USA'.split(' '));
const RESIDENCE_PERMIT = new Set(
  'AUT BEL BGR CHE CYP CZE DEU DNK ESP EST FIN FRA GBR GRC HRV HUN IRL ISL ITA LTU LUX LVA MLT NLD NOR POL PRT ROU SVK SVN SWE'.split(
    ' ',
  ),
);
const SPECIAL: Record<string, string[]> = {
  GBR: ['CITIZENCARD', 'POSTOFFICE', 'YOUNGSCOT'],
  USA: ['STATE_ID', 'NEXUS_CARD'],
  CAN: ['HEALTH_CARD', 'SCIS', 'NEXUS_CARD'],
  IND: ['AADHAAR', 'PAN'],
  MYS: ['MYKAD'],
  PHL: ['PHILSYS_ID', 'POSTAL_ID', 'PROFESSIONAL_ID', 'SSS_ID_CARD', 'UMID', 'VOTER_ID'],
};

/** Since when a country's documents of a type are in the form that the service reads, by `code type`. */
const DATE_FROM: Record<string, string> = {
  'FRA DRIVING_LICENCE': '2013-09-01',
  'DEU DRIVING_LICENCE': '2013-01-19',
  'ITA NATIONAL_ID': '2016-07-04',
};

function documentsOf(code: string): CountryDocuments['supported_documents'] {
  const domestic = [
    ...(NO_LICENCE.has(code) ? [] : ['DRIVING_LICENCE']),
    ...(NO_NATIONAL_ID.has(code) ? [] : ['NATIONAL_ID']),
    ...(RESIDENCE_PERMIT.has(code) ? ['RESIDENCE_PERMIT'] : []),
    ...(SPECIAL[code] ?? []),
  ];
  return [
    { type: 'PASSPORT', is_strictly_latin: true },
    ...domestic.map((type) => {
      const from = DATE_FROM[`${code} ${type}`];
      const requirements = from === undefined ? {} : { requirements: { date_from: from } };
      return { type, is_strictly_latin: !NON_LATIN.has(code), ...requirements };
    }),
    { type: 'TRAVEL_DOCUMENT', is_strictly_latin: true },
  ];
}

const ALL: CountryDocuments[] = [...ALPHA2.keys()].map((code) => ({
  code,
  supported_documents: documentsOf(code),
}));

/** Document types of supplementary documents when the specification names none. */
export const SUPPLEMENTARY_TYPES = ['UTILITY_BILL', 'BANK_STATEMENT', 'PHONE_BILL', 'COUNCIL_TAX_BILL'];

/** Documents with one page that matters; all others have a front and a back. */
export const pagesOf = (documentType: string) =>
  documentType === 'PASSPORT' || documentType === 'TRAVEL_DOCUMENT' ? 1 : 2;

/** English country name of an alpha-3 code, or the code itself. */
export function countryName(code: string): string {
  const alpha2 = ALPHA2.get(code);
  return (alpha2 && new Intl.DisplayNames('en', { type: 'region' }).of(alpha2)) ?? code;
}

function select(keep: (country: string, type: string, latin: boolean) => boolean): CountryDocuments[] {
  return ALL.map(({ code, supported_documents }) => ({
    code,
    supported_documents: supported_documents.filter((doc) => keep(code, doc.type, doc.is_strictly_latin)),
  })).filter((country) => country.supported_documents.length > 0);
}

/** The whole list; documents in other scripts only when asked for. */
export const supportedDocuments = (includeNonLatin: boolean) =>
  select((_country, _type, latin) => includeNonLatin || latin);

/** `WHITELIST`/`BLACKLIST` are the old names of `INCLUDE`/`EXCLUDE`; any case. */
const includes = (inclusion: string) => ['WHITELIST', 'INCLUDE'].includes(inclusion.toUpperCase());

type Restriction = { inclusion: string; values: string[] } | undefined;

function passes(restriction: Restriction, value: string): boolean {
  if (!restriction) return true;
  return restriction.values.includes(value) === includes(restriction.inclusion);
}

/** What a required document's filter leaves; no filter leaves every Latin document. */
export function allowedDocuments(filter: DocumentFilter | undefined): CountryDocuments[] {
  const nonLatin = filter?.allow_non_latin_documents ?? false;
  if (!filter) return supportedDocuments(nonLatin);
  if (filter.type === 'ORTHOGONAL_RESTRICTIONS') {
    const country = filter.country_restriction;
    const type = filter.type_restriction;
    const byCountry = country && { inclusion: country.inclusion, values: country.country_codes };
    const byType = type && { inclusion: type.inclusion, values: type.document_types };
    return select(
      (code, doc, latin) => (nonLatin || latin) && passes(byCountry, code) && passes(byType, doc),
    );
  }
  const { documents, inclusion } = filter;
  const listed = (code: string, type: string) =>
    documents.some(
      (entry) =>
        (entry.country_codes?.includes(code) ?? true) && (entry.document_types?.includes(type) ?? true),
    );
  return select((code, type, latin) => (nonLatin || latin) && listed(code, type) === includes(inclusion));
}
