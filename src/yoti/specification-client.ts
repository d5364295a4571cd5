import { z } from 'zod';

const colour = (what: string) => z.string().max(32).optional().describe(`${what}, as #rgb or #rrggbb.`);

/** How documents and faces are captured (Yoti: create a session, SDK config). */
export const captureSchema = z
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
    blockBiometricConsent: z
      .boolean()
      .optional()
      .describe(
        "Whether Yoti's pages leave out the question for consent to biometrics; asking is your duty then.",
      ),
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
    categoryRetries: z
      .record(z.string().min(1).max(64), z.int().max(100))
      .optional()
      .describe("Further attempts by other categories in Yoti's spelling; each at least 1."),
  })
  .meta({ id: 'CaptureSettings' });

/** How Yoti's pages look (Yoti: create a session, SDK config). */
export const clientSchema = z
  .strictObject({
    locale: z
      .string()
      .max(35)
      .optional()
      .describe("Language of Yoti's pages, such as en-GB; the browser's when left out."),
    primaryColour: colour("Colour of the buttons in Yoti's pages"),
    secondaryColour: colour("Second colour of Yoti's pages"),
    fontColour: colour("Colour of the text on the buttons of Yoti's pages"),
    darkMode: z
      .enum(['ON', 'OFF', 'AUTO'])
      .optional()
      .describe("Whether Yoti's pages are dark: ON, OFF, or AUTO, as the person's device is set."),
    primaryColourDarkMode: colour("Colour of the buttons in Yoti's pages when they are dark"),
    hideLogo: z.boolean().optional().describe("Whether Yoti's pages leave out Yoti's logo."),
    presetCountry: z
      .string()
      .min(1)
      .max(8)
      .optional()
      .describe('Issuing country that is chosen beforehand, as ISO 3166-1 alpha-3 code.'),
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
