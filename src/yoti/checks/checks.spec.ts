import { describe, expect, it } from '@jest/globals';
import type { SimulationContext, Verdict } from './define-check.js';
import {
  type CheckSettings,
  checkSettingsSchema,
  findCheck,
  findReportedCheck,
  findTask,
  reportedChecks,
  requestCheck,
  requestTask,
  type TaskSettings,
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
    [
      {
        type: 'WATCHLIST_ADVANCED_CA',
        customAccount: { apiKeySecret: 'ca-key', clientRef: 'unit-1' },
      },
      {
        type: 'WITH_CUSTOM_ACCOUNT',
        api_key: 'value of ca-key',
        monitoring: false,
        client_ref: 'unit-1',
        remove_deceased: false,
        share_url: false,
        sources: { type: 'TYPE_LIST', types: [] },
        matching_strategy: { type: 'EXACT' },
      },
    ],
  ];

  it.each(table)('%j becomes the JSON of the SDK', (settings, config) => {
    expect(checkSettingsSchema.parse(settings)).toEqual(settings);
    const requested: unknown = JSON.parse(
      JSON.stringify(requestCheck(settings, (name) => `value of ${name}`)),
    );
    expect(requested).toEqual({ type: settings.type, config });
    expect(findCheck(settings.type)?.wire.safeParse(config).success).toBe(true);
  });

  it('refuses an unknown type, an unknown property and a wrong value', () => {
    for (const settings of [
      { type: 'TEA_LEAVES' },
      { type: 'LIVENESS', livenessType: 'ZOOM', extra: 1 },
      { type: 'LIVENESS', livenessType: 'ZOOM', maxRetries: 0 },
      { type: 'ID_DOCUMENT_FACE_MATCH' },
      { type: 'FACE_COMPARISON', manualCheck: 'ALWAYS' },
      { type: 'WATCHLIST_ADVANCED_CA', customAccount: { apiKey: 'plain', clientRef: 'unit-1' } },
      { type: 'WATCHLIST_ADVANCED_CA', matching: { kind: 'FUZZY', fuzziness: 1.1 } },
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

describe('what a check works on', () => {
  const captured = { idDocuments: [{ id: 'd-1' }, { id: 'd-2' }], liveness: 'l-1', faceCapture: 'f-1' };

  it.each<[string, string[][]]>([
    ['ID_DOCUMENT_AUTHENTICITY', [['d-1'], ['d-2']]],
    ['LIVENESS', []],
    [
      'ID_DOCUMENT_FACE_MATCH',
      [
        ['l-1', 'd-1'],
        ['l-1', 'd-2'],
      ],
    ],
    ['FACE_COMPARISON', [['f-1', 'l-1']]],
    ['ID_DOCUMENT_COMPARISON', [['d-1', 'd-2']]],
    ['THIRD_PARTY_IDENTITY', [['d-1', 'd-2']]],
  ])('%s', (type, expected) => {
    const runs = findCheck(type)?.runsOn(captured) ?? [];
    expect(runs.map(({ resourcesUsed }) => resourcesUsed)).toEqual(expected);
  });

  it('a face match takes the supplied face where nothing else was captured', () => {
    const runs = findCheck('ID_DOCUMENT_FACE_MATCH')?.runsOn({
      idDocuments: [{ id: 'd-1' }],
      faceCapture: 'f-1',
    });
    expect(runs).toEqual([{ document: { id: 'd-1' }, resourcesUsed: ['f-1', 'd-1'] }]);
  });
});

describe('simulated reports', () => {
  const contexts: SimulationContext[] = [true, false].flatMap((manual) => [
    { manual, documentType: 'PASSPORT', livenessType: 'ZOOM' },
    { manual, documentType: 'DRIVING_LICENCE', livenessType: 'STATIC' },
  ]);

  it.each(reportedChecks)('$type: every verdict and reason gives a described, ordered report', (check) => {
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
        if (verdict.recommendation === 'REJECT') expect(failed).toBe(names.length > 0);
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

  it.each<[string, unknown, string[]]>([
    ['WATCHLIST_SCREENING', { categories: ['ADVERSE-MEDIA'] }, ['adverse_media']],
    ['WATCHLIST_SCREENING', { categories: ['SANCTIONS'] }, ['fitness_probity', 'pep', 'sanction', 'warning']],
    [
      'WATCHLIST_ADVANCED_CA',
      {
        type: 'WITH_YOTI_ACCOUNT',
        sources: { type: 'TYPE_LIST', types: ['pep-class-1', 'adverse-media-fraud'] },
      },
      ['adverse_media', 'pep'],
    ],
    [
      'WATCHLIST_ADVANCED_CA',
      { type: 'WITH_YOTI_ACCOUNT', sources: { type: 'PROFILE', search_profile: 'ours' } },
      ['custom_search'],
    ],
  ])('%s with %j searches what was asked for', (type, config, lists) => {
    const verdict: Verdict = { recommendation: 'CONSIDER' };
    const report = findReportedCheck(type)?.simulate(verdict, { manual: false, config });
    expect(report?.breakdown.map((line) => line.sub_check)).toEqual(lists);
    expect(report?.recommendation).toEqual({ value: 'CONSIDER', reason: 'POTENTIAL_MATCH' });
    expect(report?.breakdown.filter(({ result }) => result === 'FAIL')).toEqual([
      expect.objectContaining({ details: expect.arrayContaining([{ name: 'number_of_hits', value: '1' }]) }),
    ]);
  });

  it('the issuing authority has a line when it was asked', () => {
    const config = { issuing_authority_sub_check: { requested: true } };
    const report = findReportedCheck('ID_DOCUMENT_AUTHENTICITY')?.simulate(
      { recommendation: 'APPROVE' },
      { manual: false, config },
    );
    expect(report?.breakdown.map((line) => line.sub_check)).toContain('issuing_authority');
  });

  it('a watchlist summary says what was searched, in the form that the SDK reads', () => {
    const facts = { hits: 1, rawResults: { id: 'm-1', at: '2026-03-04T10:00:00Z' }, countries: ['GBR'] };
    const config = {
      type: 'WITH_YOTI_ACCOUNT',
      matching_strategy: { type: 'FUZZY', fuzziness: 0.2 },
      sources: { type: 'PROFILE', search_profile: 'ours' },
    };
    expect(findCheck('WATCHLIST_ADVANCED_CA')?.summarise?.(config, facts)).toEqual({
      total_hits: 1,
      search_config: { ...config, remove_deceased: false, share_url: false },
      raw_results: {
        media: { id: 'm-1', type: 'JSON', created: facts.rawResults.at, last_updated: facts.rawResults.at },
      },
      associated_country_codes: ['GBR'],
    });
    const exact = findCheck('WATCHLIST_ADVANCED_CA')?.summarise?.({ type: 'WITH_YOTI_ACCOUNT' }, facts);
    expect(exact).toMatchObject({
      search_config: { matching_strategy: { type: 'EXACT', exact_match: true } },
    });
    expect(findCheck('WATCHLIST_SCREENING')?.summarise?.({ categories: ['SANCTIONS'] }, facts)).toMatchObject(
      {
        search_config: { categories: ['SANCTIONS'] },
      },
    );
  });

  it('knows no check or task of an unknown type', () => {
    expect(findReportedCheck('TEA_LEAVES')).toBeUndefined();
    expect(findTask('TEA_LEAVES')).toBeUndefined();
    expect(findReportedCheck('ID_DOCUMENT_TEXT_DATA_CHECK')?.title).toBe('Text reading');
  });
});
