import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { QueryFailedError } from 'typeorm';
import { YotiError } from '../yoti/yoti-error.js';
import { ApiError, errorCodes, type ErrorCode } from './api-error.js';

/** Constraint names of the schema that a caller can run into. */
const constraintCodes: Record<string, ErrorCode> = {
  tenants_slug_unique: 'already_exists',
  policies_slug_unique: 'already_exists',
  credentials_one_active: 'conflict',
};

const statusCodes: Record<number, ErrorCode> = {
  400: 'malformed_body',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  413: 'payload_too_large',
  414: 'invalid_request',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  503: 'unavailable',
};

/** SQLSTATEs that mean the database is away, full, busy or being restarted, not that the request was wrong. */
const DATABASE_AWAY = /^(08|40|53|57|25006|25P03|55P03)/;
const CONNECTION_LOST =
  /ECONNREFUSED|ECONNRESET|EPIPE|timeout exceeded|Connection terminated|connection timeout/i;

/** Turns whatever was thrown into an ApiError. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof YotiError) return fromYoti(error);
  if (error instanceof QueryFailedError) return fromDatabase(error);
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
  const code = status === undefined ? undefined : statusCodes[status];
  if (code) return new ApiError(code, status === 400 ? 'The request could not be read.' : undefined);
  if (error instanceof Error && CONNECTION_LOST.test(error.message)) {
    return new ApiError('unavailable', 'The database can not be reached.', { retryAfterSeconds: 2 });
  }
  return new ApiError('internal_error');
}

function fromYoti(error: YotiError): ApiError {
  if (error.code === 'YOTI_REFUSED') {
    const said = error.yotiCode ? `Yoti answered ${error.yotiCode}.` : 'Yoti refused the request.';
    return new ApiError('yoti_refused', said, {
      errors: error.problems?.map(({ property, message }) => ({ path: property, message })),
    });
  }
  if (error.code === 'YOTI_BAD_RESPONSE') return new ApiError('yoti_bad_response');
  return new ApiError('yoti_unavailable', undefined, { retryAfterSeconds: error.retryAfterSeconds ?? 5 });
}

function fromDatabase(error: QueryFailedError): ApiError {
  const { code = '', constraint = '' } = error.driverError as { code?: string; constraint?: string };
  const known = constraintCodes[constraint];
  if (known) return new ApiError(known);
  if (DATABASE_AWAY.test(code) || CONNECTION_LOST.test(error.message)) {
    return new ApiError('unavailable', 'The database is not available.', { retryAfterSeconds: 2 });
  }
  return new ApiError('internal_error');
}

function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}

/** The problem document of an error (RFC 9457, with our `code`, `requestId` and `errors`). */
export function problemDocument(error: ApiError, requestId: string) {
  return {
    type: `urn:countersign:error:${error.code}`,
    title: errorCodes[error.code][1],
    status: error.status,
    code: error.code,
    detail: error.detail,
    requestId,
    errors: error.extra.errors,
  };
}

/** The one place where an error becomes an answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = toApiError(thrown);
    if (error.code === 'internal_error') request.log.error({ err: thrown }, 'unexpected error');
    if (!reply.sent) sendProblem(error, request, reply);
  }
}

/** Answers with the error's problem document. */
export function sendProblem(error: ApiError, request: FastifyRequest, reply: FastifyReply): void {
  const { retryAfterSeconds } = error.extra;
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
  if (error.status === 401) void reply.header('www-authenticate', 'Bearer');
  void reply
    .status(error.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problemDocument(error, request.id)));
}
