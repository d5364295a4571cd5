import { z } from 'zod';
import { checkSettingsSchema, taskSettingsSchema } from './checks/index.js';

const inclusion = z
  .enum(['INCLUDE', 'EXCLUDE'])
  .describe('INCLUDE allows only what is listed, EXCLUDE allows everything else.');
const countryCodes = z
  .array(z.string().min(1).max(8))
  .max(300)
  .describe('Issuing countries as ISO 3166-1 alpha-3 codes, such as GBR.');
const documentTypes = z
  .array(z.string().min(1).max(64))
  .max(64)
  .describe("Document types in Yoti's spelling, such as PASSPORT or DRIVING_LICENCE.");
const allowExpired = z.boolean().optional().describe('Whether expired documents are accepted.');
const allowNonLatin = z.boolean().optional().describe('Whether documents in non-Latin scripts are accepted.');

const orthogonalFilterSchema = z
  .strictObject({
    kind: z
      .literal('ORTHOGONAL')
      .describe('Countries and document types are restricted independently of each other.'),
    countries: z
      .strictObject({ inclusion, codes: countryCodes })
      .optional()
      .describe('Which issuing countries are allowed; all when left out.'),
    documentTypes: z
      .strictObject({ inclusion, types: documentTypes })
      .optional()
      .describe('Which document types are allowed; all when left out.'),
    allowExpired,
    allowNonLatin,
  })
  .meta({ id: 'OrthogonalDocumentFilter' });

const documentsFilterSchema = z
  .strictObject({
    kind: z.literal('DOCUMENTS').describe('Combinations of countries and document types are listed.'),
    inclusion,
    documents: z
      .array(
        z.strictObject({
          countryCodes: countryCodes.optional(),
          documentTypes: documentTypes.optional(),
        }),
      )
      .max(300)
      .describe('The combinations; a part left out stands for all countries or all types.'),
    allowExpired,
    allowNonLatin,
  })
  .meta({ id: 'DocumentsFilter' });

/** Which documents satisfy a requirement (Yoti: create a session, document filters). */
export const documentFilterSchema = z
  .discriminatedUnion('kind', [orthogonalFilterSchema, documentsFilterSchema])
  .describe('Which documents are accepted.')
  .meta({ id: 'DocumentFilter' });

export type DocumentFilter = z.infer<typeof documentFilterSchema>;

const requiredDocumentSchema = z
  .strictObject({
    type: z.literal('ID_DOCUMENT').describe('An identity document.'),
    filter: documentFilterSchema
      .optional()
      .describe('Which documents are accepted; every supported one when left out.'),
  })
  .meta({ id: 'RequiredDocument' });

const captureSchema = z
  .strictObject({
    methods: z
      .enum(['CAMERA', 'CAMERA_AND_UPLOAD'])
      .describe('How documents are captured; allowing uploads weakens the defence against fraud.'),
    allowHandoff: z
      .boolean()
      .optional()
      .describe('Whether someone at a desktop may continue on a phone by QR code.'),
    biometricConsentFlow: z
      .enum(['EARLY', 'JUST_IN_TIME'])
      .optional()
      .describe('When the person is asked for consent: at the start, or before the face is captured.'),
    genericRetries: z
      .int()
      .max(100)
      .optional()
      .describe('Further attempts when a document cannot be read; at least 1.'),
    reclassificationRetries: z
      .int()
      .max(100)
      .optional()
      .describe('Further attempts when a document is not of the chosen type; at least 1.'),
  })
  .meta({ id: 'CaptureSettings' });

const clientSchema = z
  .strictObject({
    locale: z
      .string()
      .max(35)
      .optional()
      .describe("Language of Yoti's pages, such as en-GB; the browser's when left out."),
    primaryColour: z
      .string()
      .max(32)
      .optional()
      .describe("Colour of the buttons in Yoti's pages, as #rgb or #rrggbb."),
    privacyPolicyUrl: z
      .string()
      .max(2048)
      .optional()
      .describe("Address of the privacy policy that Yoti's pages link to."),
    brandId: z.string().min(1).max(256).optional().describe('Branding that was agreed with Yoti.'),
    suppressedScreens: z
      .array(z.string().min(1).max(64))
      .max(32)
      .optional()
      .describe("Screens that Yoti's pages leave out, such as FLOW_COMPLETION; needs Yoti's agreement."),
  })
  .meta({ id: 'ClientSettings' });

const limitsSchema = z
  .strictObject({
    tokenTtlSeconds: z
      .int()
      .describe('How long the person has, in seconds; more than 300, Yoti advises at least 900.'),
    resourcesTtlSeconds: z
      .int()
      .describe('How long Yoti keeps what was captured, in seconds; at least 24 hours more than the token.'),
  })
  .meta({ id: 'SessionLimits' });

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
    checks: z.array(checkSettingsSchema).max(32).describe('The checks that Yoti makes.'),
    tasks: z.array(taskSettingsSchema).max(16).describe('The tasks that Yoti carries out.'),
    capture: captureSchema.describe('How documents and faces are captured.'),
    client: clientSchema.describe("How Yoti's pages look."),
    limits: limitsSchema.describe('Time limits.'),
  })
  .describe('What is asked of the person and what Yoti checks.')
  .meta({ id: 'Specification' });

export type Specification = z.infer<typeof specificationSchema>;
