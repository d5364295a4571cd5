import yoti from 'yoti';
import { z } from 'zod';
import { bothFaces } from './captured-resources.js';
import { defineCheck } from './define-check.js';
import { photoReasons } from './photo-reasons.js';
import { simulateFaces } from './simulated-faces.js';

const settings = z
  .strictObject({
    type: z.literal('FACE_COMPARISON').describe('Is the person the one in the picture that you supply?'),
  })
  .meta({ id: 'FaceComparisonCheck' });

/**
 * Yoti: face comparison. Compares the liveness picture with a face picture that the relying business supplies. Yoti's
 * experts have no part in it, so `manual_check` is always `NEVER`.
 */
export const faceComparison = defineCheck({
  type: 'FACE_COMPARISON',
  title: 'Face comparison',
  description: 'Compares the face in front of the camera with a face picture that you supply.',
  settings,
  wire: z.looseObject({ manual_check: z.literal('NEVER') }),
  needs: { liveness: true },
  runsOn: bothFaces,
  toYoti: () => new yoti.RequestedFaceComparisonCheckBuilder().withManualCheckNever().build(),
  subChecks: {
    ai_face_match: 'The automatic comparison finds the same person.',
    manual_face_match: 'The expert finds the same person.',
  },
  reasons: {
    ...photoReasons,
    DIFFERENT_PERSON: 'The faces belong to different people.',
    FACE_NOT_FOUND: 'There is no face in the picture.',
    FACE_NOT_GENUINE: "The face isn't genuine.",
    LARGE_AGE_GAP: 'The picture is too old to compare.',
    PHOTO_OF_MASK: 'The picture shows a mask.',
    PHOTO_OF_PHOTO: 'The picture shows a picture.',
  },
  simulate: simulateFaces,
});
