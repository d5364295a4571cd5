import { describe, expect, it } from '@jest/globals';
import { findReportedCheck } from '../src/yoti/checks/index.js';
import { checkSpecification } from '../src/yoti/check-specification.js';
import { compileSpecification } from '../src/yoti/compile-specification.js';
import type { Specification } from '../src/yoti/specification.js';
import type { Any } from './support/client.js';
import { yotiContract } from './support/yoti-contract.js';

const contract = yotiContract();

const ofType = (type: string): Specification['documents'][number] => ({
  type: 'ID_DOCUMENT',
  filter: { kind: 'ORTHOGONAL', documentTypes: { inclusion: 'INCLUDE', types: [type] } },
});

/** Everything that can be asked for without supplying a face picture. */
const wide: Specification = {
  documents: [
    ofType('PASSPORT'),
    ofType('DRIVING_LICENCE'),
    { type: 'SUPPLEMENTARY_DOCUMENT', objective: 'PROOF_OF_ADDRESS', countryCodes: ['GBR'] },
  ],
  checks: [
    { type: 'ID_DOCUMENT_AUTHENTICITY', issuingAuthoritySubCheck: { requested: true } },
    { type: 'LIVENESS', livenessType: 'STATIC' },
    { type: 'ID_DOCUMENT_FACE_MATCH', manualCheck: 'NEVER' },
    { type: 'ID_DOCUMENT_COMPARISON' },
    { type: 'THIRD_PARTY_IDENTITY' },
    { type: 'WATCHLIST_SCREENING', categories: ['SANCTIONS'] },
    {
      type: 'WATCHLIST_ADVANCED_CA',
      matching: { kind: 'FUZZY', fuzziness: 0.4 },
      customAccount: { apiKeySecret: 'ca-key', clientRef: 'retail', tags: { unit: 'retail' } },
    },
  ],
  tasks: [
    { type: 'ID_DOCUMENT_TEXT_DATA_EXTRACTION', manualCheck: 'NEVER' },
    { type: 'SUPPLEMENTARY_DOCUMENT_TEXT_DATA_EXTRACTION', manualCheck: 'ALWAYS' },
  ],
  capture: { methods: 'CAMERA' },
  client: { darkMode: 'AUTO', hideLogo: true },
  limits: { deadlineSeconds: 3600, resourcesTtlSeconds: 604_800 },
};

const compiled = () => {
  // The simulator's clock starts when this file does.
  const session = { userTrackingId: 's-1', secrets: { 'ca-key': 'value' }, now: new Date() };
  return compileSpecification(wide, session);
};

describe('a session that asks for everything', () => {
  it('is made, done and read by the SDK, each check once for what it works on', async () => {
    expect(checkSpecification(wide)).toEqual([]);
    const { result } = await contract.complete({ spec: compiled() });
    expect(result.getState()).toBe('COMPLETED');
    const types = result.getChecks().map((check) => check.getType());
    expect(types.toSorted()).toEqual([
      'ID_DOCUMENT_AUTHENTICITY',
      'ID_DOCUMENT_AUTHENTICITY',
      'ID_DOCUMENT_COMPARISON',
      'ID_DOCUMENT_FACE_MATCH',
      'ID_DOCUMENT_FACE_MATCH',
      'LIVENESS',
      'SUPPLEMENTARY_DOCUMENT_TEXT_DATA_CHECK',
      'THIRD_PARTY_IDENTITY',
      'WATCHLIST_ADVANCED_CA',
      'WATCHLIST_SCREENING',
    ]);
    for (const check of result.getChecks()) {
      const known = findReportedCheck(check.getType());
      const names = check
        .getReport()
        .getBreakdown()
        .map((line) => line.getSubCheck());
      expect([check.getType(), check.getReport().getRecommendation().getValue()]).toEqual([
        known?.type,
        'APPROVE',
      ]);
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) expect(known?.subChecks).toHaveProperty(name);
    }
    const [comparison] = result.getIdDocumentComparisonChecks();
    expect(comparison?.getResourcesUsed()).toHaveLength(2);
  });

  it('has watchlist summaries that the SDK can read', async () => {
    const { result } = await contract.complete({ spec: compiled(), scenario: 'watchlist_hit' });
    const [screening] = result.getWatchlistScreeningChecks();
    const [advanced] = result.getWatchlistAdvancedCaChecks();
    // The SDK's types give these checks a plain report, too.
    const summaryOf = (check: Any): Any => check.getReport().getWatchlistSummary();
    const summary = summaryOf(screening);
    expect(summary.getTotalHits()).toBe(1);
    expect(summary.getSearchConfig().getCategories()).toEqual(['SANCTIONS']);
    expect(summary.getRawResults().getMedia().getId()).toBe(screening?.getGeneratedMedia()[0]?.getId());
    const search = summaryOf(advanced).getSearchConfig();
    expect(search.getMatchingStrategy().getType()).toBe('FUZZY');
    expect(search).toMatchObject({ clientRef: 'retail', tags: { unit: 'retail' } });
    for (const check of [screening, advanced]) {
      expect(check?.getReport().getRecommendation().getReason()).toBe('POTENTIAL_MATCH');
      const failed = check
        ?.getReport()
        .getBreakdown()
        .filter((line) => line.getResult() === 'FAIL');
      expect(failed?.[0]?.getDetails().map((detail) => detail.getName())).toEqual([
        'number_of_hits',
        'closest_match',
      ]);
    }
  });
});
