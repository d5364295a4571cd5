import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { payloadValidation } from '../errors.js';
import { param, parseBody, propertyErrors, rawBody } from '../http.js';

/** What a handler is given: everything is checked. */
export interface OperationInput<Q, B> {
  /** A parameter of the path by name. */
  param: (name: string) => string;
  query: Q;
  body: B;
}

interface Definition<Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/control`, parameters in braces. */
  path: string;
  /** Unique; the document's `operationId`. */
  id: string;
  /** Group in the document. */
  tag: string;
  summary: string;
  query?: Q;
  body?: B;
  /** A request without a body counts as `{}`. */
  bodyOptional?: true;
  /** Shape of the answer; 204 without a body where there is none. */
  answer?: A;
  /** Status of the answer. Default 200, or 204 without an answer. */
  status?: 201 | 202;
  /** Codes by status this operation refuses with, besides those that any does. */
  fails?: Record<number, string[]>;
  run: (input: OperationInput<z.infer<Q>, z.infer<B>>) => z.infer<A> | Promise<z.infer<A>>;
}

/** One control route: what it takes, what it answers, and what runs. The API document is made from the same. */
export type Operation = Definition<z.ZodType, z.ZodType, z.ZodType>;

/** States an operation, with the types of its handler taken from its schemas. */
export const operation = <
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
  A extends z.ZodType = z.ZodVoid,
>(
  definition: Definition<Q, B, A>,
) => definition as unknown as Operation;

/** Status of an operation's good answer. */
export const statusOf = ({ status, answer }: Operation) => status ?? (answer ? 200 : 204);

/** Puts operations on an app that is mounted under their common prefix. */
export function registerOperations(app: FastifyInstance, operations: Operation[]): void {
  for (const one of operations) {
    app.route({
      method: one.method,
      url: one.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: async (request, reply) => {
        const answer = await one.run({
          param: (name) => param(request, name),
          query: one.query && parseQuery(request, one.query),
          body: one.body && bodyOf(request, one, one.body),
        });
        // Parsed on the way out too: what the shape doesn't name never leaves.
        return reply.status(statusOf(one)).send(one.answer?.parse(answer));
      },
    });
  }
}

function bodyOf(request: FastifyRequest, { bodyOptional }: Operation, schema: z.ZodType): unknown {
  return bodyOptional && !rawBody(request) ? schema.parse({}) : parseBody(request, schema);
}

function parseQuery(request: FastifyRequest, schema: z.ZodType): unknown {
  const parsed = schema.safeParse(request.query);
  if (parsed.success) return parsed.data;
  throw payloadValidation(
    propertyErrors(parsed.error.issues).map(({ property, message }) => ({
      property: property ? `query.${property}` : 'query',
      message,
    })),
  );
}
