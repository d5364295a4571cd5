import { mergeFields } from './fields/merge-fields.js';
import { markCounted } from './result-facts.js';
import { sessionResultSchema, type SessionResult } from './result.js';

/**
 * A stored result as it is shown: what an earlier release didn't store is filled in, and what follows from the rest
 * (which attempts counted, the merged fields) is worked out anew, so that old results gain from it too. Throws a
 * ZodError for anything else than a stored result.
 */
export function restoreResult(stored: unknown): SessionResult {
  const result = markCounted(sessionResultSchema.parse(stored));
  return {
    ...result,
    idDocuments: result.idDocuments.map((document) => ({ ...document, ...mergeFields(document) })),
    supplementaryDocuments: result.supplementaryDocuments.map((document) => ({
      ...document,
      ...mergeFields({ ...document, expandedFields: null }),
    })),
  };
}
