import yoti from 'yoti';
import { z } from 'zod';

const inclusion = z
  .enum(['INCLUDE', 'EXCLUDE'])
  .describe('INCLUDE allows only what is listed, EXCLUDE allows everything else.');

export const countryCodesSchema = z
  .array(z.string().min(1).max(8))
  .max(300)
  .describe('Issuing countries as ISO 3166-1 alpha-3 codes, such as GBR.');

export const documentTypesSchema = z
  .array(z.string().min(1).max(64))
  .max(64)
  .describe("Document types in Yoti's spelling, such as PASSPORT or DRIVING_LICENCE.");

const allowExpired = z.boolean().optional().describe('Whether expired documents are accepted.');
const allowNonLatin = z.boolean().optional().describe('Whether documents in non-Latin scripts are accepted.');

const orthogonalFilterSchema = z
  .strictObject({
    kind: z
      .literal('ORTHOGONAL')
      .describe('Countries and document types are restricted independently of each other.'),
    countries: z
      .strictObject({ inclusion, codes: countryCodesSchema })
      .optional()
      .describe('Which issuing countries are allowed; all when left out.'),
    documentTypes: z
      .strictObject({ inclusion, types: documentTypesSchema })
      .optional()
      .describe('Which document types are allowed; all when left out.'),
    allowExpired,
    allowNonLatin,
  })
  .meta({ id: 'OrthogonalDocumentFilter' });

const documentsFilterSchema = z
  .strictObject({
    kind: z.literal('DOCUMENTS').describe('Combinations of countries and document types are listed.'),
    inclusion,
    documents: z
      .array(
        z.strictObject({
          countryCodes: countryCodesSchema.optional(),
          documentTypes: documentTypesSchema.optional(),
        }),
      )
      .max(300)
      .describe('The combinations; a part left out stands for all countries or all types.'),
    allowExpired,
    allowNonLatin,
  })
  .meta({ id: 'DocumentsFilter' });

/** Which documents satisfy a requirement (Yoti: create a session, document filters). */
export const documentFilterSchema = z
  .discriminatedUnion('kind', [orthogonalFilterSchema, documentsFilterSchema])
  .describe('Which documents are accepted.')
  .meta({ id: 'DocumentFilter' });

export type DocumentFilter = z.infer<typeof documentFilterSchema>;

/**
 * Builds Yoti's filter. The SDK writes `WHITELIST` and `BLACKLIST`, which Yoti maps to the `INCLUDE` and `EXCLUDE` it
 * has since renamed them to; so nothing is gained by going around the builders.
 */
export function compileFilter(filter: DocumentFilter) {
  return filter.kind === 'ORTHOGONAL' ? compileOrthogonal(filter) : compileDocuments(filter);
}

function compileOrthogonal(filter: Extract<DocumentFilter, { kind: 'ORTHOGONAL' }>) {
  const builder = new yoti.OrthogonalRestrictionsFilterBuilder();
  const { countries, documentTypes } = filter;
  if (countries?.inclusion === 'INCLUDE') builder.withWhitelistedCountries(countries.codes);
  if (countries?.inclusion === 'EXCLUDE') builder.withBlacklistedCountries(countries.codes);
  if (documentTypes?.inclusion === 'INCLUDE') builder.withWhitelistedDocumentTypes(documentTypes.types);
  if (documentTypes?.inclusion === 'EXCLUDE') builder.withBlacklistedDocumentTypes(documentTypes.types);
  return withAllowances(builder, filter).build();
}

function compileDocuments(filter: Extract<DocumentFilter, { kind: 'DOCUMENTS' }>) {
  const builder = new yoti.DocumentRestrictionsFilterBuilder();
  if (filter.inclusion === 'INCLUDE') builder.forWhitelist();
  else builder.forBlacklist();
  for (const { countryCodes, documentTypes } of filter.documents) {
    const restriction = new yoti.DocumentRestrictionBuilder();
    if (countryCodes !== undefined) restriction.withCountries(countryCodes);
    if (documentTypes !== undefined) restriction.withDocumentTypes(documentTypes);
    builder.withDocumentRestriction(restriction.build());
  }
  return withAllowances(builder, filter).build();
}

interface AllowanceBuilder {
  withAllowExpiredDocuments(allow: boolean): unknown;
  withAllowNonLatinDocuments(allow: boolean): unknown;
}

function withAllowances<Builder extends AllowanceBuilder>(
  builder: Builder,
  { allowExpired: expired, allowNonLatin: nonLatin }: DocumentFilter,
): Builder {
  if (expired !== undefined) builder.withAllowExpiredDocuments(expired);
  if (nonLatin !== undefined) builder.withAllowNonLatinDocuments(nonLatin);
  return builder;
}

/** Country codes as Yoti takes them. */
export const countryCodesWire = z.array(z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 3166-1 alpha-3 code'));
/** Document types as Yoti takes them. */
export const documentTypesWire = z.array(z.string().min(1));
const inclusionWire = z
  .string()
  .regex(/^(whitelist|blacklist|include|exclude)$/i, 'must be INCLUDE or EXCLUDE');

const scopeWire = {
  allow_expired_documents: z.boolean().optional(),
  allow_non_latin_documents: z.boolean().optional(),
};

/** A filter as Yoti takes it: old and new names of the inclusion, in any case. */
export const documentFilterWire = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('ORTHOGONAL_RESTRICTIONS'),
    country_restriction: z
      .looseObject({ inclusion: inclusionWire, country_codes: countryCodesWire })
      .optional(),
    type_restriction: z
      .looseObject({ inclusion: inclusionWire, document_types: documentTypesWire })
      .optional(),
    ...scopeWire,
  }),
  z.looseObject({
    type: z.literal('DOCUMENT_RESTRICTIONS'),
    inclusion: inclusionWire,
    documents: z.array(
      z.looseObject({
        country_codes: countryCodesWire.optional(),
        document_types: documentTypesWire.optional(),
      }),
    ),
    ...scopeWire,
  }),
]);

export type WireDocumentFilter = z.infer<typeof documentFilterWire>;
