import type { MediaRef } from './result-parts.js';
import type { SessionResult } from './result.js';

type Content = Record<string, unknown> | null;

/** A place in a result for the content of one of Yoti's media of the type JSON. */
export interface ContentPlace {
  media: MediaRef;
  /** What is there now; null until it is put there. */
  content: Content;
  put: (content: Content) => void;
}

/** Where a result takes up what is media of its own at Yoti: the data of documents and identity profiles. */
export function contentPlaces(result: SessionResult): ContentPlace[] {
  const places: (ContentPlace | null)[] = [];
  for (const document of [...result.idDocuments, ...result.supplementaryDocuments]) {
    places.push(place(document.documentFields, document, 'fields'));
  }
  for (const document of result.idDocuments) {
    places.push(place(document.expandedDocumentFields, document, 'expandedFields'));
  }
  const profiles = [result.identityProfile, result.advancedIdentityProfile].map((profile) => profile?.report);
  const previews = [result.identityProfilePreview, result.advancedIdentityProfilePreview];
  for (const holder of [...profiles, ...previews]) {
    if (holder) places.push(place(holder.media, holder, 'content'));
  }
  return places.filter((one) => one !== null);
}

function place<Name extends string>(
  media: MediaRef | null,
  holder: Record<Name, Content>,
  name: Name,
): ContentPlace | null {
  if (media === null) return null;
  return {
    media,
    content: holder[name],
    put(content) {
      holder[name] = content;
    },
  };
}
