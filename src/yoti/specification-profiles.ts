import { z } from 'zod';
import { documentFilterSchema } from './checks/document-filter.js';

/** A profile of the UK's trust framework (Yoti: identity profiles). It decides documents, checks and liveness. */
export const identityProfileSchema = z
  .strictObject({
    trustFramework: z
      .literal('UK_TFIDA')
      .describe("The UK's digital identity and attributes trust framework."),
    scheme: z
      .strictObject({
        type: z
          .enum(['DBS', 'RTW', 'RTR', 'DBS_RTW'])
          .describe(
            'What the identity is for: DBS (criminal record check), RTW (right to work), RTR (right to rent) or DBS_RTW (both).',
          ),
        objective: z
          .enum(['BASIC', 'STANDARD', 'ENHANCED'])
          .optional()
          .describe('Level of the criminal record check; DBS needs one.'),
      })
      .describe('The scheme whose requirements have to be met.'),
  })
  .describe('An identity profile: its scheme decides what is asked and checked.')
  .meta({ id: 'IdentityProfileSettings' });

const schemeSchema = z
  .strictObject({
    type: z.string().min(1).max(64).describe("Scheme in Yoti's spelling, such as DBS, RTW or IDENTITY."),
    label: z.string().min(1).max(100).describe('Your name for the scheme, by which the result tells it.'),
    objective: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .describe("Objective in Yoti's spelling, such as BASIC or AL_L1."),
    filter: documentFilterSchema.optional().describe('Which documents are accepted for the scheme.'),
  })
  .meta({ id: 'AdvancedIdentityScheme' });

/** Profiles of several trust frameworks, each with labelled schemes (Yoti: advanced identity profiles). */
export const advancedIdentityProfilesSchema = z
  .array(
    z
      .strictObject({
        trustFramework: z
          .enum(['UK_TFIDA', 'YOTI_GLOBAL'])
          .describe("The UK's trust framework, or Yoti's own."),
        schemes: z
          .array(schemeSchema)
          .min(1)
          .max(16)
          .describe('The schemes whose requirements have to be met.'),
      })
      .meta({ id: 'AdvancedIdentityProfile' }),
  )
  .min(1)
  .max(8)
  .describe('Identity profiles with labels: their schemes decide what is asked and checked.');
