import { findCheck, findTask } from './checks/index.js';
import type { CheckNeeds } from './checks/define-check.js';
import { watchlistTypes } from './checks/watchlist-advanced-ca.js';
import { watchlistCategories } from './checks/watchlist-screening.js';
import { checkFilter } from './check-specification-documents.js';
import { error, warning, type Path, type Problems } from './check-specification-problem.js';
import type { Specification } from './specification.js';

type Check = Specification['checks'][number];
type Task = Specification['tasks'][number];

/** Whether an identity profile decides what is asked and checked. */
export const hasProfile = ({ identityProfile, advancedIdentityProfiles }: Specification) =>
  identityProfile !== undefined || advancedIdentityProfiles !== undefined;

/** Yoti: create a session, requested checks: what each needs, and what they need of each other. */
export function* checkChecks(specification: Specification): Problems {
  const { checks } = specification;
  if (checks.length === 0 && !hasProfile(specification)) {
    yield error(['checks'], 'At least one check is needed.', 'Add a check, or an identity profile.');
  }
  const types: string[] = checks.map(({ type }) => type);
  for (const [index, check] of checks.entries()) {
    const { type } = check;
    const path = ['checks', index];
    if (types.indexOf(type) < index) {
      const message =
        type === 'LIVENESS' ? 'A session has one kind of liveness.' : `${type} is asked for twice.`;
      yield error(path, message, 'Keep one of them.');
    }
    yield* checkNeeds(specification, findCheck(type)?.needs ?? {}, path);
    yield* checkSettings(check, path);
  }
  const compared = types.includes('ID_DOCUMENT_FACE_MATCH') || types.includes('FACE_COMPARISON');
  const liveness = types.indexOf('LIVENESS');
  if (liveness >= 0 && !compared) {
    const message = 'A living face alone says nothing about who the person is.';
    yield warning(['checks', liveness], message, 'Add ID_DOCUMENT_FACE_MATCH.');
  }
}

/** With neither a document nor a profile asked for, Yoti asks for one identity document of any type. */
function idDocumentsOf({ documents }: Specification): number {
  return documents.length === 0 ? 1 : documents.filter(({ type }) => type === 'ID_DOCUMENT').length;
}

function* checkNeeds(specification: Specification, needs: CheckNeeds, path: Path): Problems {
  const { checks, tasks } = specification;
  if (needs.liveness && !checks.some(({ type }) => type === 'LIVENESS')) {
    yield error(path, 'The check compares with a liveness capture.', 'Add LIVENESS.');
  }
  if (needs.idDocuments !== undefined && idDocumentsOf(specification) < needs.idDocuments) {
    const message =
      needs.idDocuments === 2
        ? 'The check compares two identity documents.'
        : 'The check looks at an identity document, and none is asked for.';
    yield error(path, message, `Require ${needs.idDocuments === 2 ? 'two of them' : 'an ID_DOCUMENT'}.`);
  }
  if (needs.text && !tasks.some(({ type }) => type === 'ID_DOCUMENT_TEXT_DATA_EXTRACTION')) {
    const message = 'The check looks up what was read from a document, and nothing is read.';
    yield warning(path, message, 'Add the task ID_DOCUMENT_TEXT_DATA_EXTRACTION.');
  }
  if (needs.text && !asksIdDocument(specification)) {
    const message = 'The check looks up what was read from an identity document, and none is asked for.';
    yield warning(path, message, 'Require an ID_DOCUMENT.');
  }
}

function asksIdDocument({ checks, tasks, documents }: Specification): boolean {
  if (documents.length > 0) return documents.some(({ type }) => type === 'ID_DOCUMENT');
  return [...checks, ...tasks].some(({ type }) => type.startsWith('ID_DOCUMENT_'));
}

function* checkSettings(check: Check, path: Path): Problems {
  if (check.type === 'ID_DOCUMENT_AUTHENTICITY') {
    const sub = check.issuingAuthoritySubCheck;
    const at = [...path, 'issuingAuthoritySubCheck'];
    if (sub?.filter !== undefined) yield* checkFilter(sub.filter, [...at, 'filter']);
    if (sub?.requested === false && sub.filter !== undefined) {
      yield warning(at, "The filter is for nothing: the authority isn't asked.", 'Set requested to true.');
    }
  }
  if (check.type === 'WATCHLIST_SCREENING') {
    const at = [...path, 'categories'];
    if (check.categories.length === 0) yield warning(at, 'Nothing is searched.', 'Add SANCTIONS.');
    yield* checkNames(check.categories, watchlistCategories, at);
  }
  if (check.type === 'WATCHLIST_ADVANCED_CA' && check.sources?.kind === 'TYPE_LIST') {
    yield* checkNames(check.sources.types, watchlistTypes, [...path, 'sources', 'types']);
  }
}

function* checkNames(names: readonly string[], known: ReadonlySet<string>, path: Path): Problems {
  for (const [index, name] of names.entries()) {
    const at = [...path, index];
    if (names.indexOf(name) < index) yield warning(at, `"${name}" is listed twice.`, 'Keep one of them.');
    else if (!known.has(name)) {
      yield warning(at, `"${name}" is not known to Yoti.`, `Use one of ${[...known].join(', ')}.`);
    }
  }
}

/** Yoti: create a session, requested tasks: whether each has something to read, and what is never read. */
export function* checkTasks(specification: Specification): Problems {
  const { tasks, checks } = specification;
  const types: string[] = tasks.map(({ type }) => type);
  for (const [index, task] of tasks.entries()) {
    const path = ['tasks', index];
    if (types.indexOf(task.type) < index) {
      yield error(path, `${task.type} is asked for twice.`, 'Keep one of them.');
    }
    yield* checkTask(specification, task, path);
  }
  const authenticity = checks.findIndex(({ type }) => type === 'ID_DOCUMENT_AUTHENTICITY');
  if (authenticity >= 0 && !types.includes('ID_DOCUMENT_TEXT_DATA_EXTRACTION')) {
    const message = 'Without text extraction, expiry and fraud lists are not checked.';
    yield warning(['checks', authenticity], message, 'Add ID_DOCUMENT_TEXT_DATA_EXTRACTION.');
  }
}

function* checkTask({ checks, documents }: Specification, task: Task, path: Path): Problems {
  const reads = findTask(task.type)?.reads;
  const asked =
    documents.some(({ type }) => type === reads) ||
    (documents.length === 0 &&
      reads === 'ID_DOCUMENT' &&
      checks.some(({ type }) => type.startsWith('ID_DOCUMENT_')));
  if (!asked) {
    yield warning(path, 'Nothing asks for a document to work on.', `Add a required ${reads} to documents.`);
  }
  const nonLatin = documents.some((one) => one.type === 'ID_DOCUMENT' && one.filter?.allowNonLatin === true);
  if (reads === 'ID_DOCUMENT' && task.manualCheck === 'ALWAYS' && nonLatin) {
    const message = "Yoti's experts never read documents in non-Latin scripts, which a filter allows.";
    yield warning([...path, 'manualCheck'], message, 'Use FALLBACK, or allow Latin script only.');
  }
}
