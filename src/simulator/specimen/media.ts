import { createHash } from 'node:crypto';
import { applicantProfileOf } from '../create-session.js';
import type { MediaOrigin, MediaRecord, ShareCodePart, SimulatedSession } from '../session.model.js';
import { drawLetter, drawPage } from './card.js';
import {
  documentFields,
  expandedFields,
  postalAddress,
  specimenDocument,
  supplementaryFields,
  type SpecimenDocument,
} from './document.js';
import { portraitSvg, selfieSvg } from './face.js';
import { textPdf } from './pdf.js';
import { identityReport, shareCodeProfile } from './profile.js';
import { photographSvg, renderPng } from './render.js';

/** Bytes and their content type. */
export interface MediaContent {
  contentType: string;
  bytes: Buffer;
}

const png = async (svg: string): Promise<MediaContent> => ({
  contentType: 'image/png',
  bytes: await renderPng(svg),
});
const pdf = (lines: string[]): MediaContent => ({ contentType: 'application/pdf', bytes: textPdf(lines) });
const json = (value: unknown): MediaContent => ({
  contentType: 'application/json',
  bytes: Buffer.from(JSON.stringify(value)),
});

/** What is needed to draw a page before or after it was captured. */
export interface PageRequest {
  kind: 'ID_DOCUMENT' | 'SUPPLEMENTARY_DOCUMENT';
  documentType: string;
  country: string;
  page: number;
  frame: number;
  look: { expired: boolean; blurred: boolean };
  documentNumber?: string;
}

type SpecimenRequest = Omit<PageRequest, 'page' | 'frame' | 'kind'>;

function specimenOf(session: SimulatedSession, wanted: SpecimenRequest) {
  return specimenDocument({
    sessionId: session.id,
    documentType: wanted.documentType,
    country: wanted.country,
    createdAt: session.createdAt,
    expired: wanted.look.expired,
    ...(wanted.documentNumber !== undefined && { documentNumber: wanted.documentNumber }),
  });
}

/** The document that the session's person has, whatever was captured. */
const usualDocument = (session: SimulatedSession) =>
  specimenOf(session, {
    documentType: 'PASSPORT',
    country: 'GBR',
    look: { expired: false, blurred: false },
  });

/** Photograph of a specimen page. */
export function specimenPage(session: SimulatedSession, request: PageRequest): Promise<MediaContent> {
  const doc = specimenOf(session, request);
  const page =
    request.kind === 'SUPPLEMENTARY_DOCUMENT'
      ? drawLetter(doc, postalAddress(doc).formatted_address)
      : drawPage(doc, request.page);
  return png(photographSvg({ ...page, frame: request.frame, blurred: request.look.blurred }));
}

/** A selfie of the session's person, or of somebody else. */
export function specimenSelfie(
  session: SimulatedSession,
  frame: number,
  otherPerson: boolean,
): Promise<MediaContent> {
  const { person, faceSeed } = usualDocument(session);
  return png(selfieSvg(otherPerson ? `${faceSeed}/other` : faceSeed, person.sex, frame));
}

/** A stand-in for the ZOOM face map: 32 KiB that follow from the resource's id. */
function facemap(livenessId: string): MediaContent {
  const blocks = Array.from({ length: 1024 }, (_, index) =>
    createHash('sha256').update(`${livenessId}/${index}`).digest(),
  );
  return { contentType: 'application/octet-stream', bytes: Buffer.concat(blocks) };
}

function fieldsOf(doc: SpecimenDocument, kind: PageRequest['kind']): Record<string, unknown> {
  return kind === 'ID_DOCUMENT' ? documentFields(doc) : supplementaryFields(doc);
}

/** Generates the content of a media object; undefined when its resource is gone. */
export async function generateMedia(
  session: SimulatedSession,
  record: MediaRecord,
): Promise<MediaContent | undefined> {
  const { origin } = record;
  switch (origin.kind) {
    case 'facemap':
      return facemap(origin.livenessId);
    case 'watchlist':
      return json({ hits: [] });
    case 'face_capture':
      return specimenSelfie(session, 0, false);
    case 'selfie': {
      const capture = session.liveness.find(({ id }) => id === origin.livenessId);
      return capture && specimenSelfie(session, origin.frame, capture.otherPerson);
    }
    case 'share_code':
      return shareCodeMedia(session, origin.part);
    case 'applicant_profile':
      return json(applicantProfileOf(session.spec));
    case 'identity_report':
    case 'profile_preview':
      return json(identityReport(session, usualDocument(session)));
    case 'import_token':
      return json({ token: createHash('sha256').update(session.id).digest('base64url') });
    default:
      return documentMedia(session, origin);
  }
}

function shareCodeMedia(
  session: SimulatedSession,
  part: ShareCodePart,
): Promise<MediaContent> | MediaContent {
  const doc = usualDocument(session);
  if (part === 'id_photo') return png(portraitSvg(doc.faceSeed, doc.person.sex));
  if (part === 'file') return pdf(['SPECIMEN: proof of status', doc.person.familyName]);
  return json(shareCodeProfile(part, doc));
}

type DocumentOrigin = Extract<MediaOrigin, { documentId: string }>;

async function documentMedia(
  session: SimulatedSession,
  origin: DocumentOrigin,
): Promise<MediaContent | undefined> {
  const resource = session.documents.find(({ id }) => id === origin.documentId);
  if (!resource) return undefined;
  if (origin.kind === 'page') return specimenPage(session, { ...resource, ...origin, kind: resource.kind });
  const doc = specimenOf(session, resource);
  if (origin.kind === 'fields') return json(resource.fields ?? fieldsOf(doc, resource.kind));
  if (origin.kind === 'expanded_fields') return json(expandedFields(resource.fields ?? documentFields(doc)));
  if (origin.kind === 'file') return pdf(['SPECIMEN', ...postalAddress(doc).formatted_address.split('\n')]);
  if (resource.portrait) {
    const { contentType, data } = resource.portrait;
    return { contentType, bytes: Buffer.from(data, 'base64') };
  }
  return png(portraitSvg(doc.faceSeed, doc.person.sex));
}
