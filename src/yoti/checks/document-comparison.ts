import yoti from 'yoti';
import { z } from 'zod';
import { allIdDocuments } from './captured-resources.js';
import type { Process } from './define-check.js';
import { defineCheck } from './define-check.js';
import { simulatedReport } from './simulated-report.js';

const settings = z
  .strictObject({
    type: z.literal('ID_DOCUMENT_COMPARISON').describe('Do two identity documents belong to one person?'),
  })
  .meta({ id: 'DocumentComparisonCheck' });

/** Yoti: ID document comparison. Compares names and dates of birth of two identity documents, automatically. */
export const documentComparison = defineCheck({
  type: 'ID_DOCUMENT_COMPARISON',
  title: 'Document comparison',
  description: 'Compares the names and dates of birth of two identity documents.',
  settings,
  wire: z.looseObject({}).optional(),
  needs: { idDocuments: 2, text: true },
  runsOn: allIdDocuments,
  toYoti: () => new yoti.RequestedIdDocumentComparisonCheckBuilder().build(),
  subChecks: {
    dob_match: 'The dates of birth are the same.',
    name_match: 'The names are the same.',
  },
  reasons: {
    MISMATCH: 'The documents name different people.',
    NON_LATIN_CHARACTER_IN_NAME: "A name isn't written in Latin letters.",
    NO_VALID_SUBCHECKS: 'There was nothing to compare.',
  },
  simulate(verdict) {
    const { recommendation } = verdict;
    if (recommendation === 'NOT_AVAILABLE') {
      const told = { ...verdict, reason: verdict.reason ?? 'NO_VALID_SUBCHECKS' };
      return simulatedReport(told, { attempted: new Map(), failed: new Set() });
    }
    const fails = recommendation === 'REJECT';
    const told = fails ? { ...verdict, reason: verdict.reason ?? 'MISMATCH' } : verdict;
    const attempted = new Map<string, Process>([
      ['dob_match', 'AUTOMATED'],
      ['name_match', 'AUTOMATED'],
    ]);
    return simulatedReport(told, { attempted, failed: new Set(fails ? ['name_match'] : []) });
  },
});
