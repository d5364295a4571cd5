import yoti from 'yoti';
import { z } from 'zod';
import { whileCapturing } from './captured-resources.js';
import type { Process } from './define-check.js';
import { defineCheck } from './define-check.js';
import { simulatedReport } from './simulated-report.js';

const settings = z
  .strictObject({
    type: z.literal('LIVENESS').describe('Is a living person in front of the camera?'),
    livenessType: z
      .enum(['ZOOM', 'STATIC'])
      .describe(
        'How the face is captured: ZOOM (moving closer) or STATIC (one picture). One kind per session.',
      ),
    maxRetries: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe('How many finished attempts the person has; 1 when left out, Yoti recommends 3.'),
  })
  .meta({ id: 'LivenessCheck' });

const wire = z.looseObject({
  liveness_type: z.enum(['ZOOM', 'STATIC']),
  max_retries: z.int().min(1).optional(),
});

/** Yoti: SDK liveness. Every finished attempt is a check of its own; one approved attempt is enough. */
export const liveness = defineCheck({
  type: 'LIVENESS',
  title: 'Liveness',
  description: 'Makes sure that a living person is in front of the camera, not a picture, mask or video.',
  settings,
  wire,
  runsOn: whileCapturing,
  toYoti({ livenessType, maxRetries }) {
    const builder = new yoti.RequestedLivenessCheckBuilder().forLivenessType(livenessType);
    return (maxRetries === undefined ? builder : builder.withMaxRetries(maxRetries)).build();
  },
  subChecks: {
    face_processing: 'The face could be processed.',
    liveness_auth: 'The face belongs to a living person.',
    payload_signature_verification: 'The capture came unaltered from the camera.',
  },
  reasons: {},
  simulate(verdict, { livenessType }) {
    const names =
      livenessType === 'STATIC'
        ? ['face_processing', 'liveness_auth', 'payload_signature_verification']
        : ['liveness_auth'];
    const attempted = new Map<string, Process>();
    if (verdict.recommendation !== 'NOT_AVAILABLE') {
      for (const name of names) attempted.set(name, 'AUTOMATED');
    }
    const failed = new Set(verdict.recommendation === 'REJECT' ? ['liveness_auth'] : []);
    return simulatedReport(verdict, { attempted, failed });
  },
});
