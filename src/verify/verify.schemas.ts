import { z } from 'zod';

/** What the page's script tells about Yoti's client. Codes are Yoti's, and may be ones nobody has documented. */
export const clientEventSchema = z.strictObject({
  type: z.enum(['started', 'success', 'error']).describe('What the client posted'),
  code: z.int32().nullable().describe("Yoti's error code"),
});

export type ClientEvent = z.infer<typeof clientEventSchema>;
