import { z } from 'zod';
import { clientEventTypes } from '../sessions/session.schemas.js';

/** What the page's script tells about Yoti's client. Codes are Yoti's, and may be ones nobody has documented. */
export const clientEventSchema = z.strictObject({
  type: z
    .enum(clientEventTypes)
    .describe('What the client posted; opened: the page was opened by its QR code'),
  code: z.int32().nullable().describe("Yoti's error code"),
  handOff: z.boolean().optional().describe('Whether this device took the session over by the QR code'),
});

export type ClientEvent = z.infer<typeof clientEventSchema>;

const flag = z
  .unknown()
  .transform((value) => value === '1')
  .optional();

/** How a page is to be shown. An address that was garbled on its way still shows the page. */
export const pageQuerySchema = z.object({
  lang: z.string().max(35).optional().catch(undefined).describe('Language that the person has chosen'),
  embed: flag.describe('1: inside a page of the tenant'),
  handoff: flag.describe('1: opened by the QR code'),
});

export type PageQuery = z.infer<typeof pageQuerySchema>;
