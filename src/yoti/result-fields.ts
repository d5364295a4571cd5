import { z } from 'zod';

/** Whether the sources of a field tell the same. */
export const agreements = ['single', 'agreed', 'disagreed', 'incomparable'] as const;

const fieldSourceSchema = z
  .object({
    source: z
      .string()
      .describe(
        'DOCUMENT_FIELDS (what Yoti settled on), or where on the document it stands: VIZ (the printed part), MRZ (the machine-readable zone), BARCODE; UNKNOWN when not told.',
      ),
    readBy: z
      .enum(['yoti', 'countersign'])
      .describe('Who read it: Yoti, or Countersign from the lines of the machine-readable zone.'),
    value: z.unknown().describe('The value there.'),
    locale: z.string().nullable().describe('Language of the value: la for Latin script; null when not told.'),
    nonLatin: z.boolean().describe('Whether the value is in another script than Latin.'),
    transliteration: z.boolean().describe('Whether the value was put into Latin script.'),
    agrees: z
      .boolean()
      .nullable()
      .describe('Whether it tells the same as `value`; null when the two can not be compared.'),
  })
  .meta({ id: 'FieldSource' });

export const extractedFieldSchema = z
  .object({
    name: z.string().describe("Yoti's name of the field, such as family_name."),
    value: z.unknown().describe('The value to go by: that of the first source in Latin script.'),
    agreement: z
      .enum(agreements)
      .describe(
        'single: one source. agreed, disagreed: the sources tell the same, or not. incomparable: such as different scripts.',
      ),
    sources: z.array(fieldSourceSchema).describe('Where the field was read, the most trusted first.'),
  })
  .describe('A field of a document, merged from everywhere it was read.')
  .meta({ id: 'ExtractedField' });

export const machineReadableZoneSchema = z
  .object({
    format: z
      .string()
      .nullable()
      .describe('TD1, TD2 or TD3 (ICAO Doc 9303), or a national one; null for lines of no known format.'),
    lines: z.array(z.string()).describe('The lines as read.'),
    valid: z
      .boolean()
      .nullable()
      .describe('Whether every check digit is right; null when the lines have no known format.'),
    checkDigits: z
      .array(
        z.object({
          name: z.string().describe('What the digit protects, such as document_number or composite.'),
          digit: z.string().describe('The digit in the zone.'),
          valid: z.boolean().describe('Whether it is right.'),
        }),
      )
      .describe('Each check digit, verified by Countersign.'),
  })
  .describe("The machine-readable zone, verified by Countersign independently of Yoti's checks.")
  .meta({ id: 'MachineReadableZone' });

export type Agreement = (typeof agreements)[number];
export type FieldSource = z.infer<typeof fieldSourceSchema>;
export type ExtractedField = z.infer<typeof extractedFieldSchema>;
export type MachineReadableZone = z.infer<typeof machineReadableZoneSchema>;
