import { describe, expect, it } from '@jest/globals';
import { formatTraceparent, parseTraceparent } from './traceparent.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

describe('traceparent', () => {
  it.each([
    ['sampled', `00-${traceId}-${spanId}-01`, 1],
    ['not sampled', `00-${traceId}-${spanId}-00`, 0],
    ['with flags of a later level', `00-${traceId}-${spanId}-03`, 1],
    ['of a later version', `01-${traceId}-${spanId}-01`, 1],
    ['of a later version that says more', `cc-${traceId}-${spanId}-01-what-comes`, 1],
  ])('is read: %s', (_, text, traceFlags) => {
    expect(parseTraceparent(text)).toEqual({ traceId, spanId, traceFlags, isRemote: true });
  });

  it.each([
    ['nothing', undefined],
    ['several', [`00-${traceId}-${spanId}-01`]],
    ['an empty text', ''],
    ['version ff', `ff-${traceId}-${spanId}-01`],
    ['version 00 that says more', `00-${traceId}-${spanId}-01-more`],
    ['no trace id', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['no span id', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['capitals', `00-${traceId.toUpperCase()}-${spanId}-01`],
    ['too short a trace id', `00-${traceId.slice(1)}-${spanId}-01`],
    ['no flags', `00-${traceId}-${spanId}`],
    ['a line break after it', `00-${traceId}-${spanId}-01\n`],
  ])('is not read: %s', (_, text) => {
    expect(parseTraceparent(text)).toBeNull();
  });

  it('is written as it was read', () => {
    for (const text of [`00-${traceId}-${spanId}-01`, `00-${traceId}-${spanId}-00`]) {
      const context = parseTraceparent(text);
      expect(context && formatTraceparent(context)).toBe(text);
    }
  });
});
