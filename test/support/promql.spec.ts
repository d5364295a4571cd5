import { describe, expect, it } from '@jest/globals';
import { mentionsOf } from './promql.js';

describe('an expression of Prometheus', () => {
  it.each([
    ['up', [['up']], []],
    ['up{job="a", x!~"b=\\"c"} == 0', [['up', 'job', 'x']], []],
    ['sum by (kind, le) (rate(a_total[5m])) > 0', [['a_total']], ['kind', 'le']],
    ['sum(rate(a[$__rate_interval])) without (x) or vector(0)', [['a']], ['x']],
    ['max(a unless a offset 1h) / on (job) group_left (v) b', [['a'], ['a'], ['b']], ['job', 'v']],
    ['topk(10, histogram_quantile(0.99, sum by (le) (rate(a_bucket[1h])))) > 1e3', [['a_bucket']], ['le']],
  ])('%s', (expression, series, grouping) => {
    const expected = series.map(([name, ...labels]) => ({ name, labels }));
    expect(mentionsOf(expression)).toEqual({ series: expected, grouping });
  });
});
