import { context, type Context, type Span, SpanKind } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { wasAnswered, whenEnded } from '../http/when-ended.js';
import { parseTraceparent } from './traceparent.js';
import { markFailed, startSpan } from './tracing.js';

/** What is asked every few seconds by machines tells nothing. */
const UNTRACED = /^\/(health\/|metrics)/;
/** Who may join a trace of theirs: callers of the API, not people's browsers and not whoever sends notifications. */
const JOINABLE = /^\/v1\//;

/**
 * A span for each request, named by its route's template. Call before any other hook is added, so that all of them run
 * in it.
 */
export function traceRequests(server: FastifyInstance): void {
  const contexts = new WeakMap<FastifyRequest, Context>();
  /** What is read from the socket continues in the socket's context, which knows of no request. */
  const resume = (request: FastifyRequest, _reply: FastifyReply, done: () => void) =>
    context.with(contexts.get(request) ?? context.active(), done);
  server.addHook('onRequest', (request, reply, done) => {
    if (UNTRACED.test(request.url)) return done();
    const { span, within } = startRequest(request);
    contexts.set(request, within);
    whenEnded(request, reply, () => endRequest(span, request, reply));
    context.with(within, done);
  });
  server.addHook('preValidation', resume);
}

function startRequest(request: FastifyRequest) {
  const { method } = request;
  const route = request.routeOptions.url;
  return startSpan({
    name: route === undefined ? method : `${method} ${route}`,
    kind: SpanKind.SERVER,
    attributes: { 'http.request.method': method, ...(route === undefined ? {} : { 'http.route': route }) },
    parent: JOINABLE.test(request.url) ? parseTraceparent(request.headers.traceparent) : null,
  });
}

function endRequest(span: Span, request: FastifyRequest, reply: FastifyReply): void {
  const { statusCode } = reply;
  if (wasAnswered(reply)) span.setAttribute('http.response.status_code', statusCode);
  else markFailed(span, 'aborted');
  if (statusCode >= 500) markFailed(span, String(statusCode));
  if (request.user?.tenantId) span.setAttribute('countersign.tenant.id', request.user.tenantId);
  span.end();
}
