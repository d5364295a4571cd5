import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { QueryFailedError } from 'typeorm';
import { SealError } from '../crypto/key-ring.js';
import { DatabaseBusy, databaseTrouble } from '../database/database-trouble.js';
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

/** Turns whatever was thrown into an ApiError. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof YotiError) return fromYoti(error);
  if (error instanceof SealError) return new ApiError('data_unreadable', 'Its encryption key was lost.');
  if (error instanceof DatabaseBusy && error.whose === 'tenant') return tooMuchAtOnce();
  const trouble = databaseTrouble(error);
  if (trouble) {
    const { detail, retryAfterSeconds } = trouble;
    return new ApiError('unavailable', detail, { retryAfterSeconds });
  }
  if (error instanceof QueryFailedError) return fromConstraint(error);
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
  const code = status === undefined ? undefined : statusCodes[status];
  if (code) return new ApiError(code, status === 400 ? 'The request could not be read.' : undefined);
  return new ApiError('internal_error');
}

/** One tenant's requests wait in a line of their own, and it is full. */
export const tooMuchAtOnce = (): ApiError =>
  new ApiError('rate_limited', 'Too many requests of this tenant are under way at once.', {
    retryAfterSeconds: 1,
  });

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

function fromConstraint(error: QueryFailedError): ApiError {
  const { constraint = '' } = error.driverError as { constraint?: string };
  return new ApiError(constraintCodes[constraint] ?? 'internal_error');
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
    if (error.code === 'data_unreadable') request.log.error({ err: thrown }, 'a sealed value does not open');
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
