import { describe, expect, it } from '@jest/globals';
import { checkSpecification } from './check-specification.js';
import type { DocumentFilter, Specification } from './specification.js';

type Check = Specification['checks'][number];

const authenticity: Check = { type: 'ID_DOCUMENT_AUTHENTICITY', manualCheck: 'FALLBACK' };
const liveness: Check = { type: 'LIVENESS', livenessType: 'ZOOM', maxRetries: 3 };
const faceMatch: Check = { type: 'ID_DOCUMENT_FACE_MATCH', manualCheck: 'FALLBACK' };

const good: Specification = {
  documents: [{ type: 'ID_DOCUMENT' }],
  checks: [authenticity, liveness, faceMatch],
  tasks: [{ type: 'ID_DOCUMENT_TEXT_DATA_EXTRACTION', manualCheck: 'FALLBACK' }],
  capture: { methods: 'CAMERA', genericRetries: 1, reclassificationRetries: 1 },
  client: { locale: 'en-GB', primaryColour: '#2d9fff', privacyPolicyUrl: 'https://privacy.example.test' },
  limits: { tokenTtlSeconds: 900, resourcesTtlSeconds: 604800 },
};

/** Problems as "severity path", which is what a caller can rely on. */
const found = (change: Partial<Specification>) =>
  checkSpecification({ ...good, ...change }).map(({ severity, path }) => `${severity} ${path.join('.')}`);

const withFilter = (filter: DocumentFilter) => ({ documents: [{ type: 'ID_DOCUMENT' as const, filter }] });

const limits = (tokenTtlSeconds: number, resourcesTtlSeconds: number) => ({
  limits: { tokenTtlSeconds, resourcesTtlSeconds },
});

const table: [string, Partial<Specification>, string[]][] = [
  ['nothing wrong', {}, []],
  ['token not above 300', limits(300, 604800), ['error limits.tokenTtlSeconds']],
  ['token of 301 warns', limits(301, 604800), ['warning limits.tokenTtlSeconds']],
  ['resources below a day', limits(900, 86399), ['error limits.resourcesTtlSeconds']],
  ['resources less than a day above the token', limits(900, 87299), ['error limits.resourcesTtlSeconds']],
  ['resources a day above the token', limits(900, 87300), []],
  ['resources over three months', limits(900, 10_000_000), ['warning limits.resourcesTtlSeconds']],
  ['no checks', { checks: [], tasks: [], documents: [] }, ['error checks']],
  [
    'two kinds of liveness',
    { checks: [authenticity, liveness, { type: 'LIVENESS', livenessType: 'STATIC' }] },
    ['error checks.2'],
  ],
  ['a check twice', { checks: [authenticity, liveness, authenticity] }, ['error checks.2']],
  ['face match without liveness', { checks: [authenticity, faceMatch] }, ['error checks.1']],
  ['a task twice', { tasks: [...good.tasks, ...good.tasks] }, ['error tasks.1']],
  ['authenticity without a document', { documents: [] }, []],
  ['authenticity without extraction', { tasks: [] }, ['warning checks.0']],
  ['extraction of no document', { checks: [liveness], documents: [] }, ['warning tasks']],
  ['a document nobody looks at', { checks: [liveness], tasks: [] }, ['warning documents']],
  [
    'one document satisfying two requirements',
    { documents: [{ type: 'ID_DOCUMENT' }, { type: 'ID_DOCUMENT' }] },
    ['warning documents.0', 'warning documents.1'],
  ],
  [
    'no country included',
    withFilter({ kind: 'ORTHOGONAL', countries: { inclusion: 'INCLUDE', codes: [] } }),
    ['error documents.0.filter.countries.codes'],
  ],
  [
    'no country excluded',
    withFilter({ kind: 'ORTHOGONAL', countries: { inclusion: 'EXCLUDE', codes: [] } }),
    ['warning documents.0.filter.countries.codes'],
  ],
  [
    'bad and unknown countries and types',
    withFilter({
      kind: 'ORTHOGONAL',
      countries: { inclusion: 'INCLUDE', codes: ['GBR', 'GB', 'gbr', 'GRB'] },
      documentTypes: { inclusion: 'INCLUDE', types: ['PASSPORT', 'LIBRARY_CARD'] },
    }),
    [
      'error documents.0.filter.countries.codes.1',
      'error documents.0.filter.countries.codes.2',
      'warning documents.0.filter.countries.codes.3',
      'warning documents.0.filter.documentTypes.types.1',
    ],
  ],
  [
    'no combination included',
    withFilter({ kind: 'DOCUMENTS', inclusion: 'INCLUDE', documents: [] }),
    ['error documents.0.filter.documents'],
  ],
  [
    'everything excluded',
    withFilter({ kind: 'DOCUMENTS', inclusion: 'EXCLUDE', documents: [{}] }),
    ['error documents.0.filter.documents.0'],
  ],
  [
    'a combination of nothing',
    withFilter({ kind: 'DOCUMENTS', inclusion: 'INCLUDE', documents: [{ countryCodes: [] }] }),
    ['error documents.0.filter.documents.0'],
  ],
  [
    'a combination of everything',
    withFilter({ kind: 'DOCUMENTS', inclusion: 'INCLUDE', documents: [{}] }),
    ['warning documents.0.filter.documents.0'],
  ],
  [
    'retries below 1',
    { capture: { methods: 'CAMERA', genericRetries: 0, reclassificationRetries: -1 } },
    ['error capture.genericRetries', 'error capture.reclassificationRetries'],
  ],
  [
    'client settings',
    {
      client: {
        locale: 'tlh',
        primaryColour: 'blue',
        privacyPolicyUrl: 'javascript:alert(1)',
        suppressedScreens: ['NOPE'],
      },
    },
    [
      'warning client.locale',
      'error client.primaryColour',
      'error client.privacyPolicyUrl',
      'warning client.suppressedScreens.0',
    ],
  ],
  ['an empty list of screens', { client: { suppressedScreens: [] } }, ['error client.suppressedScreens']],
  ['short colour', { client: { primaryColour: '#Abc' } }, []],
];

describe('checkSpecification', () => {
  it.each(table)('%s', (_name, change, expected) => {
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
});
