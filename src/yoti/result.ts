import { z } from 'zod';
import { checkSchema, other, timeSchema } from './result-parts.js';
import { identityProfileSchema, importTokenSchema, profilePreviewSchema } from './result-profiles.js';
import {
  applicantProfileSchema,
  faceCaptureSchema,
  idDocumentSchema,
  livenessCaptureSchema,
  shareCodeSchema,
  supplementaryDocumentSchema,
} from './result-resources.js';
import { sessionResultExample } from './result.example.js';

/**
 * The result of a session in Countersign's own words: everything of Yoti's answer, and no token. Values that Yoti may
 * extend (types, states, reasons, sub-checks) are open strings. What was added after the first release has a default,
 * so that stored results of earlier releases stay readable.
 */
export const sessionResultSchema = z
  .object({
    yotiSessionId: z.string().describe("Yoti's id of the session."),
    state: z.string().describe('ONGOING, COMPLETED or EXPIRED.'),
    userTrackingId: z
      .string()
      .nullable()
      .default(null)
      .describe("The session's id at Countersign, as Yoti returned it."),
    tokenTtlSeconds: z
      .number()
      .nullable()
      .describe('Seconds the person had left when this was read; null when not told.'),
    clientTokenLive: z.boolean().describe('Whether the person could still act when this was read.'),
    biometricConsentAt: timeSchema.describe('When the person agreed to the use of their face; null before.'),
    checks: z.array(checkSchema).describe('The checks, in the order of Yoti.'),
    idDocuments: z.array(idDocumentSchema).describe('Identity documents captured.'),
    livenessCaptures: z.array(livenessCaptureSchema).describe('Attempts at liveness.'),
    supplementaryDocuments: z.array(supplementaryDocumentSchema).describe('Further documents captured.'),
    faceCaptures: z.array(faceCaptureSchema).describe('Pictures supplied by the relying business.'),
    applicantProfiles: z
      .array(applicantProfileSchema)
      .default([])
      .describe('Data about the person supplied by the relying business.'),
    shareCodes: z.array(shareCodeSchema).default([]).describe('Share codes that the person gave.'),
    identityProfile: identityProfileSchema.nullable().default(null),
    advancedIdentityProfile: identityProfileSchema.nullable().default(null),
    identityProfilePreview: profilePreviewSchema.nullable().default(null),
    advancedIdentityProfilePreview: profilePreviewSchema.nullable().default(null),
    importToken: importTokenSchema.nullable().default(null),
    other,
  })
  .describe('What Yoti found.')
  .meta({ id: 'SessionResult', example: sessionResultExample });

export type SessionResult = z.infer<typeof sessionResultSchema>;
export type CheckResult = z.infer<typeof checkSchema>;
