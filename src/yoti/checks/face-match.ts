import yoti from 'yoti';
import { z } from 'zod';
import { eachIdDocumentWithFace } from './captured-resources.js';
import { defineCheck, manualCheckSchema, manualCheckWire, withManualCheck } from './define-check.js';
import { photoReasons } from './photo-reasons.js';
import { simulateFaces } from './simulated-faces.js';

const settings = z
  .strictObject({
    type: z.literal('ID_DOCUMENT_FACE_MATCH').describe('Is the person the holder of the document?'),
    manualCheck: manualCheckSchema,
  })
  .meta({ id: 'FaceMatchCheck' });

const wire = z.looseObject({ manual_check: manualCheckWire });

/** Yoti: biometric checking, "face match". Compares the liveness picture with the document's portrait. */
export const faceMatch = defineCheck({
  type: 'ID_DOCUMENT_FACE_MATCH',
  title: 'Face match',
  description: 'Compares the face in front of the camera with the portrait on the identity document.',
  settings,
  wire,
  needs: { idDocuments: 1, liveness: true },
  runsOn: eachIdDocumentWithFace,
  toYoti({ manualCheck }) {
    return withManualCheck(new yoti.RequestedFaceMatchCheckBuilder(), manualCheck).build();
  },
  subChecks: {
    ai_face_match: 'The automatic comparison finds the same person.',
    manual_face_match: 'The expert finds the same person.',
  },
  reasons: {
    ...photoReasons,
    DIFFERENT_PERSON: 'The faces belong to different people.',
    DOCUMENT_COPY: 'The picture shows a copy of a document.',
    DOCUMENT_NOT_FOUND: 'There is no document in the picture.',
    FACE_NOT_FOUND: 'There is no face in the picture.',
    FACE_NOT_GENUINE: "The face isn't genuine.",
    FACE_PHOTO_LOW_RESOLUTION: "The document's portrait has too few pixels.",
    LARGE_AGE_GAP: 'The portrait is too old to compare.',
    PHOTO_OF_MASK: 'The picture shows a mask.',
    PHOTO_OF_PHOTO: 'The picture shows a picture.',
    TAMPERED: 'The document was altered.',
  },
  simulate: simulateFaces,
});
