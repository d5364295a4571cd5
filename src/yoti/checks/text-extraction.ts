import yoti from 'yoti';
import { z } from 'zod';
import type { Process, ReportedCheck } from './define-check.js';
import { defineTask, manualCheckSchema, manualCheckWire, withManualCheck } from './define-check.js';
import { documentReasons } from './photo-reasons.js';
import { simulatedReport } from './simulated-report.js';

const settings = z
  .strictObject({
    type: z.literal('ID_DOCUMENT_TEXT_DATA_EXTRACTION').describe('Read the data of the identity document.'),
    manualCheck: manualCheckSchema,
    chipData: z
      .enum(['DESIRED', 'IGNORE'])
      .optional()
      .describe("Whether to read the document's chip (NFC); native apps only."),
    expandedFields: z
      .boolean()
      .optional()
      .describe('Also return every field as read, with its source and in its own script.'),
  })
  .meta({ id: 'TextExtractionTask' });

const wire = z.looseObject({
  manual_check: manualCheckWire,
  chip_data: z.enum(['DESIRED', 'IGNORE']).optional(),
  create_expanded_document_fields: z.boolean().optional(),
});

/** The check that Yoti adds to a session when an expert has to read the document. */
const textDataCheck: ReportedCheck<'ID_DOCUMENT_TEXT_DATA_CHECK'> = {
  type: 'ID_DOCUMENT_TEXT_DATA_CHECK',
  title: 'Text reading',
  description: 'An expert reads the data of the identity document.',
  subChecks: {
    mrz_validation: 'The check digits of the machine-readable zone are right.',
    text_data_readable: 'The data can be read.',
  },
  reasons: {
    ...documentReasons,
    EXTRACTION_FAILED: 'The data could not be read.',
    MRZ_VALIDATION: 'The check digits of the machine-readable zone are wrong.',
  },
  simulate(verdict) {
    const passes = verdict.recommendation === 'APPROVE' || verdict.recommendation === 'CONSIDER';
    const told = passes ? verdict : { ...verdict, reason: verdict.reason ?? 'EXTRACTION_FAILED' };
    const name = told.reason === 'MRZ_VALIDATION' ? 'mrz_validation' : 'text_data_readable';
    const attempted = new Map<string, Process>([[name, 'EXPERT_REVIEW']]);
    return simulatedReport(told, { attempted, failed: new Set(passes ? [] : [name]) });
  },
};

/** Yoti: data extraction. Several automated authenticity sub-checks run only when this is asked for. */
export const textExtraction = defineTask({
  type: 'ID_DOCUMENT_TEXT_DATA_EXTRACTION',
  title: 'Text extraction',
  description: 'Reads the data of the identity document: names, dates, document number, portrait.',
  reads: 'ID_DOCUMENT',
  settings,
  wire,
  toYoti({ manualCheck, chipData, expandedFields }) {
    const builder = withManualCheck(new yoti.RequestedTextExtractionTaskBuilder(), manualCheck);
    if (chipData === 'DESIRED') builder.withChipDataDesired();
    if (chipData === 'IGNORE') builder.withChipDataIgnore();
    if (expandedFields !== undefined) builder.withCreateExpandedDocumentFields(expandedFields);
    return builder.build();
  },
  generatedCheck: textDataCheck,
});
