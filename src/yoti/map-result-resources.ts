import { task } from './map-result-checks.js';
import {
  holder,
  holders,
  id,
  listOf,
  mediaRef,
  openText,
  part,
  smallPart,
  text,
  texts,
  times,
  timestamps,
} from './map-result-parts.js';

const page = part(
  { capture_method: text, media: mediaRef.nullish(), frames: holders, extraction_image_ids: texts },
  (wire) => ({
    captureMethod: wire.capture_method,
    media: wire.media ?? null,
    frames: wire.frames,
    extractionImageIds: wire.extraction_image_ids,
  }),
);

const source = smallPart({ type: openText }, (wire) => wire);

const resource = { id, tasks: listOf(task), source: source.nullish(), ...timestamps };

/** What all resources share. Whether one counted is told by the checks, see `markCounted`. */
const common = <Task, Source>(wire: {
  id: string;
  tasks: Task[];
  source?: Source | null | undefined;
  created: string | null;
  created_at: string | null;
  last_updated: string | null;
}) => ({
  id: wire.id,
  tasks: wire.tasks,
  source: wire.source ?? null,
  counted: false,
  countedBy: new Array<string>(),
  ...times(wire),
});

const document = {
  ...resource,
  document_type: text,
  issuing_country: text,
  pages: listOf(page),
  document_fields: holder,
};

/** What is read from the document's media is added later, see `addContents`. */
const unread = { fields: null, extractedFields: [], machineReadableZone: null };

const idDocument = part(
  { ...document, document_id_photo: holder, expanded_document_fields: holder },
  (wire) => ({
    ...common(wire),
    documentType: wire.document_type,
    issuingCountry: wire.issuing_country,
    pages: wire.pages,
    documentFields: wire.document_fields,
    ...unread,
    documentIdPhoto: wire.document_id_photo,
    expandedDocumentFields: wire.expanded_document_fields,
    expandedFields: null,
  }),
);

const supplementaryDocument = part({ ...document, file: holder }, (wire) => ({
  ...common(wire),
  documentType: wire.document_type,
  issuingCountry: wire.issuing_country,
  pages: wire.pages,
  documentFields: wire.document_fields,
  ...unread,
  file: wire.file,
}));

const livenessCapture = part(
  { ...resource, liveness_type: text, image: holder, frames: holders, facemap: holder },
  (wire) => ({
    ...common(wire),
    livenessType: wire.liveness_type,
    image: wire.image,
    frames: wire.frames,
    facemap: wire.facemap,
  }),
);

const faceCapture = part({ ...resource, image: holder }, (wire) => ({ ...common(wire), image: wire.image }));

const applicantProfile = part({ ...resource, media: mediaRef.nullish() }, (wire) => ({
  ...common(wire),
  media: wire.media ?? null,
}));

const shareCode = part(
  { ...resource, lookup_profile: holder, returned_profile: holder, id_photo: holder, file: holder },
  (wire) => ({
    ...common(wire),
    lookupProfile: wire.lookup_profile,
    returnedProfile: wire.returned_profile,
    idPhoto: wire.id_photo,
    file: wire.file,
  }),
);

/** Yoti: resources. */
export const resources = part(
  {
    id_documents: listOf(idDocument),
    supplementary_documents: listOf(supplementaryDocument),
    liveness_capture: listOf(livenessCapture),
    face_capture: listOf(faceCapture),
    applicant_profiles: listOf(applicantProfile),
    share_codes: listOf(shareCode),
  },
  (wire) => wire,
);
