import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LoggerOptions } from 'pino';
import { isTracing, traceIds } from '../tracing/tracing.js';

/**
 * What a log line holds is a list of what is allowed: ids, the route's template, status, duration. Never bodies,
 * headers or addresses' query strings, which may carry tokens and personal data.
 */
export function loggerOptions(level: string): LoggerOptions & { serializers: Record<string, unknown> } {
  return {
    level,
    ...(isTracing() ? { mixin: traceIds } : {}),
    redact: {
      paths: ['*.password', '*.token', '*.privateKeyPem', '*.authorization', '*.cookie'],
      censor: '[redacted]',
    },
    serializers: {
      req: (request: FastifyRequest) => ({
        method: request.method,
        route: request.routeOptions?.url ?? 'unknown',
      }),
      res: (reply: FastifyReply) => ({ statusCode: reply.statusCode }),
      err: (error: Error & { code?: string }) => ({
        type: error.name,
        code: error.code,
        // A database error's detail quotes values of the row; its message and stack don't.
        message: error.message,
        stack: error.stack,
      }),
    },
  };
}
