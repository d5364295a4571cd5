import { describe, expect, it } from '@jest/globals';
import { startTracing } from './start-tracing.js';
import { currentTraceparent, inSpan, isTracing, traceIds } from './tracing.js';
import { SpanKind } from '@opentelemetry/api';

const COLLECTOR = 'http://127.0.0.1:9';

describe('tracing', () => {
  it.each([
    ['no collector is named', {}],
    ['the name of the collector is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
    ['it is switched off', { OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR, OTEL_SDK_DISABLED: 'true' }],
  ])('is off when %s', async (_, env) => {
    const stop = await startTracing(env);
    expect(isTracing()).toBe(false);
    await inSpan({ name: 'work', kind: SpanKind.INTERNAL, attributes: {} }, async (span) => {
      expect({ span, traceparent: currentTraceparent(), ids: traceIds() }).toEqual({
        span: null,
        traceparent: null,
        ids: {},
      });
    });
    await stop();
  });
});
