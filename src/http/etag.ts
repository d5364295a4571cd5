import {
  createParamDecorator,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { tap, type Observable } from 'rxjs';
import { ApiError } from './api-error.js';

/**
 * The version that the caller's `If-Match` header names; null when there is none or it is `*`. A proxy that compresses
 * may have made the ETag weak, which changes nothing here.
 *
 * @throws ApiError invalid_request for anything that isn't an ETag of this API
 */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): number | null => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (header === undefined || header === '*') return null;
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header)?.[1];
  if (version === undefined) {
    throw new ApiError('invalid_request', 'If-Match is the ETag of the object as it was read, such as "3".');
  }
  return Number(version);
});

/** Documents that the operation heeds `If-Match`. */
export const HeedsIfMatch = (): MethodDecorator =>
  ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'ETag of the object as it was read: the change is refused when it has changed since',
    schema: { type: 'string', example: '"3"' },
  });

/**
 * @param expected version of `If-Match`, or null when the caller didn't say
 * @throws ApiError version_mismatch when the object is no longer the one the caller has read
 */
export function checkVersion(expected: number | null, current: number): void {
  if (expected !== null && expected !== current) throw new ApiError('version_mismatch');
}

@Injectable()
class EtagInterceptor implements NestInterceptor<{ version: number }, unknown> {
  intercept(context: ExecutionContext, next: CallHandler<{ version: number }>): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(tap(({ version }) => void reply.header('etag', `"${version}"`)));
  }
}

/** Answers with the object's `version` as its ETag; each change of the object raises it. */
export const Versioned = (): MethodDecorator => UseInterceptors(EtagInterceptor);
