import type { CheckResult, IdDocument, MediaRef, SessionResult } from './result.js';

/** How far the person is. */
export type Progress = 'not_started' | 'capturing' | 'submitted';

/**
 * How far the person is. "Submitted" is when Yoti has withdrawn the client token of an open session, which it does
 * when the person has finished (Yoti: session lifecycle).
 */
export function progressOf(result: SessionResult): Progress {
  if (result.state === 'COMPLETED') return 'submitted';
  if (result.state === 'ONGOING' && !result.clientTokenLive) return 'submitted';
  const captured =
    result.idDocuments.length > 0 ||
    result.livenessCaptures.length > 0 ||
    result.supplementaryDocuments.length > 0 ||
    result.biometricConsentAt !== null;
  return captured ? 'capturing' : 'not_started';
}

/**
 * The checks that count for a decision: every check, except that of several attempts at liveness only the first
 * approved one counts, or the latest when none is (Yoti: one approved attempt is enough).
 */
export function countedChecks(result: SessionResult): CheckResult[] {
  const attempts = result.checks.filter(({ type }) => type === 'LIVENESS');
  const latest = attempts.toSorted((one, other) =>
    (other.createdAt ?? '').localeCompare(one.createdAt ?? ''),
  )[0];
  const counted = attempts.find(({ recommendation }) => recommendation?.value === 'APPROVE') ?? latest;
  return result.checks.filter((check) => check.type !== 'LIVENESS' || check === counted);
}

/** What a media shows. */
export type MediaKind =
  | 'document_page'
  | 'document_frame'
  | 'document_portrait'
  | 'document_fields'
  | 'document_expanded_fields'
  | 'document_file'
  | 'liveness_image'
  | 'liveness_frame'
  | 'facemap'
  | 'face_image'
  | 'task_media'
  | 'check_media'
  | 'other';

/** A media of a session, and the resource, task or check that it belongs to (null for parts unknown here). */
export interface ListedMedia {
  id: string;
  /** IMAGE, JSON, BINARY or PDF. */
  type: string;
  kind: MediaKind;
  resourceId: string | null;
}

type Mention = [kind: MediaKind, resourceId: string | null, media: Pick<MediaRef, 'id' | 'type'> | null];

/** Every media that a result mentions, each once, under its most telling kind. */
export function listMedia(result: SessionResult): ListedMedia[] {
  const listed = new Map<string, ListedMedia>();
  for (const [kind, resourceId, media] of mentions(result)) {
    if (media !== null && !listed.has(media.id)) {
      listed.set(media.id, { id: media.id, type: media.type, kind, resourceId });
    }
  }
  return [...listed.values()];
}

function* mentions(result: SessionResult): Generator<Mention> {
  for (const document of result.idDocuments) {
    yield* documentMentions(document);
    yield ['document_portrait', document.id, document.documentIdPhoto];
    yield ['document_expanded_fields', document.id, document.expandedDocumentFields];
  }
  for (const document of result.supplementaryDocuments) {
    yield* documentMentions(document);
    yield ['document_file', document.id, document.file];
  }
  for (const capture of result.livenessCaptures) {
    yield ['liveness_image', capture.id, capture.image];
    for (const frame of capture.frames) yield ['liveness_frame', capture.id, frame];
    yield ['facemap', capture.id, capture.facemap];
  }
  for (const capture of result.faceCaptures) yield ['face_image', capture.id, capture.image];
  const { idDocuments, supplementaryDocuments, livenessCaptures, faceCaptures } = result;
  for (const { tasks } of [idDocuments, supplementaryDocuments, livenessCaptures, faceCaptures].flat()) {
    for (const task of tasks) {
      for (const media of task.generatedMedia) yield ['task_media', task.id, media];
    }
  }
  for (const check of result.checks) {
    for (const media of check.generatedMedia) yield ['check_media', check.id, media];
    yield* unknownMentions(check.other);
  }
  yield* unknownMentions(result.other);
}

function* documentMentions({
  id,
  pages,
  documentFields,
}: Pick<IdDocument, 'id' | 'pages' | 'documentFields'>): Generator<Mention> {
  for (const page of pages) {
    yield ['document_page', id, page.media];
    for (const frame of page.frames) yield ['document_frame', id, frame];
  }
  yield ['document_fields', id, documentFields];
}

/** Yoti wraps every media as `{ media: { id, type } }`, in parts that are unknown here too. */
function* unknownMentions(value: unknown): Generator<Mention> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    const media: unknown = inner;
    if (name === 'media' && isMedia(media)) yield ['other', null, media];
    else yield* unknownMentions(media);
  }
}

function isMedia(value: unknown): value is Pick<MediaRef, 'id' | 'type'> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    'type' in value &&
    typeof value.id === 'string' &&
    typeof value.type === 'string'
  );
}
