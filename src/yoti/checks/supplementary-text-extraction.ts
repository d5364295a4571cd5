import yoti from 'yoti';
import { z } from 'zod';
import type { Process, ReportedCheck } from './define-check.js';
import { defineTask, manualCheckSchema, manualCheckWire, withManualCheck } from './define-check.js';
import { documentReasons } from './photo-reasons.js';
import { simulatedReport } from './simulated-report.js';

const settings = z
  .strictObject({
    type: z
      .literal('SUPPLEMENTARY_DOCUMENT_TEXT_DATA_EXTRACTION')
      .describe('Read the data of the supplementary document.'),
    manualCheck: manualCheckSchema,
  })
  .meta({ id: 'SupplementaryTextExtractionTask' });

/** The check that Yoti adds to a session when an expert has to read the supplementary document. */
const supplementaryTextDataCheck: ReportedCheck<'SUPPLEMENTARY_DOCUMENT_TEXT_DATA_CHECK'> = {
  type: 'SUPPLEMENTARY_DOCUMENT_TEXT_DATA_CHECK',
  title: 'Text reading, supplementary document',
  description: 'An expert reads the data of the supplementary document.',
  subChecks: { text_data_readable: 'The data can be read.' },
  reasons: { ...documentReasons, EXTRACTION_FAILED: 'The data could not be read.' },
  simulate(verdict) {
    const passes = verdict.recommendation === 'APPROVE' || verdict.recommendation === 'CONSIDER';
    const told = passes ? verdict : { ...verdict, reason: verdict.reason ?? 'EXTRACTION_FAILED' };
    const attempted = new Map<string, Process>([['text_data_readable', 'EXPERT_REVIEW']]);
    return simulatedReport(told, { attempted, failed: new Set(passes ? [] : attempted.keys()) });
  },
};

/** Yoti: data extraction of supplementary documents, such as a proof of address. */
export const supplementaryTextExtraction = defineTask({
  type: 'SUPPLEMENTARY_DOCUMENT_TEXT_DATA_EXTRACTION',
  title: 'Text extraction, supplementary document',
  description: 'Reads the data of the supplementary document: name, address, issuer, date.',
  reads: 'SUPPLEMENTARY_DOCUMENT',
  settings,
  wire: z.looseObject({ manual_check: manualCheckWire }),
  toYoti({ manualCheck }) {
    const builder = new yoti.RequestedSupplementaryDocTextExtractionTaskBuilder();
    return withManualCheck(builder, manualCheck).build();
  },
  generatedCheck: supplementaryTextDataCheck,
});
