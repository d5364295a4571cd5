import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

interface Outcomes {
  testsOf: (result: object) => { row: number; status: string; reason?: string }[];
  otherFailures: (result: object) => string[];
  outcomeOf: (tests: object[]) => string;
}

const path = fileURLToPath(new URL('../scripts/fault-outcomes.mjs', import.meta.url));
const { testsOf, otherFailures, outcomeOf } = (await import(path)) as Outcomes;

const assertion = (title: string, status: string, ancestorTitles: string[] = []) => ({
  ancestorTitles,
  title,
  status,
  duration: 5,
  failureMessages: status === 'failed' ? ['expected 1'] : [],
});

/** Jest's result of one file. */
const resultOf = (assertionResults: object[], status = 'passed', message = '') => ({
  testResults: [{ name: 'a.spec.ts', status, message, assertionResults }],
});

describe('the outcome of a fault row', () => {
  it.each([
    ['passed', [['row 1: a', 'passed']]],
    ['failed', [['row 1: a', 'passed'] as const, ['row 1: b', 'failed'] as const]],
    ['missing', []],
    ['missing', [['row 1: a', 'pending']]],
    ['missing', [['row 1: a', 'passed'] as const, ['row 1: b', 'pending'] as const]],
    ['missing', [['row 1: a', 'todo']]],
    ["can't run here", [["row 1: a (can't run here: no disk)", 'pending']]],
    ['passed', [["row 1: a (can't run here: no disk)", 'pending'] as const, ['row 1: b', 'passed'] as const]],
    ['failed', [["row 1: a (can't run here: no disk)", 'failed']]],
    ['passed', [["row 1: a (can't run here: no disk)", 'passed']]],
  ] as [string, [string, string][]][])('is %s after %j', (outcome, tests) => {
    const result = resultOf(tests.map(([title, status]) => assertion(title, status)));
    expect(outcomeOf(testsOf(result))).toBe(outcome);
  });

  it('belongs to the row that the test or what it stands in names', () => {
    const result = resultOf([
      assertion('row 2: of its own', 'passed', ['x']),
      assertion('of what it stands in', 'passed', ['x', 'row 3: y']),
      assertion('of none', 'passed'),
    ]);
    expect(testsOf(result).map(({ row }) => row)).toEqual([2, 3]);
  });
});

describe('what failed besides the rows', () => {
  it('are files that could not be loaded or cleared up', () => {
    expect(otherFailures(resultOf([], 'failed', 'no such module'))).toEqual(['a.spec.ts\nno such module']);
    const passed = [assertion('row 1: a', 'passed')];
    expect(otherFailures(resultOf(passed, 'failed', 'afterAll threw'))).toEqual([
      'a.spec.ts\nafterAll threw',
    ]);
    expect(otherFailures(resultOf(passed))).toEqual([]);
  });

  it('are tests of no row; those of a row are told with it', () => {
    const failures = otherFailures(
      resultOf([assertion('none', 'failed', ['x']), assertion('row 1: a', 'failed')], 'failed', 'both'),
    );
    expect(failures).toEqual(['x › none\nexpected 1']);
  });
});
