import yoti from 'yoti';
import type { DocumentFilter } from '../../src/yoti/checks/document-filter.js';
import type { RequiredDocument } from '../../src/yoti/specification.js';
import type { FieldRow } from './specification-fields.js';

const orthogonal = () => new yoti.OrthogonalRestrictionsFilterBuilder();
const documents = () => new yoti.DocumentRestrictionsFilterBuilder();
const restriction = () => new yoti.DocumentRestrictionBuilder();

type BuiltFilter =
  ReturnType<ReturnType<typeof orthogonal>['build']> | ReturnType<ReturnType<typeof documents>['build']>;

const idDocument = 'required_documents[ID_DOCUMENT]';

function filtered(filter: DocumentFilter, field: string, value: unknown, built: BuiltFilter): FieldRow {
  const type = filter.kind === 'ORTHOGONAL' ? 'ORTHOGONAL_RESTRICTIONS' : 'DOCUMENT_RESTRICTIONS';
  return {
    field: `${idDocument}.filter[${type}].${field}`,
    policy: { documents: [{ type: 'ID_DOCUMENT', filter }] },
    value,
    sdk: [idDocument, new yoti.RequiredIdDocumentBuilder().withFilter(built).build()],
  };
}

const codes = ['GBR', 'FRA'];
const types = ['PASSPORT'];

const orthogonalRows: FieldRow[] = [
  filtered(
    { kind: 'ORTHOGONAL', countries: { inclusion: 'INCLUDE', codes } },
    'country_restriction.inclusion',
    'WHITELIST',
    orthogonal().withWhitelistedCountries(codes).build(),
  ),
  filtered(
    { kind: 'ORTHOGONAL', countries: { inclusion: 'EXCLUDE', codes } },
    'country_restriction.inclusion',
    'BLACKLIST',
    orthogonal().withBlacklistedCountries(codes).build(),
  ),
  filtered(
    { kind: 'ORTHOGONAL', countries: { inclusion: 'INCLUDE', codes } },
    'country_restriction.country_codes',
    codes,
    orthogonal().withWhitelistedCountries(codes).build(),
  ),
  filtered(
    { kind: 'ORTHOGONAL', documentTypes: { inclusion: 'INCLUDE', types } },
    'type_restriction.inclusion',
    'WHITELIST',
    orthogonal().withWhitelistedDocumentTypes(types).build(),
  ),
  filtered(
    { kind: 'ORTHOGONAL', documentTypes: { inclusion: 'EXCLUDE', types } },
    'type_restriction.inclusion',
    'BLACKLIST',
    orthogonal().withBlacklistedDocumentTypes(types).build(),
  ),
  filtered(
    { kind: 'ORTHOGONAL', documentTypes: { inclusion: 'INCLUDE', types } },
    'type_restriction.document_types',
    types,
    orthogonal().withWhitelistedDocumentTypes(types).build(),
  ),
  filtered(
    { kind: 'ORTHOGONAL', allowExpired: true },
    'allow_expired_documents',
    true,
    orthogonal().withAllowExpiredDocuments(true).build(),
  ),
  filtered(
    { kind: 'ORTHOGONAL', allowNonLatin: false },
    'allow_non_latin_documents',
    false,
    orthogonal().withAllowNonLatinDocuments(false).build(),
  ),
];

const licences = [{ countryCodes: ['GBR'], documentTypes: ['DRIVING_LICENCE'] }, { documentTypes: types }];
const built = () =>
  documents()
    .forWhitelist()
    .withDocumentRestriction(
      restriction().withCountries(['GBR']).withDocumentTypes(['DRIVING_LICENCE']).build(),
    )
    .withDocumentRestriction(restriction().withDocumentTypes(types).build());
const included = { kind: 'DOCUMENTS', inclusion: 'INCLUDE', documents: licences } as const;

const documentsRows: FieldRow[] = [
  filtered(included, 'inclusion', 'WHITELIST', built().build()),
  filtered({ ...included, inclusion: 'EXCLUDE' }, 'inclusion', 'BLACKLIST', built().forBlacklist().build()),
  filtered(included, 'documents[].country_codes', ['GBR'], built().build()),
  filtered(included, 'documents[].document_types', ['DRIVING_LICENCE'], built().build()),
  filtered(
    { ...included, allowExpired: false },
    'allow_expired_documents',
    false,
    built().withAllowExpiredDocuments(false).build(),
  ),
  filtered(
    { ...included, allowNonLatin: true },
    'allow_non_latin_documents',
    true,
    built().withAllowNonLatinDocuments(true).build(),
  ),
];

const supplementary = 'required_documents[SUPPLEMENTARY_DOCUMENT]';
const bill = { type: 'SUPPLEMENTARY_DOCUMENT', objective: 'PROOF_OF_ADDRESS' } as const;
const builtBill = () =>
  new yoti.RequiredSupplementaryDocumentBuilder().withObjective(
    new yoti.ProofOfAddressObjectiveBuilder().build(),
  );

const proves = (document: RequiredDocument, field: string, value: unknown, object: object): FieldRow => ({
  field: `${supplementary}.${field}`,
  policy: { documents: [document] },
  value,
  sdk: [supplementary, object],
});

/** Rows for `required_documents`. */
export const documentRows: FieldRow[] = [
  {
    field: idDocument,
    policy: { documents: [{ type: 'ID_DOCUMENT' }] },
    value: { type: 'ID_DOCUMENT' },
    sdk: [idDocument, new yoti.RequiredIdDocumentBuilder().build()],
  },
  ...orthogonalRows,
  ...documentsRows,
  proves(bill, 'objective[PROOF_OF_ADDRESS]', { type: 'PROOF_OF_ADDRESS' }, builtBill().build()),
  proves(
    { ...bill, documentTypes: ['UTILITY_BILL'] },
    'document_types',
    ['UTILITY_BILL'],
    builtBill().withDocumentTypes(['UTILITY_BILL']).build(),
  ),
  proves(
    { ...bill, countryCodes: ['GBR'] },
    'country_codes',
    ['GBR'],
    builtBill().withCountryCodes(['GBR']).build(),
  ),
];
