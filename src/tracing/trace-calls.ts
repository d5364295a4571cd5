import { SpanKind } from '@opentelemetry/api';
import { currentTraceparent, inSpan, markFailed } from './tracing.js';

/**
 * A span for one call of Yoti, until its answer begins. Yoti isn't told of the trace.
 *
 * @param call kind of call, its HTTP method and the API's origin
 */
export function traceYotiCall<T extends { statusCode: number }>(
  { operation, method, origin }: { operation: string; method: string; origin: string },
  send: () => Promise<T>,
): Promise<T> {
  return inSpan(
    {
      name: `yoti ${operation}`,
      kind: SpanKind.CLIENT,
      attributes: {
        'countersign.yoti.operation': operation,
        'http.request.method': method,
        'server.address': origin,
      },
    },
    async (span) => {
      const answer = await send();
      span?.setAttribute('http.response.status_code', answer.statusCode);
      if (span && answer.statusCode >= 400) markFailed(span, String(answer.statusCode));
      return answer;
    },
  );
}

/**
 * A span for one attempt to deliver a webhook.
 *
 * @param send gets the header that lets the receiver continue the trace; none when nothing is traced
 */
export function traceWebhookAttempt<T extends { statusCode: number | null; errorClass: string | null }>(
  event: { id: string; name: string },
  send: (headers: { traceparent?: string }) => Promise<T>,
): Promise<T> {
  return inSpan(
    {
      name: 'webhook attempt',
      kind: SpanKind.CLIENT,
      attributes: {
        'countersign.event.id': event.id,
        'countersign.event.type': event.name,
        'http.request.method': 'POST',
      },
    },
    async (span) => {
      const traceparent = currentTraceparent();
      const result = await send(traceparent === null ? {} : { traceparent });
      if (result.statusCode !== null) span?.setAttribute('http.response.status_code', result.statusCode);
      if (span && result.errorClass !== null) markFailed(span, result.errorClass);
      return result;
    },
  );
}
