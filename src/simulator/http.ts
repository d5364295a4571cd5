import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { z } from 'zod';
import { malformedRequest, payloadValidation, ServiceError, type PropertyError } from './errors.js';
import { propertyPath } from './spec.js';

/** Enough for a few photographs as base64. */
const BODY_LIMIT = 30 * 1024 * 1024;

/** A Fastify app that keeps bodies raw, numbers its answers and speaks the service's error format. */
export function createApp(errorMessages: boolean): FastifyInstance {
  const app = fastify({ bodyLimit: BODY_LIMIT, forceCloseConnections: true });
  // Signatures cover the exact bytes, so no parser may touch a body before they're verified.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('x-request-id', randomUUID());
  });
  app.setErrorHandler((error: FastifyError | ServiceError, _request, reply) => {
    const known = toServiceError(error);
    return reply.status(known.status).send(known.toBody(errorMessages));
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.status(404).send({ code: 'NOT_FOUND', message: 'There is nothing at this path' }),
  );
  return app;
}

/** A hook that compresses text for callers that take it. */
export async function compress(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  const takes = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  if (!takes || typeof payload !== 'string' || payload === '') return payload;
  const bytes = gzipSync(payload);
  void reply.header('content-encoding', 'gzip').header('content-length', bytes.length);
  return bytes;
}

/** Any error as a refusal; what isn't the caller's fault says nothing of itself. */
export function toServiceError(error: Error & { statusCode?: number }): ServiceError {
  if (error instanceof ServiceError) return error;
  const status = error.statusCode ?? 500;
  return status < 500
    ? new ServiceError(status, 'MALFORMED_REQUEST', error.message)
    : new ServiceError(500, 'SERVER_ERROR', 'The service failed unexpectedly');
}

/** The raw bytes of the body; undefined when there is none. */
export const rawBody = (request: FastifyRequest) =>
  Buffer.isBuffer(request.body) && request.body.length ? request.body : undefined;

/** The body as JSON. @throws ServiceError 400 `MALFORMED_REQUEST` */
export function jsonBody(request: FastifyRequest): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(rawBody(request)));
  } catch {
    throw malformedRequest('body', 'must be JSON in UTF-8');
  }
}

/** The JSON body checked against a schema. @throws ServiceError 400 `PAYLOAD_VALIDATION` or `MALFORMED_REQUEST` */
export function parseBody<T extends z.ZodType>(request: FastifyRequest, schema: T): z.infer<T> {
  const parsed = schema.safeParse(jsonBody(request));
  if (parsed.success) return parsed.data;
  throw payloadValidation(propertyErrors(parsed.error.issues));
}

/** Where a schema found fault. Of the forms that a value may have, the one it resembles speaks. */
export function propertyErrors(issues: z.core.$ZodIssue[], prefix: PropertyKey[] = []): PropertyError[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path];
    const branches = issue.code === 'invalid_union' ? issue.errors : [];
    const meant = branches.find((branch) => !branch.some(isAnotherForm));
    return meant ? propertyErrors(meant, path) : [{ property: propertyPath(path), message: issue.message }];
  });
}

/** Says of a branch of a union that the value doesn't have this form at all. */
const isAnotherForm = ({ path, code }: z.core.$ZodIssue) =>
  path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');

/** A path parameter by name. */
export const param = (request: FastifyRequest, name: string): string =>
  (request.params as Record<string, string | undefined>)[name] ?? '';

/** A query parameter by name. */
export const queryParam = (request: FastifyRequest, name: string): string =>
  (request.query as Record<string, string | undefined>)[name] ?? '';

/** 204 without a body. */
export const noContent = (reply: FastifyReply) => reply.status(204).send();
