import { words } from '../../ui/words';
import { attemptsOf } from './attempts';
import type { Document, SessionResult } from './queries';

/** One picture of the case. */
export interface Exhibit {
  mediaId: string;
  /** The resource it belongs to: what checks name as used. */
  resourceId: string;
  label: string;
  kind: 'page' | 'portrait' | 'face';
}

export interface Exhibits {
  documents: Exhibit[];
  faces: Exhibit[];
}

/** The pictures worth looking at: documents with the attempt that counted first, then portraits; and the faces. */
export function exhibitsOf(result: SessionResult): Exhibits {
  return {
    documents: [...attemptsOf(result.idDocuments), ...attemptsOf(result.supplementaryDocuments)]
      .flatMap(({ resource, suffix }) => documentExhibits(resource, suffix))
      .concat(result.shareCodes.flatMap(shareCodeExhibits)),
    faces: [
      ...attemptsOf(result.livenessCaptures).flatMap(({ resource, suffix }) =>
        faceExhibits(resource, suffix),
      ),
      ...result.faceCaptures.flatMap(suppliedFace),
    ],
  };
}

function documentExhibits(document: Document, suffix: string): Exhibit[] {
  const resourceId = document.id;
  const name = document.documentType ? words(document.documentType) : 'Document';
  const pages = document.pages.flatMap(({ media, frames }, page) => [
    ...(media ? [{ mediaId: media.id, label: pageLabel(name, page, document.pages.length) + suffix }] : []),
    ...frames.map(({ id }, frame) => ({ mediaId: id, label: `Frame ${frame + 1}${suffix}` })),
  ]);
  const portrait = 'documentIdPhoto' in document ? document.documentIdPhoto : null;
  const file = 'file' in document ? document.file : null;
  return [
    ...pages.map((page) => ({ ...page, resourceId, kind: 'page' as const })),
    ...(file
      ? [{ mediaId: file.id, label: `${name} file${suffix}`, resourceId, kind: 'page' as const }]
      : []),
    ...(portrait
      ? [{ mediaId: portrait.id, label: `Portrait${suffix}`, resourceId, kind: 'portrait' as const }]
      : []),
  ];
}

function pageLabel(name: string, page: number, count: number): string {
  if (count === 1) return name;
  return ['Front', 'Back'][page] ?? `Page ${page + 1}`;
}

type Liveness = SessionResult['livenessCaptures'][number];

function faceExhibits(capture: Liveness, suffix: string): Exhibit[] {
  const pictures = [
    ...(capture.image ? [{ mediaId: capture.image.id, label: `Selfie${suffix}` }] : []),
    ...capture.frames.map(({ id }, frame) => ({ mediaId: id, label: `Selfie ${frame + 1}${suffix}` })),
  ];
  return pictures.map((picture) => ({ ...picture, resourceId: capture.id, kind: 'face' as const }));
}

const suppliedFace = ({ id, image }: SessionResult['faceCaptures'][number]): Exhibit[] =>
  image ? [{ mediaId: image.id, resourceId: id, label: 'Supplied picture', kind: 'face' }] : [];

function shareCodeExhibits({ id, idPhoto, file }: SessionResult['shareCodes'][number]): Exhibit[] {
  return [
    ...(idPhoto
      ? [{ mediaId: idPhoto.id, resourceId: id, label: 'Portrait of the share code', kind: 'page' as const }]
      : []),
    ...(file
      ? [{ mediaId: file.id, resourceId: id, label: 'File of the share code', kind: 'page' as const }]
      : []),
  ];
}
