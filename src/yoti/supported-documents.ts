import { z } from 'zod';
import { badResponse } from './read-answer.js';

const wireSchema = z.object({
  supported_countries: z.array(
    z.object({
      code: z.string(),
      supported_documents: z.array(
        z.object({
          type: z.string(),
          is_strictly_latin: z.boolean().nullish(),
          requirements: z.object({ date_from: z.string().nullish() }).nullish(),
        }),
      ),
    }),
  ),
});

/** Which documents Yoti supports, by issuing country (ISO 3166-1 alpha-3). */
export interface SupportedCountry {
  code: string;
  documents: {
    type: string;
    /** Whether the document is always in Latin script; null when not told. */
    strictlyLatin: boolean | null;
    /** Only documents issued after this day are supported; null when all are. */
    issuedAfter: string | null;
  }[];
}

/** Yoti: supported documents. Throws `YOTI_BAD_RESPONSE` for another form. */
export function mapSupportedDocuments(wire: unknown): SupportedCountry[] {
  const parsed = wireSchema.safeParse(wire);
  if (!parsed.success) throw badResponse('no list of supported documents');
  return parsed.data.supported_countries.map(({ code, supported_documents }) => ({
    code,
    documents: supported_documents.map(({ type, is_strictly_latin, requirements }) => ({
      type,
      strictlyLatin: is_strictly_latin ?? null,
      issuedAfter: requirements?.date_from ?? null,
    })),
  }));
}
