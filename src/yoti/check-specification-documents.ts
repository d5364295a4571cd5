import { compileFilter, documentFilterWire, type DocumentFilter } from './checks/document-filter.js';
import { tasks } from './checks/index.js';
import { documentsAllowed, knownDocumentTypes } from './checks/known-documents.js';
import { error, warning, type Path, type Problems } from './check-specification-problem.js';
import { countryCodes } from './country-codes.js';
import type { RequiredDocument, Specification } from './specification.js';

const useAlpha3 = 'Use ISO 3166-1 alpha-3, such as GBR.';

/** Yoti: create a session, required documents: their filters, and whether one document could be shown twice. */
export function* checkDocuments(specification: Specification): Problems {
  const { documents } = specification;
  for (const [index, document] of documents.entries()) {
    const path = ['documents', index];
    if (document.type === 'SUPPLEMENTARY_DOCUMENT') yield* checkSupplementary(document, path);
    else if (document.filter !== undefined) yield* checkFilter(document.filter, [...path, 'filter']);
    yield* checkRead(specification, document, path);
  }
  yield* checkOverlaps(documents);
}

/** Whether any task or check looks at the document. */
function* checkRead(
  { checks, tasks: asked }: Specification,
  document: RequiredDocument,
  path: Path,
): Problems {
  const reader = tasks.find(({ reads }) => reads === document.type);
  const read = asked.some(({ type }) => type === reader?.type);
  const checked =
    document.type === 'ID_DOCUMENT' && checks.some(({ type }) => type.startsWith('ID_DOCUMENT_'));
  if (!read && !checked) {
    yield warning(path, 'No check or task looks at the document.', `Add the task ${reader?.type}.`);
  }
}

/** One card that satisfies two requirements leaves the second without a document of its own. */
function* checkOverlaps(documents: readonly RequiredDocument[]): Problems {
  const allowed = documents.length > 1 ? documents.map(possibilities) : [];
  for (const [index, own] of allowed.entries()) {
    for (const [earlier, other] of allowed.slice(0, index).entries()) {
      if (documents[earlier]?.type !== documents[index]?.type) continue;
      const shared = [...own].find((one) => other.has(one));
      if (shared === undefined) continue;
      const message = `One document could satisfy this requirement and number ${earlier + 1}, such as ${shared}.`;
      yield warning(['documents', index], message, 'Give them filters that share no document.');
      break;
    }
  }
}

function possibilities(document: RequiredDocument): ReadonlySet<string> {
  if (document.type === 'ID_DOCUMENT') return documentsOf(document.filter);
  const { countryCodes: countries = [...countryCodes], documentTypes = ['any kind'] } = document;
  return new Set(countries.flatMap((country) => documentTypes.map((type) => `${country} ${type}`)));
}

/** Every document that may satisfy the filter, as `GBR PASSPORT`; all without one. */
export function documentsOf(filter: DocumentFilter | undefined): ReadonlySet<string> {
  if (filter === undefined) return documentsAllowed(undefined);
  const wire = documentFilterWire.safeParse(JSON.parse(JSON.stringify(compileFilter(filter))));
  // What Yoti doesn't take as a filter has been named as an error at its own place.
  return wire.success ? documentsAllowed(wire.data) : new Set();
}

function* checkSupplementary(
  document: Extract<RequiredDocument, { type: 'SUPPLEMENTARY_DOCUMENT' }>,
  path: Path,
): Problems {
  for (const part of ['documentTypes', 'countryCodes'] as const) {
    if (document[part]?.length === 0) {
      yield error([...path, part], 'An empty list leaves no document.', 'Leave the list out to allow all.');
    }
  }
  yield* checkCountries(document.countryCodes ?? [], [...path, 'countryCodes']);
}

/** Finds what is wrong with a filter, and whether it leaves a document at all (Yoti: document filters). */
export function* checkFilter(filter: DocumentFilter, path: Path): Problems {
  const found = [
    ...(filter.kind === 'DOCUMENTS' ? checkCombinations(filter, path) : checkOrthogonal(filter, path)),
  ];
  yield* found;
  if (!found.some(({ severity }) => severity === 'error') && documentsOf(filter).size === 0) {
    yield error(path, 'The filter leaves no document.', 'Allow countries that issue the document types.');
  }
}

function* checkOrthogonal(filter: Extract<DocumentFilter, { kind: 'ORTHOGONAL' }>, path: Path): Problems {
  const { countries, documentTypes } = filter;
  if (countries !== undefined) {
    const at = [...path, 'countries', 'codes'];
    yield* checkRestriction(countries.inclusion, countries.codes, countryCodes, at);
    yield* checkCountries(countries.codes, at);
  }
  if (documentTypes !== undefined) {
    const at = [...path, 'documentTypes', 'types'];
    yield* checkRestriction(documentTypes.inclusion, documentTypes.types, knownDocumentTypes, at);
    yield* checkDocumentTypes(documentTypes.types, at);
  }
}

/** One dimension of an orthogonal filter: does it leave anything, and does it restrict anything? */
function* checkRestriction(
  inclusion: 'INCLUDE' | 'EXCLUDE',
  listed: string[],
  all: ReadonlySet<string>,
  path: Path,
): Problems {
  const excludesAll = inclusion === 'EXCLUDE' && [...all].every((value) => listed.includes(value));
  if (excludesAll || (inclusion === 'INCLUDE' && listed.length === 0)) {
    yield error(path, 'The filter leaves no document.', 'Allow at least one, or leave the restriction out.');
  } else if (listed.length === 0) {
    yield warning(path, 'The restriction excludes nothing.', 'Leave it out.');
  }
}

function* checkCombinations(filter: Extract<DocumentFilter, { kind: 'DOCUMENTS' }>, path: Path): Problems {
  const at = [...path, 'documents'];
  if (filter.documents.length === 0) {
    yield filter.inclusion === 'INCLUDE'
      ? error(at, 'The filter leaves no document.', 'List at least one combination.')
      : warning(at, 'The filter excludes nothing.', 'Leave it out.');
  }
  for (const [index, combination] of filter.documents.entries()) {
    const here = [...at, index];
    const parts = [combination.countryCodes, combination.documentTypes];
    if (parts.every((part) => part === undefined)) {
      yield filter.inclusion === 'EXCLUDE'
        ? error(here, 'The filter leaves no document.', 'Say which countries or types are excluded.')
        : warning(here, 'The combination allows every document.', 'Say which countries or types.');
    }
    if (parts.some((part) => part?.length === 0)) {
      yield error(here, 'An empty list matches no document.', 'Leave the list out to match all.');
    }
    yield* checkCountries(combination.countryCodes ?? [], [...here, 'countryCodes']);
    yield* checkDocumentTypes(combination.documentTypes ?? [], [...here, 'documentTypes']);
  }
}

/** An issuing country's code: well-formed, and known. */
export function* checkCountry(code: string, path: Path): Problems {
  if (!/^[A-Z]{3}$/.test(code)) {
    yield error(path, `"${code}" is not a three-letter country code.`, useAlpha3);
  } else if (!countryCodes.has(code)) {
    yield warning(path, `No country has the code ${code}.`, useAlpha3);
  }
}

function* checkCountries(codes: string[], path: Path): Problems {
  for (const [index, code] of codes.entries()) yield* checkCountry(code, [...path, index]);
}

function* checkDocumentTypes(types: string[], path: Path): Problems {
  for (const [index, type] of types.entries()) {
    if (!knownDocumentTypes.has(type)) {
      const message = `"${type}" is not a document type that Yoti is known to support.`;
      yield warning([...path, index], message, `Use one of ${[...knownDocumentTypes].join(', ')}.`);
    }
  }
}
