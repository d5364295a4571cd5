import yoti from 'yoti';
import { z } from 'zod';
import type { Process, SimulationContext, Verdict } from './define-check.js';
import { defineCheck, manualCheckSchema, withManualCheck } from './define-check.js';
import { photoReasons } from './photo-reasons.js';
import { simulatedReport } from './simulated-report.js';

const settings = z
  .strictObject({
    type: z.literal('ID_DOCUMENT_FACE_MATCH').describe('Is the person the holder of the document?'),
    manualCheck: manualCheckSchema,
  })
  .meta({ id: 'FaceMatchCheck' });

/** Confidence from which Yoti's automatic comparison passes. */
const passingConfidence = 0.7;

function simulate(verdict: Verdict, context: SimulationContext) {
  const { recommendation } = verdict;
  const reason = verdict.reason ?? defaultReason(recommendation);
  const told = reason === undefined ? verdict : { ...verdict, reason };
  const attempted = new Map<string, Process>();
  if (recommendation === 'NOT_AVAILABLE') {
    return simulatedReport(told, { attempted, failed: new Set() });
  }
  const confidence = verdict.confidence ?? (recommendation === 'REJECT' ? 0.12 : 0.87);
  const failed = new Set<string>();
  attempted.set('ai_face_match', 'AUTOMATED');
  if (confidence < passingConfidence) failed.add('ai_face_match');
  if (context.manual) {
    attempted.set('manual_face_match', 'EXPERT_REVIEW');
    if (recommendation === 'REJECT') failed.add('manual_face_match');
  }
  const details = { ai_face_match: [{ name: 'confidence_score', value: confidence.toFixed(2) }] };
  return simulatedReport(told, { attempted, failed, details });
}

function defaultReason(recommendation: Verdict['recommendation']): string | undefined {
  if (recommendation === 'REJECT') return 'DIFFERENT_PERSON';
  return recommendation === 'NOT_AVAILABLE' ? 'FACE_NOT_FOUND' : undefined;
}

/** Yoti: biometric checking, "face match". Compares the liveness picture with the document's portrait. */
export const faceMatch = defineCheck({
  type: 'ID_DOCUMENT_FACE_MATCH',
  title: 'Face match',
  description: 'Compares the face in front of the camera with the portrait on the identity document.',
  settings,
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
  simulate,
});
