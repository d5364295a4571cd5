import { countryCodes } from './country-codes.js';
import type { DocumentFilter, Specification } from './specification.js';

/**
 * Something Yoti would refuse (`error`) or that is probably not meant (`warning`). `path` leads to the place in the
 * specification, `fix` says what to do about it.
 */
export interface SpecificationProblem {
  path: (string | number)[];
  message: string;
  severity: 'error' | 'warning';
  fix?: string;
}

type Path = SpecificationProblem['path'];

const day = 24 * 60 * 60;
const shortestToken = 300;
const advisedToken = 900;
const costlyRetention = 92 * day;

/** Document types in Yoti's list of supported documents. */
const knownDocumentTypes = new Set(
  (
    'AADHAAR CITIZENCARD DRIVING_LICENCE HEALTH_CARD MYKAD NATIONAL_ID NEXUS_CARD PAN PASSPORT PHILSYS_ID POSTAL_ID ' +
    'POSTOFFICE PROFESSIONAL_ID RESIDENCE_PERMIT SCIS SSS_ID_CARD STATE_ID TRAVEL_DOCUMENT UMID VOTER_ID YOUNGSCOT'
  ).split(' '),
);

/** Languages of Yoti's web client. */
const knownLocales = new Set(
  'ar bs cs da de el-GR en-CA en-GB en-US es es-419 fi fr hi it ja nb nl pl pt ro ru sr sv th tr vi'.split(
    ' ',
  ),
);

/** Screens Yoti's web client can leave out. */
const knownScreens = new Set([
  'FACE_CAPTURE_EDUCATION',
  'FLOW_COMPLETION',
  'ID_DOCUMENT_EDUCATION',
  'ID_DOCUMENT_REQUIREMENTS',
  'STATIC_LIVENESS_EDUCATION',
  'SUPPLEMENTARY_DOCUMENT_EDUCATION',
  'ZOOM_LIVENESS_EDUCATION',
]);

/**
 * Finds in one pass everything in a specification that Yoti refuses with `PAYLOAD_VALIDATION`, or that works but is
 * probably not meant (Yoti: create a session). An empty list, or one of warnings only, may be published.
 */
export function checkSpecification(specification: Specification): SpecificationProblem[] {
  return [
    ...checkLimits(specification.limits),
    ...checkChecks(specification),
    ...checkTasks(specification),
    ...checkDocuments(specification),
    ...checkCapture(specification.capture),
    ...checkClient(specification.client),
  ];
}

function error(path: Path, message: string, fix?: string): SpecificationProblem {
  return { path, message, severity: 'error', ...(fix === undefined ? {} : { fix }) };
}

function warning(path: Path, message: string, fix?: string): SpecificationProblem {
  return { ...error(path, message, fix), severity: 'warning' };
}

function* checkLimits({ tokenTtlSeconds, resourcesTtlSeconds }: Specification['limits']) {
  const token = ['limits', 'tokenTtlSeconds'];
  const resources = ['limits', 'resourcesTtlSeconds'];
  if (tokenTtlSeconds <= shortestToken) {
    yield error(token, 'The person needs more than 300 seconds.', 'Give at least 900 seconds.');
  } else if (tokenTtlSeconds < advisedToken) {
    yield warning(token, 'Below 600 seconds left, people see a warning.', 'Give at least 900 seconds.');
  }
  const shortest = Math.max(day, tokenTtlSeconds + day);
  if (resourcesTtlSeconds < shortest) {
    const fix = `Keep for at least ${shortest} seconds.`;
    yield error(resources, 'Yoti keeps captures for at least 24 hours more than the token lives.', fix);
  } else if (resourcesTtlSeconds > costlyRetention) {
    yield warning(resources, 'Yoti may charge for keeping captures longer than three months.');
  }
}

function* checkChecks({ checks }: Specification) {
  if (checks.length === 0) yield error(['checks'], 'At least one check is needed.');
  const types = checks.map(({ type }) => type);
  for (const [index, { type }] of checks.entries()) {
    if (types.indexOf(type) < index) {
      const message =
        type === 'LIVENESS' ? 'A session has one kind of liveness.' : `${type} is asked for twice.`;
      yield error(['checks', index], message, 'Keep one of them.');
    }
  }
  const faceMatch = types.indexOf('ID_DOCUMENT_FACE_MATCH');
  if (faceMatch >= 0 && !types.includes('LIVENESS')) {
    yield error(['checks', faceMatch], 'A face match compares with a liveness capture.', 'Add LIVENESS.');
  }
}

function* checkTasks({ tasks, checks, documents }: Specification) {
  const types = tasks.map(({ type }) => type);
  for (const [index, { type }] of tasks.entries()) {
    if (types.indexOf(type) < index) {
      yield error(['tasks', index], `${type} is asked for twice.`, 'Keep one of them.');
    }
  }
  const asksDocument = checks.some(({ type }) => type.startsWith('ID_DOCUMENT_'));
  if (tasks.length > 0 && !asksDocument && documents.length === 0) {
    yield warning(['tasks'], 'Nothing asks for a document to work on.', 'Add a required document.');
  }
  if (tasks.length === 0 && !asksDocument && documents.length > 0) {
    yield warning(['documents'], 'No check or task looks at the document.');
  }
  const authenticity = checks.findIndex(({ type }) => type === 'ID_DOCUMENT_AUTHENTICITY');
  if (authenticity >= 0 && !types.includes('ID_DOCUMENT_TEXT_DATA_EXTRACTION')) {
    const message = 'Without text extraction, expiry and fraud lists are not checked.';
    yield warning(['checks', authenticity], message, 'Add ID_DOCUMENT_TEXT_DATA_EXTRACTION.');
  }
}

function* checkDocuments({ documents }: Specification) {
  const seen = new Set<string>();
  for (const [index, { filter }] of documents.entries()) {
    const path = ['documents', index];
    const key = JSON.stringify(filter);
    if (documents.length > 1 && (filter === undefined || seen.has(key))) {
      yield warning(path, 'One document could satisfy two requirements.', 'Give them different filters.');
    }
    seen.add(key);
    if (filter !== undefined) yield* checkFilter(filter, [...path, 'filter']);
  }
}

function* checkFilter(filter: DocumentFilter, path: Path): Generator<SpecificationProblem> {
  if (filter.kind === 'DOCUMENTS') {
    yield* checkCombinations(filter, path);
    return;
  }
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
) {
  const excludesAll = inclusion === 'EXCLUDE' && [...all].every((value) => listed.includes(value));
  if (excludesAll || (inclusion === 'INCLUDE' && listed.length === 0)) {
    yield error(path, 'The filter leaves no document.', 'Allow at least one, or leave the restriction out.');
  } else if (listed.length === 0) {
    yield warning(path, 'The restriction excludes nothing.', 'Leave it out.');
  }
}

function* checkCombinations(filter: Extract<DocumentFilter, { kind: 'DOCUMENTS' }>, path: Path) {
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

function* checkCountries(codes: string[], path: Path) {
  for (const [index, code] of codes.entries()) {
    const at = [...path, index];
    if (!/^[A-Z]{3}$/.test(code)) {
      yield error(
        at,
        `"${code}" is not a three-letter country code.`,
        'Use ISO 3166-1 alpha-3, such as GBR.',
      );
    } else if (!countryCodes.has(code)) {
      yield warning(at, `No country has the code ${code}.`, 'Use ISO 3166-1 alpha-3, such as GBR.');
    }
  }
}

function* checkDocumentTypes(types: string[], path: Path) {
  for (const [index, type] of types.entries()) {
    if (!knownDocumentTypes.has(type)) {
      yield warning([...path, index], `"${type}" is not a document type that Yoti is known to support.`);
    }
  }
}

function* checkCapture(capture: Specification['capture']) {
  for (const name of ['genericRetries', 'reclassificationRetries'] as const) {
    const retries = capture[name];
    if (retries !== undefined && retries < 1) {
      yield error(['capture', name], 'At least 1 attempt is needed.', 'Give 1 or more, or leave it out.');
    }
  }
}

function* checkClient(client: Specification['client']) {
  const { locale, primaryColour, privacyPolicyUrl, suppressedScreens } = client;
  if (locale !== undefined && !knownLocales.has(locale)) {
    const message = `Yoti's pages are not known to speak "${locale}".`;
    yield warning(['client', 'locale'], message, `Use one of ${[...knownLocales].join(', ')}.`);
  }
  if (primaryColour !== undefined && !/^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(primaryColour)) {
    yield error(['client', 'primaryColour'], 'This is not a colour.', 'Write #rgb or #rrggbb.');
  }
  if (privacyPolicyUrl !== undefined && !isWebAddress(privacyPolicyUrl)) {
    yield error(['client', 'privacyPolicyUrl'], 'This is not a web address.', 'Start with https://.');
  }
  if (suppressedScreens?.length === 0) {
    yield error(['client', 'suppressedScreens'], 'The list is empty.', 'Leave it out.');
  }
  for (const [index, screen] of (suppressedScreens ?? []).entries()) {
    if (!knownScreens.has(screen)) {
      yield warning(
        ['client', 'suppressedScreens', index],
        `"${screen}" is not a screen Yoti is known to have.`,
      );
    }
  }
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
