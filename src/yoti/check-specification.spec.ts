import { describe, expect, it } from '@jest/globals';
import { checkSpecification } from './check-specification.js';
import type { Specification } from './specification.js';
import { specificationExample as good } from './specification.example.js';

type Check = Specification['checks'][number];
type Task = Specification['tasks'][number];

const authenticity: Check = { type: 'ID_DOCUMENT_AUTHENTICITY', manualCheck: 'FALLBACK' };
const liveness: Check = { type: 'LIVENESS', livenessType: 'ZOOM', maxRetries: 3 };
const faceMatch: Check = { type: 'ID_DOCUMENT_FACE_MATCH', manualCheck: 'FALLBACK' };
const thirdParty: Check = { type: 'THIRD_PARTY_IDENTITY' };
const supplementary = { type: 'SUPPLEMENTARY_DOCUMENT', objective: 'PROOF_OF_ADDRESS' } as const;
const readsBill: Task = { type: 'SUPPLEMENTARY_DOCUMENT_TEXT_DATA_EXTRACTION', manualCheck: 'NEVER' };
const plainCapture = { capture: { methods: 'CAMERA' as const } };

/** Problems as "severity path", which is what a caller can rely on. */
const found = (change: Partial<Specification>) =>
  checkSpecification({ ...good, ...change }).map(({ severity, path }) => `${severity} ${path.join('.')}`);

const limits = (tokenTtlSeconds: number, resourcesTtlSeconds: number) => ({
  limits: { tokenTtlSeconds, resourcesTtlSeconds },
});

const times: [string, Partial<Specification>, string[]][] = [
  ['token not above 300', limits(300, 604800), ['error limits.tokenTtlSeconds']],
  ['token of 301 warns', limits(301, 604800), ['warning limits.tokenTtlSeconds']],
  ['token of 899 warns', limits(899, 604800), ['warning limits.tokenTtlSeconds']],
  ['resources below a day', limits(900, 86399), ['error limits.resourcesTtlSeconds']],
  ['resources less than a day above the token', limits(900, 87299), ['error limits.resourcesTtlSeconds']],
  ['resources a day above the token', limits(900, 87300), []],
  ['resources over three months', limits(900, 10_000_000), ['warning limits.resourcesTtlSeconds']],
  ['a deadline', { limits: { deadlineSeconds: 172_800, resourcesTtlSeconds: 604_800 } }, []],
  [
    'an early deadline',
    { limits: { deadlineSeconds: 600, resourcesTtlSeconds: 604_800 } },
    ['warning limits.deadlineSeconds'],
  ],
  [
    'a deadline and a lifetime',
    { limits: { tokenTtlSeconds: 900, deadlineSeconds: 900, resourcesTtlSeconds: 604_800 } },
    ['error limits.deadlineSeconds'],
  ],
  [
    'neither a deadline nor a lifetime',
    { limits: { resourcesTtlSeconds: 604_800 } },
    ['warning limits.tokenTtlSeconds'],
  ],
  [
    'resources that end with the deadline',
    { limits: { deadlineSeconds: 604_800, resourcesTtlSeconds: 604_800 } },
    ['error limits.resourcesTtlSeconds'],
  ],
];

const work: [string, Partial<Specification>, string[]][] = [
  ['nothing wrong', {}, []],
  ['no checks', { ...plainCapture, checks: [], tasks: [], documents: [] }, ['error checks']],
  [
    'two kinds of liveness',
    { checks: [authenticity, liveness, faceMatch, { type: 'LIVENESS', livenessType: 'STATIC' }] },
    ['error checks.3'],
  ],
  ['a check twice', { checks: [authenticity, liveness, faceMatch, authenticity] }, ['error checks.3']],
  ['face match without liveness', { checks: [authenticity, faceMatch] }, ['error checks.1']],
  ['liveness without a face match', { checks: [authenticity, liveness] }, ['warning checks.1']],
  ['liveness with a face comparison', { checks: [authenticity, liveness, { type: 'FACE_COMPARISON' }] }, []],
  [
    'face comparison without liveness',
    { checks: [authenticity, { type: 'FACE_COMPARISON' }] },
    ['error checks.1'],
  ],
  [
    'a comparison of one document',
    { checks: [authenticity, { type: 'ID_DOCUMENT_COMPARISON' }] },
    ['error checks.1'],
  ],
  [
    'an identity document check of a bill',
    { checks: [authenticity], documents: [supplementary], tasks: [readsBill], ...plainCapture },
    ['error checks.0', 'warning checks.0'],
  ],
  [
    'third-party identity without extraction',
    { checks: [thirdParty], tasks: [], ...plainCapture },
    ['warning checks.0', 'warning documents.0'],
  ],
  ['third-party identity without a document', { checks: [thirdParty], documents: [] }, ['warning tasks.0']],
  [
    'an authority that is not asked',
    {
      checks: [
        {
          ...authenticity,
          issuingAuthoritySubCheck: {
            requested: false,
            filter: { kind: 'ORTHOGONAL', countries: { inclusion: 'INCLUDE', codes: ['GB'] } },
          },
        },
      ],
    },
    [
      'error checks.0.issuingAuthoritySubCheck.filter.countries.codes.0',
      'warning checks.0.issuingAuthoritySubCheck',
    ],
  ],
  [
    'watchlists that nobody keeps',
    {
      checks: [
        { type: 'WATCHLIST_SCREENING', categories: [] },
        {
          type: 'WATCHLIST_ADVANCED_CA',
          sources: { kind: 'TYPE_LIST', types: ['pep', 'peps', 'pep'] },
        },
      ],
    },
    ['warning checks.0.categories', 'warning checks.1.sources.types.1', 'warning checks.1.sources.types.2'],
  ],
  [
    'a category nobody knows',
    {
      checks: [{ type: 'WATCHLIST_SCREENING', categories: ['SANCTIONS', 'ADVERSE_MEDIA'] }],
    },
    ['warning checks.0.categories.1'],
  ],
  ['a task twice', { tasks: [...good.tasks, ...good.tasks] }, ['error tasks.1']],
  ['authenticity without a document', { documents: [] }, []],
  ['authenticity without extraction', { ...plainCapture, tasks: [] }, ['warning checks.0']],
  ['retries without extraction', { tasks: [] }, ['warning checks.0', 'warning capture']],
  [
    'extraction of no document',
    { checks: [liveness], documents: [] },
    ['warning checks.0', 'warning tasks.0'],
  ],
  ['reading a bill that is not asked for', { tasks: [...good.tasks, readsBill] }, ['warning tasks.1']],
  [
    'a bill and its reading',
    { documents: [...good.documents, supplementary], tasks: [...good.tasks, readsBill] },
    [],
  ],
  [
    'experts for scripts that they never read',
    {
      tasks: [{ type: 'ID_DOCUMENT_TEXT_DATA_EXTRACTION', manualCheck: 'ALWAYS' }],
      documents: [{ type: 'ID_DOCUMENT', filter: { kind: 'ORTHOGONAL', allowNonLatin: true } }],
    },
    ['warning tasks.0.manualCheck'],
  ],
];

const nothingElse = { ...plainCapture, checks: [], tasks: [], documents: [] };
const profile = (type: 'DBS' | 'RTW' | 'RTR' | 'DBS_RTW', objective?: 'BASIC') => ({
  identityProfile: {
    trustFramework: 'UK_TFIDA' as const,
    scheme: { type, ...(objective && { objective }) },
  },
});

const profiles: [string, Partial<Specification>, string[]][] = [
  ['a profile alone', { ...nothingElse, ...profile('DBS', 'BASIC') }, []],
  ['a right to work', { ...nothingElse, ...profile('RTW') }, []],
  ['DBS without a level', { ...nothingElse, ...profile('DBS') }, ['error identityProfile.scheme.objective']],
  [
    'DBS_RTW without a level',
    { ...nothingElse, ...profile('DBS_RTW') },
    ['warning identityProfile.scheme.objective'],
  ],
  [
    'RTR with a level',
    { ...nothingElse, ...profile('RTR', 'BASIC') },
    ['warning identityProfile.scheme.objective'],
  ],
  ['a profile and checks', profile('RTW'), ['warning checks', 'warning tasks', 'warning documents']],
  ['a preview of nothing', { identityProfilePreview: true }, ['warning identityProfilePreview']],
  [
    'profiles with labels',
    {
      ...nothingElse,
      identityProfilePreview: true,
      advancedIdentityProfiles: [
        { trustFramework: 'UK_TFIDA', schemes: [{ type: 'DBS', objective: 'BASIC', label: 'one' }] },
        {
          trustFramework: 'YOTI_GLOBAL',
          schemes: [
            { type: 'IDENTITY', objective: 'AL_L1', label: 'two' },
            { type: 'GBR_RTW_SHARECODE', label: 'three' },
          ],
        },
      ],
    },
    [],
  ],
  [
    'what is wrong with them',
    {
      ...nothingElse,
      ...profile('RTW'),
      advancedIdentityProfiles: [
        { trustFramework: 'UK_TFIDA', schemes: [{ type: 'DBS', label: 'one' }] },
        {
          trustFramework: 'YOTI_GLOBAL',
          schemes: [
            {
              type: 'RTW',
              label: 'one',
              filter: { kind: 'DOCUMENTS', inclusion: 'INCLUDE', documents: [] },
            },
          ],
        },
      ],
    },
    [
      'error advancedIdentityProfiles.0.schemes.0.objective',
      'warning advancedIdentityProfiles.1.schemes.0.type',
      'error advancedIdentityProfiles.1.schemes.0.filter.documents',
      'warning advancedIdentityProfiles.1.schemes.0.label',
      'warning advancedIdentityProfiles',
    ],
  ],
];

describe('checkSpecification', () => {
  it.each([...times, ...work, ...profiles])('%s', (_name, change, expected) => {
    expect(found(change)).toEqual(expected);
  });

  it('reports everything in one pass, with what to do about it', () => {
    const problems = checkSpecification({
      ...good,
      checks: [],
      limits: { tokenTtlSeconds: 1, resourcesTtlSeconds: 1 },
      client: { primaryColour: 'x' },
    });
    expect(problems.filter(({ severity }) => severity === 'error')).toHaveLength(4);
    expect(problems.find(({ path }) => path[1] === 'tokenTtlSeconds')?.fix).toBe(
      'Give at least 900 seconds.',
    );
  });

  it('has a fix for everything', () => {
    const changes = [...times, ...work, ...profiles].map(([, change]) => ({ ...good, ...change }));
    const without = changes.flatMap(checkSpecification).filter(({ fix }) => fix === undefined);
    expect(without).toEqual([]);
  });
});
