import type { SpanContext } from '@opentelemetry/api';

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NO_TRACE = /^0+$/;

/**
 * Reads a `traceparent` (W3C Trace Context): version, trace id, id of the caller's span, flags. A version that isn't
 * known yet may go on after the flags.
 *
 * @returns null for anything else: then the trace begins here
 */
export function parseTraceparent(text: unknown): SpanContext | null {
  const [, version, traceId = '', spanId = '', flags = '', rest] =
    FORM.exec(typeof text === 'string' ? text : '') ?? [];
  if (version === undefined || version === 'ff') return null;
  if (version === '00' && rest !== undefined) return null;
  if (NO_TRACE.test(traceId) || NO_TRACE.test(spanId)) return null;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
}

/** Writes the context of a span as a `traceparent` of version 00. */
export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
