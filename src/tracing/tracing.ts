import {
  type Attributes,
  context,
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { formatTraceparent } from './traceparent.js';

const TRACER = 'countersign';

/** One step of a trace. */
export interface Step {
  /** What is done, without ids: spans are grouped by it. */
  name: string;
  kind: SpanKind;
  /** Ids of ours, kinds and outcomes; never personal data, bodies, addresses' paths or queries. */
  attributes: Attributes;
  /** What it continues; the running span unless given, and a trace of its own when null. */
  parent?: SpanContext | null;
  /** What it belongs to besides. */
  links?: SpanContext[];
}

let on = false;

/** Whether spans are recorded: off, nothing here does more than ask this. */
export const isTracing = (): boolean => on;

/** @param value whether spans are recorded from now on */
export function setTracing(value: boolean): void {
  on = value;
}

/**
 * Runs `work` in a span, which ends with it. A failure is recorded by its kind alone: messages may quote values.
 *
 * @param work gets the span, null when nothing is traced
 * @throws whatever `work` throws
 */
export async function inSpan<T>(step: Step, work: (span: Span | null) => Promise<T>): Promise<T> {
  if (!on) return work(null);
  const { span, within } = startSpan(step);
  try {
    return await context.with(within, () => work(span));
  } catch (error) {
    markFailed(span, kindOf(error));
    throw error;
  } finally {
    span.end();
  }
}

/** Starts a span that whoever calls this ends; `within` is the context of what happens in it. */
export function startSpan({ name, kind, attributes, parent, links = [] }: Step): {
  span: Span;
  within: Context;
} {
  const before = parent === undefined ? context.active() : contextOf(parent);
  const options = { kind, attributes, links: links.map((linked) => ({ context: linked })) };
  const span = trace.getTracer(TRACER).startSpan(name, options, before);
  return { span, within: trace.setSpan(before, span) };
}

/** @param errorType kind of the error, such as a class or a code */
export function markFailed(span: Span, errorType: string): void {
  span.setAttribute('error.type', errorType);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** The running span as a `traceparent`, for what continues the trace later or elsewhere; null when nothing is traced. */
export function currentTraceparent(): string | null {
  if (!on) return null;
  const running = trace.getActiveSpan()?.spanContext();
  return running ? formatTraceparent(running) : null;
}

/** The running span's ids, named as OpenTelemetry names them in log lines that aren't its own. */
export function traceIds(): { trace_id?: string; span_id?: string } {
  const running = trace.getActiveSpan()?.spanContext();
  return running ? { trace_id: running.traceId, span_id: running.spanId } : {};
}

const contextOf = (parent: SpanContext | null): Context =>
  parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;

function kindOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (typeof code === 'string') return code;
  return typeof name === 'string' ? name : 'unknown';
}
