import { z } from 'zod';
import { mediaRefSchema, other, otherIfAny } from './result-parts.js';

const content = z
  .record(z.string(), z.unknown())
  .nullable()
  .describe('The content as Yoti wrote it; null until it is fetched.');

const failureReasonSchema = z
  .object({
    reasonCode: z.string().nullable().describe('Why, as a code of Yoti, such as FRAUD_DETECTED.'),
    requirementsNotMetDetails: z
      .array(
        z.object({
          failureType: z.string().nullable().describe('Which part failed, such as ID_DOCUMENT_AUTHENTICITY.'),
          documentType: z.string().nullable().describe('Type of the document it is about.'),
          documentCountryIsoCode: z.string().nullable().describe('Country of the document it is about.'),
          auditId: z.string().nullable().describe("Yoti's id for questions about it."),
          details: z.string().nullable().describe('What was wrong.'),
          other: otherIfAny,
        }),
      )
      .describe('What was not met, one by one.'),
    other: otherIfAny,
  })
  .describe('Why there is no profile, or a requirement is not met.');

const complianceSchema = z.object({
  trustFramework: z.string().nullable().describe('UK_TFIDA or YOTI_GLOBAL.'),
  schemesCompliance: z
    .array(
      z.object({
        scheme: z
          .object({
            type: z.string().nullable().describe('Such as DBS, RTW or RTR.'),
            objective: z.string().nullable().describe('Such as BASIC; null for schemes without.'),
            label: z.string().nullable().describe('Name given in the request (advanced).'),
            other: otherIfAny,
          })
          .nullable(),
        requirementsMet: z.boolean().nullable().describe('Null when not told.'),
        requirementsNotMetInfo: z.string().nullable().describe('Why not.'),
        other: otherIfAny,
      }),
    )
    .describe('Each scheme that was asked for.'),
  other: otherIfAny,
});

/** An identity profile, simple or advanced: the simple one has exactly one trust framework. */
export const identityProfileSchema = z
  .object({
    subjectId: z.string().nullable().describe('The subject given at creation.'),
    result: z.string().describe('DONE or ABORTED.'),
    failureReason: failureReasonSchema.nullable(),
    report: z
      .object({
        compliance: z.array(complianceSchema).describe('What was found, by trust framework.'),
        media: mediaRefSchema.nullable().describe('Where the full report is.'),
        content,
        other: otherIfAny,
      })
      .nullable()
      .describe('Null when the profile was aborted.'),
    other,
  })
  .describe('Whether the person meets the requirements of a trust framework.')
  .meta({ id: 'IdentityProfile' });

export const profilePreviewSchema = z
  .object({ media: mediaRefSchema.nullable().describe('Where the preview is.'), content, other })
  .describe('An identity profile as it would be at this moment.')
  .meta({ id: 'IdentityProfilePreview' });

export const importTokenSchema = z
  .object({
    media: mediaRefSchema.nullable().describe('Where the token is.'),
    failureReason: z.string().nullable().describe('Why there is none, as a code of Yoti.'),
    other,
  })
  .describe('What came of the request for an import token.')
  .meta({ id: 'ImportToken' });

export type IdentityProfile = z.infer<typeof identityProfileSchema>;
