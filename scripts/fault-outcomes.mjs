// What Jest's result says about the rows of the fault catalogue.
const ROW = /^row (\d+): /;
const REASON = /\(can't run here: (.*)\)$/;

/** The tests of the rows, each with its row, outcome, duration and, where it was skipped for a reason, the reason. */
export function testsOf(result) {
  return assertionsOf(result).flatMap(({ ancestorTitles, title, status, duration }) => {
    const row = rowOf([...ancestorTitles, title]);
    const reason = status === 'pending' ? REASON.exec(title)?.[1] : undefined;
    return row === undefined ? [] : [{ row, status: reason ? 'skipped' : status, reason, ms: duration ?? 0 }];
  });
}

/**
 * What failed without being a test of a row: files that could not be loaded or cleared up, and other tests.
 *
 * @returns a message each
 */
export function otherFailures(result) {
  const files = result.testResults
    .filter(({ status, assertionResults }) => status === 'failed' && !assertionResults.some(isFailed))
    .map(({ name, message }) => `${name}\n${message}`);
  const tests = assertionsOf(result)
    .filter((each) => isFailed(each) && rowOf([...each.ancestorTitles, each.title]) === undefined)
    .map(({ ancestorTitles, title, failureMessages }) =>
      [[...ancestorTitles, title].join(' › '), ...failureMessages].join('\n'),
    );
  return [...files, ...tests];
}

/** Of a row: missing when it has no test, or one that neither ran nor says why it can't. */
export function outcomeOf(tests) {
  if (tests.some(({ status }) => status === 'failed')) return 'failed';
  const known = tests.every(({ status }) => status === 'passed' || status === 'skipped');
  if (tests.length === 0 || !known) return 'missing';
  return tests.some(({ status }) => status === 'passed') ? 'passed' : "can't run here";
}

const assertionsOf = (result) => result.testResults.flatMap(({ assertionResults }) => assertionResults);
const isFailed = ({ status }) => status === 'failed';

function rowOf(titles) {
  const named = titles.map((title) => ROW.exec(title)).find(Boolean);
  return named ? Number(named[1]) : undefined;
}
