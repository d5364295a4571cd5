import type { MediaRef } from './result-parts.js';
import type { IdDocument } from './result-resources.js';
import type { SessionResult } from './result.js';

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
  | 'applicant_profile'
  | 'share_code_lookup'
  | 'share_code_returned'
  | 'share_code_portrait'
  | 'share_code_file'
  | 'check_profile'
  | 'watchlist_results'
  | 'identity_profile'
  | 'identity_profile_preview'
  | 'import_token'
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
  yield* documents(result);
  yield* captures(result);
  yield* suppliedData(result);
  yield* profiles(result);
  yield* checks(result);
  for (const task of allResources(result).flatMap(({ tasks }) => tasks)) {
    for (const media of task.generatedMedia) yield ['task_media', task.id, media];
  }
  yield* unknownMentions(result);
}

/** Every resource of a session, of whatever kind. */
const allResources = (result: SessionResult) => [
  ...result.idDocuments,
  ...result.supplementaryDocuments,
  ...result.livenessCaptures,
  ...result.faceCaptures,
  ...result.applicantProfiles,
  ...result.shareCodes,
];

function* documents({ idDocuments, supplementaryDocuments }: SessionResult): Generator<Mention> {
  for (const document of idDocuments) {
    yield* documentMentions(document);
    yield ['document_portrait', document.id, document.documentIdPhoto];
    yield ['document_expanded_fields', document.id, document.expandedDocumentFields];
  }
  for (const document of supplementaryDocuments) {
    yield* documentMentions(document);
    yield ['document_file', document.id, document.file];
  }
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

function* captures({ livenessCaptures, faceCaptures }: SessionResult): Generator<Mention> {
  for (const capture of livenessCaptures) {
    yield ['liveness_image', capture.id, capture.image];
    for (const frame of capture.frames) yield ['liveness_frame', capture.id, frame];
    yield ['facemap', capture.id, capture.facemap];
  }
  for (const capture of faceCaptures) yield ['face_image', capture.id, capture.image];
}

function* suppliedData({ applicantProfiles, shareCodes }: SessionResult): Generator<Mention> {
  for (const { id, media } of applicantProfiles) yield ['applicant_profile', id, media];
  for (const code of shareCodes) {
    yield ['share_code_portrait', code.id, code.idPhoto];
    yield ['share_code_file', code.id, code.file];
    yield ['share_code_lookup', code.id, code.lookupProfile];
    yield ['share_code_returned', code.id, code.returnedProfile];
  }
}

function* profiles(result: SessionResult): Generator<Mention> {
  for (const profile of [result.identityProfile, result.advancedIdentityProfile]) {
    yield ['identity_profile', null, profile?.report?.media ?? null];
  }
  for (const preview of [result.identityProfilePreview, result.advancedIdentityProfilePreview]) {
    yield ['identity_profile_preview', null, preview?.media ?? null];
  }
  yield ['import_token', null, result.importToken?.media ?? null];
}

function* checks(result: SessionResult): Generator<Mention> {
  for (const check of result.checks) {
    yield ['check_profile', check.id, check.generatedProfile];
    yield ['watchlist_results', check.id, check.watchlistSummary?.rawResults ?? null];
    for (const media of check.generatedMedia) yield ['check_media', check.id, media];
  }
}

/** Where unknown parts end that somebody else wrote: what was read from a document is no part of Yoti's answer. */
const CONTENTS = new Set(['fields', 'expandedFields', 'extractedFields', 'content']);

/** Yoti wraps every media as `{ media: { id, type } }`, in parts that are unknown here too. */
function* unknownMentions(value: unknown): Generator<Mention> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    const media: unknown = inner;
    if (name === 'media' && isMedia(media)) yield ['other', null, media];
    else if (!CONTENTS.has(name)) yield* unknownMentions(media);
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
