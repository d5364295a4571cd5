import { describe, expect, it } from '@jest/globals';
import { checkSpecification } from './check-specification.js';
import type { DocumentFilter } from './checks/document-filter.js';
import type { RequiredDocument, Specification } from './specification.js';
import { specificationExample as good } from './specification.example.js';

/** Problems as "severity path", which is what a caller can rely on. */
const found = (change: Partial<Specification>) =>
  checkSpecification({ ...good, ...change }).map(({ severity, path }) => `${severity} ${path.join('.')}`);

const requires = (filter: DocumentFilter): RequiredDocument => ({ type: 'ID_DOCUMENT', filter });
const types = (...wanted: string[]): DocumentFilter => ({
  kind: 'ORTHOGONAL',
  documentTypes: { inclusion: 'INCLUDE', types: wanted },
});
const bill = (documentTypes?: string[], countryCodes?: string[]): RequiredDocument => ({
  type: 'SUPPLEMENTARY_DOCUMENT',
  objective: 'PROOF_OF_ADDRESS',
  ...(documentTypes && { documentTypes }),
  ...(countryCodes && { countryCodes }),
});

const filters: [string, DocumentFilter, string[]][] = [
  [
    'no country included',
    { kind: 'ORTHOGONAL', countries: { inclusion: 'INCLUDE', codes: [] } },
    ['error documents.0.filter.countries.codes'],
  ],
  [
    'no country excluded',
    { kind: 'ORTHOGONAL', countries: { inclusion: 'EXCLUDE', codes: [] } },
    ['warning documents.0.filter.countries.codes'],
  ],
  [
    'bad and unknown countries and types',
    {
      kind: 'ORTHOGONAL',
      countries: { inclusion: 'INCLUDE', codes: ['GBR', 'GB', 'gbr', 'GRB'] },
      documentTypes: { inclusion: 'INCLUDE', types: ['PASSPORT', 'LIBRARY_CARD'] },
    },
    [
      'error documents.0.filter.countries.codes.1',
      'error documents.0.filter.countries.codes.2',
      'warning documents.0.filter.countries.codes.3',
      'warning documents.0.filter.documentTypes.types.1',
    ],
  ],
  [
    'a country that does not issue the type',
    {
      kind: 'ORTHOGONAL',
      countries: { inclusion: 'INCLUDE', codes: ['GBR'] },
      documentTypes: { inclusion: 'INCLUDE', types: ['AADHAAR'] },
    },
    ['error documents.0.filter'],
  ],
  [
    'combinations that no country issues',
    {
      kind: 'DOCUMENTS',
      inclusion: 'INCLUDE',
      documents: [{ countryCodes: ['FRA'], documentTypes: ['MYKAD'] }],
    },
    ['error documents.0.filter'],
  ],
  [
    'no combination included',
    { kind: 'DOCUMENTS', inclusion: 'INCLUDE', documents: [] },
    ['error documents.0.filter.documents'],
  ],
  [
    'no combination excluded',
    { kind: 'DOCUMENTS', inclusion: 'EXCLUDE', documents: [] },
    ['warning documents.0.filter.documents'],
  ],
  [
    'everything excluded',
    { kind: 'DOCUMENTS', inclusion: 'EXCLUDE', documents: [{}] },
    ['error documents.0.filter.documents.0'],
  ],
  [
    'a combination of nothing',
    { kind: 'DOCUMENTS', inclusion: 'INCLUDE', documents: [{ countryCodes: [] }] },
    ['error documents.0.filter.documents.0'],
  ],
  [
    'a combination of everything',
    { kind: 'DOCUMENTS', inclusion: 'INCLUDE', documents: [{}] },
    ['warning documents.0.filter.documents.0'],
  ],
];

const overlap = ['warning documents.1'];
const documents: [string, RequiredDocument[], string[]][] = [
  ['two that any document satisfies', [{ type: 'ID_DOCUMENT' }, { type: 'ID_DOCUMENT' }], overlap],
  ['a passport and any document', [requires(types('PASSPORT')), { type: 'ID_DOCUMENT' }], overlap],
  ['a passport and a licence', [requires(types('PASSPORT')), requires(types('DRIVING_LICENCE'))], []],
  [
    'types that overlap in one',
    [requires(types('PASSPORT', 'NATIONAL_ID')), requires(types('NATIONAL_ID', 'DRIVING_LICENCE'))],
    overlap,
  ],
  [
    'the same type of different countries',
    ['GBR', 'FRA'].map((code) =>
      requires({ kind: 'DOCUMENTS', inclusion: 'INCLUDE', documents: [{ countryCodes: [code] }] }),
    ),
    [],
  ],
  [
    'what one filter includes and the other excludes',
    [
      requires(types('PASSPORT')),
      requires({ kind: 'ORTHOGONAL', documentTypes: { inclusion: 'EXCLUDE', types: ['PASSPORT'] } }),
    ],
    [],
  ],
  [
    'overlap of both kinds of filter',
    [
      requires(types('PASSPORT')),
      requires({
        kind: 'DOCUMENTS',
        inclusion: 'INCLUDE',
        documents: [{ countryCodes: ['GBR'], documentTypes: ['PASSPORT', 'DRIVING_LICENCE'] }],
      }),
    ],
    overlap,
  ],
  ['two bills of different kinds', [bill(['UTILITY_BILL']), bill(['BANK_STATEMENT'])], []],
  ['two bills of any kind', [bill(), bill()], overlap],
  ['two bills of different countries', [bill(undefined, ['GBR']), bill(undefined, ['FRA'])], []],
  [
    'no kind and no country of bill',
    [bill([], ['GB'])],
    ['error documents.0.documentTypes', 'error documents.0.countryCodes.0'],
  ],
];

const readsBills: Specification['tasks'] = [
  ...good.tasks,
  { type: 'SUPPLEMENTARY_DOCUMENT_TEXT_DATA_EXTRACTION', manualCheck: 'FALLBACK' },
];

describe('checking documents', () => {
  it.each(filters)('%s', (_name, filter, expected) => {
    expect(found({ documents: [requires(filter)] })).toEqual(expected);
  });

  it.each(documents)('%s', (_name, required, expected) => {
    // An identity document after them, for the checks to look at.
    const ids = required.some(({ type }) => type === 'ID_DOCUMENT');
    const bills = { documents: [...required, ...good.documents], tasks: readsBills };
    expect(found(ids ? { documents: required } : bills)).toEqual(expected);
  });

  it('a bill that nothing reads, and an identity document that nothing looks at', () => {
    expect(found({ documents: [...good.documents, bill()] })).toEqual(['warning documents.1']);
    const capture = { methods: 'CAMERA' as const };
    const checks: Specification['checks'] = [{ type: 'THIRD_PARTY_IDENTITY' }];
    expect(found({ capture, checks, tasks: [] })).toEqual(['warning checks.0', 'warning documents.0']);
  });

  it('names a document that satisfies both', () => {
    const [problem] = checkSpecification({
      ...good,
      documents: [requires(types('PASSPORT')), requires(types('PASSPORT'))],
    });
    expect(problem?.message).toMatch(/number 1, such as [A-Z]{3} PASSPORT/);
  });
});
