import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { badResponse } from './read-answer.js';
import type { YotiConnection, YotiTransport } from './transport.js';

/** The list changes a few times a year. */
const KEPT_MS = 6 * 3_600_000;
/** API bases to keep the list of: there are a handful. */
const MOST_BASES = 20;

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

/** The lists of supported documents, asked for once in hours. */
export class SupportedDocuments {
  private readonly lists = new LRUCache<string, SupportedCountry[]>({ max: MOST_BASES, ttl: KEPT_MS });
  /** Of each credential, so that one with a wrong key or without an answer fails nobody else's question. */
  private readonly asking = new Map<string, Promise<SupportedCountry[]>>();

  constructor(private readonly transport: Pick<YotiTransport, 'json'>) {}

  /** The list of the connection's API base. Rejects with a `YotiError`, which is not kept. */
  async get(connection: YotiConnection): Promise<SupportedCountry[]> {
    const { apiUrl, tenantId, sdkId } = connection;
    const known = this.lists.get(apiUrl);
    if (known) return known;
    const key = `${tenantId} ${sdkId} ${apiUrl}`;
    const asking = this.asking.get(key) ?? this.ask(connection).finally(() => this.asking.delete(key));
    this.asking.set(key, asking);
    return asking;
  }

  private async ask(connection: YotiConnection): Promise<SupportedCountry[]> {
    const list = mapSupportedDocuments(
      await this.transport.json(connection, {
        method: 'GET',
        path: '/supported-documents',
        query: { includeNonLatin: 'true' },
        withSdkId: false,
      }),
    );
    this.lists.set(connection.apiUrl, list);
    return list;
  }
}
