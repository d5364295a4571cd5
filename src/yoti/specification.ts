import { z } from 'zod';
import { countryCodesSchema, documentFilterSchema, documentTypesSchema } from './checks/document-filter.js';
import { checkSettingsSchema, taskSettingsSchema } from './checks/index.js';
import { captureSchema, clientSchema } from './specification-client.js';
import { advancedIdentityProfilesSchema, identityProfileSchema } from './specification-profiles.js';

const yearSeconds = 365 * 24 * 60 * 60;

const requiredDocumentSchema = z
  .discriminatedUnion('type', [
    z
      .strictObject({
        type: z.literal('ID_DOCUMENT').describe('An identity document.'),
        filter: documentFilterSchema
          .optional()
          .describe('Which documents are accepted; every supported one when left out.'),
      })
      .meta({ id: 'RequiredIdDocument' }),
    z
      .strictObject({
        type: z.literal('SUPPLEMENTARY_DOCUMENT').describe('Another document, such as a bill.'),
        objective: z.literal('PROOF_OF_ADDRESS').describe('What it has to prove.'),
        documentTypes: documentTypesSchema
          .optional()
          .describe('Which kinds are accepted; all when left out.'),
        countryCodes: countryCodesSchema
          .optional()
          .describe('Which issuing countries are accepted, as ISO 3166-1 alpha-3 codes; all when left out.'),
      })
      .meta({ id: 'RequiredSupplementaryDocument' }),
  ])
  .meta({ id: 'RequiredDocument' });

const limitsSchema = z
  .strictObject({
    tokenTtlSeconds: z
      .int()
      .optional()
      .describe('How long the person has, in seconds; more than 300, Yoti advises at least 900.'),
    deadlineSeconds: z
      .int()
      .min(1)
      .max(yearSeconds)
      .optional()
      .describe(
        'Instead: sent as a point in time, so many seconds after the session was asked for. One of the two.',
      ),
    resourcesTtlSeconds: z
      .int()
      .describe('How long Yoti keeps what was captured, in seconds; at least 24 hours more than the token.'),
  })
  .meta({ id: 'SessionLimits' });

const importTokenSchema = z
  .strictObject({
    ttlSeconds: z
      .int()
      .min(1)
      .max(2_147_483_647)
      .describe('How long it can be redeemed, in seconds; Yoti allows a year by default.'),
  })
  .describe('A token with which the person can import the verified identity into their own Yoti app.')
  .meta({ id: 'ImportTokenSettings' });

/**
 * The part of a policy that is Yoti's: what the person must show and what Yoti checks (Yoti: create a session).
 * The schema fixes the shape; `checkSpecification` finds what Yoti would refuse.
 */
export const specificationSchema = z
  .strictObject({
    documents: z
      .array(requiredDocumentSchema)
      .max(8)
      .describe('Documents the person must show; one of any supported type when empty.'),
    checks: z
      .array(checkSettingsSchema)
      .max(32)
      .describe('The checks that Yoti makes; none with an identity profile.'),
    tasks: z.array(taskSettingsSchema).max(16).describe('The tasks that Yoti carries out.'),
    capture: captureSchema.describe('How documents and faces are captured.'),
    client: clientSchema.describe("How Yoti's pages look."),
    limits: limitsSchema.describe('Time limits.'),
    identityProfile: identityProfileSchema.optional(),
    advancedIdentityProfiles: advancedIdentityProfilesSchema.optional(),
    identityProfilePreview: z
      .boolean()
      .optional()
      .describe('Whether the result shows the identity profile while it is being made.'),
    importToken: importTokenSchema.optional(),
    ephemeralMedia: z
      .boolean()
      .optional()
      .describe('Whether Yoti is asked to treat media as ephemeral; agree with Yoti what that comes to.'),
  })
  .describe('What is asked of the person and what Yoti checks.')
  .meta({ id: 'Specification' });

export type Specification = z.infer<typeof specificationSchema>;
export type RequiredDocument = Specification['documents'][number];
