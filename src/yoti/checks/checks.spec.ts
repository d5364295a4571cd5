import { describe, expect, it } from '@jest/globals';
import type { SimulationContext, Verdict } from './define-check.js';
import {
  type CheckSettings,
  checks,
  checkSettingsSchema,
  findReportedCheck,
  findTask,
  requestCheck,
  requestTask,
  type TaskSettings,
  tasks,
} from './index.js';

describe('requested checks', () => {
  const table: [CheckSettings, unknown][] = [
    [{ type: 'ID_DOCUMENT_AUTHENTICITY' }, {}],
    [{ type: 'ID_DOCUMENT_AUTHENTICITY', manualCheck: 'ALWAYS' }, { manual_check: 'ALWAYS' }],
    [{ type: 'ID_DOCUMENT_AUTHENTICITY', manualCheck: 'FALLBACK' }, { manual_check: 'FALLBACK' }],
    [
      { type: 'LIVENESS', livenessType: 'ZOOM' },
      { liveness_type: 'ZOOM', max_retries: 1 },
    ],
    [
      { type: 'LIVENESS', livenessType: 'STATIC', maxRetries: 3 },
      { liveness_type: 'STATIC', max_retries: 3 },
    ],
    [{ type: 'ID_DOCUMENT_FACE_MATCH', manualCheck: 'NEVER' }, { manual_check: 'NEVER' }],
  ];

  it.each(table)('%j becomes the JSON of the SDK', (settings, config) => {
    expect(checkSettingsSchema.parse(settings)).toEqual(settings);
    expect(JSON.parse(JSON.stringify(requestCheck(settings)))).toEqual({ type: settings.type, config });
  });

  it('refuses an unknown type, an unknown property and a wrong value', () => {
    for (const settings of [
      { type: 'TEA_LEAVES' },
      { type: 'LIVENESS', livenessType: 'ZOOM', extra: 1 },
      { type: 'LIVENESS', livenessType: 'ZOOM', maxRetries: 0 },
      { type: 'ID_DOCUMENT_FACE_MATCH' },
    ]) {
      expect(checkSettingsSchema.safeParse(settings).success).toBe(false);
    }
  });
});

describe('requested tasks', () => {
  const type = 'ID_DOCUMENT_TEXT_DATA_EXTRACTION';
  const table: [TaskSettings, unknown][] = [
    [{ type, manualCheck: 'FALLBACK' }, { manual_check: 'FALLBACK' }],
    [
      { type, manualCheck: 'NEVER', chipData: 'DESIRED', expandedFields: true },
      { manual_check: 'NEVER', chip_data: 'DESIRED', create_expanded_document_fields: true },
    ],
    [
      { type, manualCheck: 'ALWAYS', chipData: 'IGNORE', expandedFields: false },
      { manual_check: 'ALWAYS', chip_data: 'IGNORE', create_expanded_document_fields: false },
    ],
  ];

  it.each(table)('%j becomes the JSON of the SDK', (settings, config) => {
    expect(JSON.parse(JSON.stringify(requestTask(settings)))).toEqual({ type, config });
  });
});

describe('simulated reports', () => {
  const reported = [...checks, ...tasks.map((task) => task.generatedCheck)];
  const contexts: SimulationContext[] = [true, false].flatMap((manual) => [
    { manual, documentType: 'PASSPORT', livenessType: 'ZOOM' },
    { manual, documentType: 'DRIVING_LICENCE', livenessType: 'STATIC' },
  ]);

  it.each(reported)('$type: every verdict and reason gives a described, ordered report', (check) => {
    const values = ['APPROVE', 'REJECT', 'NOT_AVAILABLE', 'CONSIDER'] as const;
    const verdicts: Verdict[] = values.flatMap((recommendation) => [
      { recommendation },
      ...Object.keys(check.reasons).map((reason) => ({ recommendation, reason })),
    ]);
    for (const verdict of verdicts) {
      for (const context of contexts) {
        const report = check.simulate(verdict, context);
        const names = report.breakdown.map((line) => line.sub_check);
        expect(report.recommendation.value).toBe(verdict.recommendation);
        expect(names).toEqual([...new Set(names)].toSorted());
        for (const name of names) expect(check.subChecks).toHaveProperty(name);
        const failed = report.breakdown.some((line) => line.result === 'FAIL');
        if (verdict.recommendation === 'APPROVE') expect(failed).toBe(false);
        if (verdict.recommendation === 'REJECT') expect(failed).toBe(true);
      }
    }
  });

  it.each([
    ['EXPIRED_DOCUMENT', 'document_in_date', 'AUTOMATED'],
    ['FRAUD_LIST_MATCH', 'fraud_list_check', 'AUTOMATED'],
    ['DATA_MISMATCH', 'ocr_mrz_comparison', 'AUTOMATED'],
    ['DOC_NUMBER_INVALID', 'doc_number_validation', 'AUTOMATED'],
    ['COUNTERFEIT', 'no_sign_of_forgery', 'EXPERT_REVIEW'],
    ['TAMPERED', 'no_sign_of_tampering', 'EXPERT_REVIEW'],
    ['DOCUMENT_COPY', 'physical_document_captured', 'EXPERT_REVIEW'],
    ['MISSING_HOLOGRAM', 'hologram', 'EXPERT_REVIEW'],
    ['CHIP_DATA_INTEGRITY_FAILED', 'chip_data_integrity', 'AUTOMATED'],
  ])('authenticity rejected for %s fails exactly %s', (reason, subCheck, process) => {
    const report = findReportedCheck('ID_DOCUMENT_AUTHENTICITY')?.simulate(
      { recommendation: 'REJECT', reason },
      { manual: false, documentType: 'PASSPORT' },
    );
    expect(report?.breakdown.filter((line) => line.result === 'FAIL')).toEqual([
      expect.objectContaining({ sub_check: subCheck, process }),
    ]);
    expect(report?.recommendation).toEqual({ value: 'REJECT', reason });
  });

  it('an approved face match of low confidence was saved by the expert', () => {
    const report = findReportedCheck('ID_DOCUMENT_FACE_MATCH')?.simulate(
      { recommendation: 'APPROVE', confidence: 0.41 },
      { manual: true },
    );
    expect(report?.breakdown).toEqual([
      {
        sub_check: 'ai_face_match',
        result: 'FAIL',
        details: [{ name: 'confidence_score', value: '0.41' }],
        process: 'AUTOMATED',
      },
      { sub_check: 'manual_face_match', result: 'PASS', details: [], process: 'EXPERT_REVIEW' },
    ]);
  });

  it('knows no check or task of an unknown type', () => {
    expect(findReportedCheck('TEA_LEAVES')).toBeUndefined();
    expect(findTask('TEA_LEAVES')).toBeUndefined();
    expect(findReportedCheck('ID_DOCUMENT_TEXT_DATA_CHECK')?.title).toBe('Text reading');
  });
});
